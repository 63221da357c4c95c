// For receivers on Node: `@acuse/core/capture-file`.
import { rename, writeFile } from 'node:fs/promises'
import type { CaptureOptions, RefusedRequest } from './model/refused-request.ts'

export type { CaptureOptions, RefusedRequest } from './model/refused-request.ts'

/**
 * Keeps refused requests in a file, as one JSON document a line: `acuse explain --provider … refused.ndjson` reads it. The file is
 * replaced as a whole, and only its owner may read it: bodies hold what senders send.
 * @throws TypeError when the path is no text
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { captureFile } from '@acuse/core/capture-file'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const capture = { refused: 20, keep: captureFile('refused.ndjson') }
 * export const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { capture })
 */
export function captureFile(path: string): CaptureOptions['keep'] {
  if (typeof path !== 'string' || path === '')
    throw new TypeError("captureFile needs the path of a file, such as 'refused.ndjson'")
  return async function keepInFile(requests) {
    const draft = `${path}.${process.pid}.tmp`
    await writeFile(draft, requests.map(toLine).join(''), { mode: 0o600 })
    await rename(draft, path)
  }
}

function toLine({ body, ...rest }: RefusedRequest): string {
  const bodyBase64 = body && Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
  return `${JSON.stringify({ ...rest, ...(bodyBase64 !== undefined && { bodyBase64 }) })}\n`
}
