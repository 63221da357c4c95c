import type { Lease } from '../inbox/inbox.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { fieldOf } from '../lib/field-of.ts'
import type { Clock } from '../model/clock.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Thin } from '../model/provider.ts'

/** Settings of a fetch. */
interface FetchSettings {
  readonly handlerTimeoutMs: number
  readonly clock: Clock
}

/**
 * What a notice is about, where the provider fetches it; else the payload itself.
 * @throws whatever the function throws; an Error when it takes too long, or answers nothing: the attempt failed
 */
export function latestOf(
  payload: unknown,
  thin: Thin | undefined,
  { type }: Pick<Delivery, 'type'>,
  { signal }: Pick<Lease, 'signal'>,
  settings: FetchSettings,
): unknown {
  if (thin?.fetchLatest === undefined) return payload
  const { fetchLatest } = thin
  const id = String(fieldOf(payload, 'id'))
  return whileLeased(signal, settings, async (attempt) => fetchLatest(id, { type, signal: attempt }))
}

/** Not `AbortSignal.any`, which its sources keep for as long as they live. */
async function whileLeased(
  lease: AbortSignal,
  { handlerTimeoutMs, clock }: FetchSettings,
  fetch: (attempt: AbortSignal) => Promise<unknown>,
): Promise<unknown> {
  const attempt = new AbortController()
  const follow = (): void => attempt.abort(lease.reason)
  if (lease.aborted) follow()
  lease.addEventListener('abort', follow, { once: true })
  try {
    const latest = await withDeadline(fetch(attempt.signal), handlerTimeoutMs, clock)
    if (latest === undefined)
      throw new TypeError('fetchLatest answered nothing: it must answer the payload, or throw')
    if (latest !== timedOut) return latest
    const error = new Error(`fetchLatest did not answer within ${handlerTimeoutMs} ms`)
    attempt.abort(error)
    throw error
  } finally {
    lease.removeEventListener('abort', follow)
  }
}
