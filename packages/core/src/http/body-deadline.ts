import { setImmediate } from 'node:timers'
import type { Clock } from '../model/clock.ts'

/** How many turns of the event loop without a byte mean that none is there: a stream may need one to ask for more. */
const idleTurns = 3
/** A body of 1 MiB is read in 16 turns; who sends a byte for each turn waits no longer than for these. */
const mostTurns = 64

/**
 * Ends the wait for a body. A process that stood still hears its timers before it reads what arrived in time: what is
 * there when the deadline is over is read first.
 * @param bytes how many have been read
 * @returns a function that cancels it
 */
export function scheduleBodyDeadline(
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
  bytes: () => number,
  onOver: () => void,
): () => void {
  let isCancelled = false
  const look = (turn: number, seen: number, idle: number): void => {
    if (isCancelled) return
    const now = bytes()
    const idleNow = now === seen ? idle + 1 : 0
    if (idleNow === idleTurns || turn === mostTurns) onOver()
    else setImmediate(look, turn + 1, now, idleNow)
  }
  const cancel = clock.schedule(timeoutMs, () => look(0, bytes(), -1))
  return () => {
    isCancelled = true
    cancel()
  }
}
