import type { Observation } from '../model/observation.ts'
import { BoundedMap } from './bounded-map.ts'

interface Due {
  /** The number of the attempt that is due. */
  readonly attempt: number
  /** From receipt to the time at which it is due, in milliseconds. */
  readonly lagMs: number
}

const maxDue = 10_000

/**
 * Measures how much later than planned retries begin. It knows the plans of the last 10 000 deliveries that failed in this
 * process; of a retry whose attempt before was made by another process it says nothing.
 * @returns a function of each observation: how late the attempt that it is about began, in milliseconds; `undefined` where that
 * is not known, or where it was no retry
 */
export function retryLateness(): (observation: Observation) => number | undefined {
  const plans = new BoundedMap<string, Due>(maxDue)
  return (observation) => {
    if (observation.type !== 'handled' && observation.type !== 'retried' && observation.type !== 'dead')
      return undefined
    const { endpoint, id, attempt, lagMs, durationMs = 0 } = observation
    const key = `${endpoint} ${id}`
    const due = plans.get(key)
    plans.delete(key)
    if (lagMs === undefined) return undefined
    if (observation.type === 'retried')
      plans.set(key, { attempt: attempt + 1, lagMs: lagMs + durationMs + observation.delayMs })
    return due?.attempt === attempt ? Math.max(0, lagMs - due.lagMs) : undefined
  }
}
