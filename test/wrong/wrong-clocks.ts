import { type Clock, memoryInbox, systemClock } from '@acuse/core'
import { changed } from './changed.ts'
import type { WrongInbox } from './wrong-inbox.ts'

const lookMs = 5
const leaseMs = 60_000

/** Faults under a wall clock that is set, on a memory inbox. */
export const wrongClocks: readonly WrongInbox[] = [
  {
    fault: 'waits by the wall clock',
    wrong: ({ clock = systemClock, ...options }) => memoryInbox({ ...options, clock: byWallClock(clock) }),
    failsAt: ['finds due what it delayed, and hands out once what runs, when the clock is set back by a day'],
  },
  {
    fault: 'takes the lease of what it runs itself for expired when the clock jumps',
    wrong(options) {
      const { clock = systemClock } = options
      const inbox = memoryInbox(options)
      return changed(inbox, {
        consume: (handle, consuming) =>
          inbox.consume((delivery, lease) => {
            const expiresAt = clock.now() + leaseMs
            const result = handle(delivery, lease)
            let isOver = false
            const look = () => {
              if (isOver) return
              if (clock.now() < expiresAt) clock.schedule(lookMs, look)
              else void handle(delivery, lease)
            }
            look()
            return result.finally(() => {
              isOver = true
            })
          }, consuming),
      })
    },
    failsAt: [
      'finds due what it delayed, and hands out once what runs, when the clock is set forward by a day',
    ],
  },
]

function byWallClock(clock: Clock): Clock {
  return {
    now: clock.now,
    monotonic: clock.monotonic,
    schedule(delayMs, task) {
      const dueAt = clock.now() + delayMs
      let cancel = clock.schedule(delayMs, look)
      function look(): void {
        if (clock.now() >= dueAt) task()
        else cancel = clock.schedule(lookMs, look)
      }
      return () => cancel()
    },
  }
}
