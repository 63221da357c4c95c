import { isSuccess, retryAfterMs } from './answers.ts'
import type { Travels } from './faults/fault.ts'
import { post, type Transport } from './post.ts'
import type { Attempt, SendReport } from './report.ts'

/** How to deliver. */
export interface Way extends Transport {
  readonly provider: string
  /** The wait before each attempt, in milliseconds. */
  readonly attemptDelaysMs: readonly number[]
  readonly timeoutMs: number
  /** Whether `Retry-After` of an answer counts where it is longer. */
  readonly respectsRetryAfter: boolean
}

/** What to deliver. */
export interface ToDeliver extends Pick<SendReport, 'event' | 'faults' | 'request'> {
  /** The most attempts; `undefined`: the schedule's. */
  readonly attempts?: number | undefined
  readonly travels?: Travels | undefined
}

/** Posts until a 2xx, or the end of the schedule. */
export async function deliver(
  { event, faults, request, travels, attempts: most }: ToDeliver,
  way: Way,
): Promise<SendReport> {
  const attempts: Attempt[] = []
  let askedMs = 0
  for (const scheduledMs of way.attemptDelaysMs.slice(0, most)) {
    const delayMs = Math.max(scheduledMs, askedMs)
    if (delayMs > 0) await way.sleep(delayMs)
    const { timeoutMs, clock } = way
    const number = attempts.length + 1
    const { attempt, headers } = await post(request, { ...way, number, delayMs, timeoutMs, travels })
    attempts.push(attempt)
    if (isSuccess(attempt.status)) break
    askedMs = way.respectsRetryAfter ? retryAfterMs(headers?.get('retry-after'), clock.now()) : 0
  }
  const status = attempts.at(-1)?.status
  const delivered = isSuccess(status)
  return { provider: way.provider, event, faults, delivered, status, attempts, others: [], request }
}
