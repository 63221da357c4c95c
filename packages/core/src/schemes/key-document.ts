import { timedOut, withDeadline } from '../lib/deadline.ts'
import type { Clock } from '../model/clock.ts'
import type { KeyFetch } from './fetched-keys.ts'

/** The document is not there: the request names a key that nobody has. */
export const gone: unique symbol = Symbol('gone')

const maxBytes = 65_536
/** Longer than any request waits: a slow answer serves the sender's next attempt. */
const timeoutMs = 10_000

/**
 * The text of a document.
 * @throws Error that says why it cannot be had
 */
export async function fetchDocument(
  url: string,
  fetchKey: KeyFetch,
  clock: Clock,
): Promise<string | typeof gone> {
  const controller = new AbortController()
  const answer = await withDeadline(fetchKey(url, { signal: controller.signal }), timeoutMs, clock)
  if (answer === timedOut) {
    controller.abort()
    throw new Error(`${url} did not answer within ${timeoutMs} ms`)
  }
  const { status, body }: { readonly status: unknown; readonly body: unknown } = answer
  if (status === 404 || status === 410) return gone
  if (status !== 200) throw new Error(`${url} answered ${String(status)}. Redirects are not followed`)
  if (!(body instanceof Uint8Array)) throw new TypeError('fetch answers { status: 200, body: Uint8Array }')
  if (body.byteLength > maxBytes) throw new Error(`${url} answered more than ${maxBytes} bytes`)
  return Buffer.from(body).toString()
}

/** By the `fetch` of the runtime. */
export const platformFetch: KeyFetch = async (url, { signal }) => {
  // Not 'error', which some runtimes do not have: what is not followed is no 200.
  const response = await fetch(url, { signal, redirect: 'manual' })
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    length += chunk.byteLength
    // Leaving the loop ends the connection; one byte over the limit is refused.
    if (length > maxBytes) break
  }
  return { status: response.status, body: Buffer.concat(chunks) }
}
