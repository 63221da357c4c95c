import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fromRawHeaders, rsa, type Scheme, type WebhookRequest } from '../../src/index.ts'
import { type FetchedKeyOptions, fetchedKey } from '../../src/schemes/fetched-key.ts'
import type { KeyFetch } from '../../src/schemes/fetched-keys.ts'
import { type ManualClock, manualClock } from './clock.ts'

const folder = new URL('../../../../test/vectors/', import.meta.url)
/** Made by OpenSSL: test/vectors/make.sh says how. */
export const readVector = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
export const vectorBody: Buffer = readFileSync(new URL('body.bin', folder))
export const certificate: string = readVector('certificate.pem')

/** A server of keys that does as it is told, and remembers what it was asked for. */
export interface KeyServer {
  readonly fetch: KeyFetch
  readonly asked: string[]
  /** What it answers from now on: a document, a status, an error, or whatever a function does. */
  answer: string | number | Error | (() => unknown)
  /** How many requests were told that nobody waits any more. */
  aborted: number
}

export function keyServer(answer: KeyServer['answer']): KeyServer {
  const server: KeyServer = {
    asked: [],
    answer,
    aborted: 0,
    async fetch(url, { signal }) {
      server.asked.push(url)
      signal.addEventListener('abort', () => server.aborted++)
      const { answer: now } = server
      if (now instanceof Error) throw now
      if (typeof now === 'function') return (await now()) as Awaited<ReturnType<KeyFetch>>
      if (typeof now === 'number') return { status: now, body: Buffer.alloc(0) }
      return { status: 200, body: Buffer.from(now) }
    },
  }
  return server
}

export const header: string = 'x-signature'
export const address: string = 'x-cert-url'
export const url: string = 'https://sns.sa-east-1.amazonaws.com/cert-1.pem'
export const hosts: string = 'sns\\.[a-z0-9-]{3,}\\.amazonaws\\.com'
export const path: string = '/[\\w-]+\\.pem'
export const signature: string = readVector('certificate-pkcs1-sha256.txt')
const { validFrom, validTo } = new X509Certificate(certificate)
export const [from, to]: readonly [number, number] = [Date.parse(validFrom), Date.parse(validTo)]

export interface Bench {
  readonly scheme: Scheme
  readonly server: KeyServer
  readonly clock: ManualClock
  /** As a receiver does: prepares, then verifies unless that says why not. */
  verdict(at?: string, changes?: { signature?: string; timeoutMs?: number }): Promise<unknown>
}

export const requestOf = (at: string | undefined, value: string = signature): WebhookRequest => ({
  method: 'POST',
  url: '/',
  headers: fromRawHeaders([...(at === undefined ? [] : [address, at]), header, value]),
  body: vectorBody,
})

export function bench(
  answer: KeyServer['answer'] = certificate,
  changes: Partial<FetchedKeyOptions> = {},
): Bench {
  const server = keyServer(answer)
  const clock = manualClock(from + 1_000)
  const publicKey = fetchedKey({ at: { header: 'X-Cert-Url' }, hosts, path, fetch: server.fetch, ...changes })
  const scheme = rsa({ header, publicKey })
  return {
    scheme,
    server,
    clock,
    async verdict(at = url, { signature: value, timeoutMs = 1_000 } = {}) {
      const request = requestOf(at, value)
      const fault = scheme.check(request.headers)
      return fault ?? (await scheme.prepare?.(request, { timeoutMs, clock })) ?? scheme.verify(request)
    },
  }
}
