import type { Clock } from '@acuse/core'

/** Now, but never the same millisecond twice: equal times would make two events one. */
export function monotonicTime(clock: Clock): () => Date {
  let last = Number.NEGATIVE_INFINITY
  return () => {
    last = Math.max(clock.now(), last + 1)
    return new Date(last)
  }
}
