import type { Awaitable } from '../model/awaitable.ts'
import type { Clock } from '../model/clock.ts'
import { keepAlive } from './keep-alive.ts'
import { wholeNumber } from './options.ts'

/** For inboxes: does something with each item, at most `perSecond` of them in a second. How many times it did. */
export async function throttled<T>(
  items: Iterable<T> | AsyncIterable<T>,
  perSecond: number | undefined,
  clock: Clock,
  act: (item: T) => Awaitable<boolean>,
): Promise<number> {
  if (perSecond !== undefined) wholeNumber('perSecond', perSecond, 1, 1_000_000)
  const startedAt = clock.monotonic()
  let tried = 0
  let done = 0
  for await (const item of items) {
    const waitMs = perSecond === undefined ? 0 : (tried * 1_000) / perSecond - (clock.monotonic() - startedAt)
    // Who awaits a redrive in a script has nothing else that keeps the process alive.
    if (waitMs > 0) await keepAlive(pause(waitMs, clock))
    tried++
    if (await act(item)) done++
  }
  return done
}

/** Resolves after `ms` milliseconds. */
export function pause(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve)
  })
}
