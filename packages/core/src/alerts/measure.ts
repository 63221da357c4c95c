import { isFailedAttempt } from '../lib/is-failed-attempt.ts'
import type { Observation } from '../model/observation.ts'
import type { RejectionCode } from '../model/rejection.ts'
import type { AlertName, Figure } from './alert.ts'

/** A measurement for one alert. */
export type Measured = readonly [name: AlertName, value: number]

/** Refusals of what is authentic that are no error: another copy is at work, or what failed is counted as an attempt. */
const noErrors: ReadonlySet<RejectionCode> = new Set(['in-flight', 'failed-recently', 'handler-failed'])

/** What an observation measures. */
export function measure(observation: Observation): readonly Measured[] {
  switch (observation.type) {
    case 'handled':
      return [['error-rate', 0]]
    case 'retried':
    case 'failed':
    case 'dead':
      return measureFailure(observation)
    case 'rejected':
      return observation.authentic && !noErrors.has(observation.code) ? [['error-rate', 1]] : []
    case 'accepted':
      return [['duplicates', 0]]
    case 'duplicate':
      return [['duplicates', 1]]
    default:
      return []
  }
}

function measureFailure(observation: Observation): readonly Measured[] {
  const failure: readonly Measured[] = isFailedAttempt(observation) ? [['error-rate', 1]] : []
  return observation.type === 'dead' ? [...failure, ['dead-letters', 1]] : failure
}

/** The figure of an alert from a sum and a count: a number of dead letters is their sum, everything else is a mean. */
export function figureOf(name: AlertName, { value, of }: Figure): Figure {
  return name === 'dead-letters' || of === 0 ? { value, of } : { value: value / of, of }
}
