import type { Awaitable } from '../model/awaitable.ts'
import type { Clock } from '../model/clock.ts'
import { wholeNumber } from './options.ts'
import { createPace } from './pace.ts'

/** For inboxes: does something with each item, at most `perSecond` of them in a second. How many times it did. */
export async function throttled<T>(
  items: Iterable<T> | AsyncIterable<T>,
  perSecond: number | undefined,
  clock: Clock,
  act: (item: T) => Awaitable<boolean>,
): Promise<number> {
  if (perSecond !== undefined) wholeNumber('perSecond', perSecond, 1, 1_000_000)
  const pace = createPace(perSecond, clock)
  let done = 0
  for await (const item of items) {
    await pace.next(1)
    if (await act(item)) done++
  }
  return done
}
