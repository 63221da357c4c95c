import type { Clock } from '../../src/index.ts'

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Goes on by `ms`, running what falls due on the way, in order. */
  advance(ms: number): Promise<void>
  /** Steps the wall clock, as NTP or a person may; monotonic time does not notice. */
  stepWall(ms: number): void
  /** How many tasks are scheduled. */
  readonly scheduled: number
}

export function manualClock(startAt = Date.parse('2025-12-10T15:30:00Z')): ManualClock {
  let now = 0
  let wall = startAt
  const tasks = new Set<{ readonly at: number; readonly task: () => void }>()
  return {
    now: () => wall + now,
    monotonic: () => now,
    schedule(delayMs, task) {
      const entry = { at: now + delayMs, task }
      tasks.add(entry)
      return () => tasks.delete(entry)
    },
    async advance(ms) {
      const until = now + ms
      for (;;) {
        await settled()
        const due = [...tasks].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        tasks.delete(due)
        now = Math.max(now, due.at)
        due.task()
      }
      now = until
      await settled()
    },
    stepWall(ms) {
      wall += ms
    },
    get scheduled() {
      return tasks.size
    },
  }
}

/** Lets every immediate and promise that is ready run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
