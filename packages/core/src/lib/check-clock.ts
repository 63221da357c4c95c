import { type Clock, systemClock } from '../model/clock.ts'
import { disregard, fence } from './fence.ts'
import { describe } from './options.ts'

const calls = ['now', 'monotonic', 'schedule'] as const
/** The range of a `Date`, in milliseconds from the epoch. */
const farthestMs = 8.64e15

/**
 * A clock that has what it must, fenced: a time that is none throws, and where it cannot schedule, this machine does, so
 * that no deadline is lost. A task runs once, never inside of the call that schedules it, and never after its cancelling.
 * @throws TypeError when it lacks a call
 */
export function checkClock(clock: Clock = systemClock): Clock {
  if (clock === systemClock) return clock
  const missing = calls.find((call) => typeof clock?.[call] !== 'function')
  if (missing !== undefined)
    throw new TypeError(`clock must be a Clock, such as systemClock: it lacks ${missing}()`)
  const read = (call: 'now' | 'monotonic'): number => {
    const at: unknown = clock[call]()
    if (typeof at === 'number' && Math.abs(at) <= farthestMs) return at
    disregard(at)
    throw new TypeError(`clock.${call}() answered ${describe(at)}: it must answer milliseconds`)
  }
  return {
    now: () => read('now'),
    monotonic: () => read('monotonic'),
    schedule: (delayMs, task) => scheduleOnce(clock, delayMs, task),
  }
}

/**
 * The same for what runs behind an answer, where nobody is there to be told: a time that cannot be had is this
 * machine's. Its calls never throw.
 * @throws TypeError when it lacks a call
 */
export function sturdyClock(clock?: Clock): Clock {
  const checked = checkClock(clock)
  if (checked === systemClock) return checked
  const read = (call: 'now' | 'monotonic'): number => {
    try {
      return checked[call]()
    } catch {
      return systemClock[call]()
    }
  }
  return { now: () => read('now'), monotonic: () => read('monotonic'), schedule: checked.schedule }
}

function scheduleOnce(clock: Clock, delayMs: number, task: () => void): () => void {
  let isOver = false
  let isScheduling = true
  let cancel: unknown
  let cancelDeferred: (() => void) | undefined
  const run = (): void => {
    if (isOver) return
    isOver = true
    // Its caller does not know yet how to cancel it, and one that schedules itself again would never return.
    if (isScheduling) cancelDeferred = systemClock.schedule(0, task)
    else task()
  }
  try {
    cancel = clock.schedule(delayMs, run)
  } catch {
    cancel = systemClock.schedule(delayMs, run)
  }
  isScheduling = false
  disregard(cancel)
  return () => {
    isOver = true
    cancelDeferred?.()
    fence(() => (typeof cancel === 'function' ? cancel() : undefined))
  }
}
