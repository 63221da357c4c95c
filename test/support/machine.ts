import { type Clock, systemClock } from '@acuse/core'

/** The clock of a process that can stand still: what falls due meanwhile runs when it goes on. */
interface ProcessClock extends Clock {
  stop(): void
  goOn(): void
}

/** A machine whose wall clock can be set, and whose processes can stand still or never go on. */
export interface Machine {
  setClock(byMs: number): void
  startProcess(): ProcessClock
}

export function createMachine(): Machine {
  let offsetMs = 0
  return {
    setClock(byMs) {
      offsetMs += byMs
    },
    startProcess: () => createProcessClock(() => systemClock.now() + offsetMs),
  }
}

function createProcessClock(now: () => number): ProcessClock {
  let isStopped = false
  const due = new Set<() => void>()
  return {
    now,
    monotonic: systemClock.monotonic,
    schedule(delayMs, task) {
      const cancel = systemClock.schedule(delayMs, () => {
        if (isStopped) due.add(task)
        else task()
      })
      return () => {
        cancel()
        due.delete(task)
      }
    },
    stop() {
      isStopped = true
    },
    goOn() {
      isStopped = false
      for (const task of due) task()
      due.clear()
    },
  }
}
