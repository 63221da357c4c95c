import { createPace } from '../lib/pace.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { Clock } from '../model/clock.ts'
import type { RedriveOptions } from '../model/dead-letter.ts'
import { checkRedriveOptions, tellProgress } from './dead-letter-filter.ts'

/**
 * For inboxes: changes each dead letter as the options of a redrive or a discard say: at their rate, until they end it.
 * How many were changed, which is what `change` answers `true` for.
 */
export async function changeEach<T>(
  letters: Iterable<T> | AsyncIterable<T>,
  options: RedriveOptions,
  clock: Clock,
  change: (letter: T) => Awaitable<boolean>,
): Promise<number> {
  const { perSecond, signal } = checkRedriveOptions(options)
  const pace = createPace(perSecond, clock)
  let count = 0
  for await (const letter of letters) {
    if (signal?.aborted) break
    await pace.next(1)
    if (!(await change(letter))) continue
    count++
    tellProgress(options, count)
  }
  return count
}
