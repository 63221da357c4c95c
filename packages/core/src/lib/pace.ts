import type { Clock } from '../model/clock.ts'
import { keepAlive } from './keep-alive.ts'

/** A rate that is kept to. */
export interface Pace {
  /** How many to do at once, at most `most`: as many as a tenth of a second has. */
  batchOf(most: number): number
  /** Resolves when the next `count` may be done; those before them take their share of time. */
  next(count: number): Promise<void>
}

const batchesPerSecond = 10

/**
 * For inboxes: at most `perSecond` of something in a second; without it as many as come. Whoever awaits it in a script has
 * nothing else that keeps the process alive, so it does.
 */
export function createPace(perSecond: number = Number.POSITIVE_INFINITY, clock: Clock): Pace {
  const startedAt = clock.monotonic()
  let begun = 0
  return {
    batchOf: (most) => Math.min(most, Math.ceil(perSecond / batchesPerSecond)),
    async next(count) {
      const waitMs = (begun * 1_000) / perSecond - (clock.monotonic() - startedAt)
      begun += count
      if (waitMs > 0) await keepAlive(pause(waitMs, clock))
    },
  }
}

/** Resolves after `ms` milliseconds. */
export function pause(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve)
  })
}
