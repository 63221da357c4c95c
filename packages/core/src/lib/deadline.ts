import type { Clock } from '../model/clock.ts'

/** The answer of {@link withDeadline} when time ran out first. */
export const timedOut: unique symbol = Symbol('timed out')

/**
 * The promise's value, or `timedOut` after `delayMs`. A rejection before the deadline rejects;
 * one that comes later is dropped, because nobody waits for it any more.
 */
export function withDeadline<T>(
  promise: PromiseLike<T>,
  delayMs: number,
  clock: Clock,
): Promise<T | typeof timedOut> {
  return new Promise((resolve, reject) => {
    let cancel = (): void => {}
    // Before the clock is asked: whatever that does, a rejection is handled.
    Promise.resolve(promise).then(
      (value) => {
        cancel()
        resolve(value)
      },
      (error: unknown) => {
        cancel()
        reject(error)
      },
    )
    cancel = clock.schedule(delayMs, () => resolve(timedOut))
  })
}
