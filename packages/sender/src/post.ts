import type { Clock } from '@acuse/core'
import type { Attempt, SendReport } from './report.ts'

/** A request, and how long to wait for its answer. */
export interface PostOptions {
  /** Default POST. */
  readonly method?: string
  readonly number: number
  readonly delayMs: number
  readonly timeoutMs: number
  readonly clock: Clock
}

/** An attempt, and the headers of its answer where there was one. */
export interface Posted {
  readonly attempt: Attempt
  readonly headers: Headers | undefined
}

/** Sends once and reports; never throws. */
export async function post(
  { url, headers, body }: SendReport['request'],
  { method = 'POST', number, delayMs, timeoutMs, clock }: PostOptions,
): Promise<Posted> {
  const startedAt = clock.monotonic()
  const abort = new AbortController()
  const cancel = clock.schedule(timeoutMs, () => abort.abort())
  const about = () => ({ number, delayMs, durationMs: clock.monotonic() - startedAt })
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      redirect: 'manual',
      signal: abort.signal,
      ...(method === 'POST' && { body: new Uint8Array(body) }),
    })
    const answer = await response.text()
    return { attempt: { ...about(), status: response.status, answer }, headers: response.headers }
  } catch {
    const failure = abort.signal.aborted ? 'timeout' : 'network'
    return { attempt: { ...about(), failure }, headers: undefined }
  } finally {
    cancel()
  }
}
