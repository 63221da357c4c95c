import { fence } from './fence.ts'
import { describe } from './options.ts'

/**
 * Where time comes from. Inject one to test retries and freshness without waiting.
 */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch: for freshness and receipts. */
  now(): number
  /** Milliseconds that never step back: for deadlines, leases and retention. */
  monotonic(): number
  /**
   * Runs `task` once, `delayMs` milliseconds from now; must not keep the process alive.
   * @returns a function that cancels it
   */
  schedule(delayMs: number, task: () => void): () => void
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    timer.unref?.()
    return () => clearTimeout(timer)
  },
}

const calls = ['now', 'monotonic', 'schedule'] as const

/**
 * A clock that has what it must, fenced: a time that is no number throws, and where it cannot schedule, this machine does,
 * so that no deadline is lost.
 * @throws TypeError when it lacks a call
 */
export function checkClock(clock: Clock = systemClock): Clock {
  if (clock === systemClock) return clock
  const missing = calls.find((call) => typeof clock?.[call] !== 'function')
  if (missing !== undefined)
    throw new TypeError(`clock must be a Clock, such as systemClock: it lacks ${missing}()`)
  const read = (call: 'now' | 'monotonic'): number => {
    const at: unknown = clock[call]()
    if (typeof at === 'number' && Number.isFinite(at)) return at
    throw new TypeError(`clock.${call}() answered ${describe(at)}: it must answer milliseconds`)
  }
  return {
    now: () => read('now'),
    monotonic: () => read('monotonic'),
    schedule(delayMs, task) {
      try {
        const cancel: unknown = clock.schedule(delayMs, task)
        return typeof cancel === 'function' ? () => fence(() => cancel()) : () => {}
      } catch {
        return systemClock.schedule(delayMs, task)
      }
    },
  }
}
