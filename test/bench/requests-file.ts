import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bodyOf, path, type Signed, sign } from './signed.ts'

const chunk = 5_000

/** Requests as a socket takes them, one behind the other, all of one length. */
export interface RequestsFile {
  readonly file: string
  readonly count: number
  /** Of one request, in bytes. */
  readonly bytes: number
  remove(): void
}

/** How the requests of a file are. */
export interface RequestsSetup {
  /** Signed by somebody without the secret, and the connection is closed after each, as a refusal would. */
  readonly forged?: boolean
}

/** A file of requests, signed now and all different, so that a load that walks it sends no duplicate. */
export function createRequestsFile(count: number, { forged = false }: RequestsSetup = {}): RequestsFile {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-bench-'))
  const file = join(folder, 'requests')
  const name = process.hrtime.bigint().toString(36)
  const handle = openSync(file, 'w')
  let bytes = 0
  for (let from = 0; from < count; from += chunk) {
    const requests = Array.from({ length: Math.min(chunk, count - from) }, (_, at) => {
      const body = bodyOf(`${name}-${String(from + at).padStart(8, '0')}`)
      return toBytes({ body, signature: forged ? 'ab'.repeat(32) : sign(body) }, forged)
    })
    bytes = requests[0]?.length ?? 0
    writeSync(handle, Buffer.concat(requests))
  }
  closeSync(handle)
  return { file, count, bytes, remove: () => rmSync(folder, { recursive: true }) }
}

/** A whole request of HTTP/1.1. */
export function toBytes({ body, signature }: Signed, closes = false): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'user-agent: redcumbre-webhooks/1.0',
    'accept: */*',
    'content-type: application/json',
    `content-length: ${body.length}`,
    `x-webhook-signature: ${signature}`,
    ...(closes ? ['connection: close'] : []),
  ].join('\r\n')
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body])
}
