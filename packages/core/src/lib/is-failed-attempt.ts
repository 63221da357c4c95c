import type { DeadReason } from '../model/dead-letter.ts'
import type {
  DeadObservation,
  FailedObservation,
  Observation,
  RetriedObservation,
} from '../model/observation.ts'

/** Reasons for which a delivery is dead without an attempt that failed just now. */
const withoutAttempt: ReadonlySet<DeadReason> = new Set(['conflict', 'stale', 'unhandled', 'closed'])

/** For observers: whether an observation is of an attempt that failed; each such attempt has one. */
export function isFailedAttempt(
  observation: Observation,
): observation is RetriedObservation | FailedObservation | DeadObservation {
  if (observation.type === 'dead') return !withoutAttempt.has(observation.reason)
  return observation.type === 'retried' || observation.type === 'failed'
}
