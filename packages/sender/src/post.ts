import type { Clock } from '@acuse/core'
import type { Attempt, SendReport } from './report.ts'

/** Posts once and reports; never throws. */
export async function post(
  { url, headers, body }: SendReport['request'],
  options: {
    readonly number: number
    readonly delayMs: number
    readonly timeoutMs: number
    readonly clock: Clock
  },
): Promise<Attempt> {
  const { number, delayMs, timeoutMs, clock } = options
  const startedAt = clock.monotonic()
  const abort = new AbortController()
  const cancel = clock.schedule(timeoutMs, () => abort.abort())
  const about = () => ({ number, delayMs, durationMs: clock.monotonic() - startedAt })
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers },
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: abort.signal,
    })
    const answer = await response.text()
    return { ...about(), status: response.status, answer }
  } catch {
    return { ...about(), failure: abort.signal.aborted ? 'timeout' : 'network' }
  } finally {
    cancel()
  }
}
