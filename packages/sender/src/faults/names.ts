import { didYouMean } from '@acuse/core/inbox-kit'
import {
  concurrentDuplicates,
  duplicate,
  renamedEvent,
  reordered,
  replayedWithFreshSession,
  retriedByTheSender,
} from './beside.ts'
import { abortedMidBody, gzipBody, slowBody, tamperedBody, truncatedBody } from './body.ts'
import type { Fault } from './fault.ts'
import { malformedSignature, missingSignature } from './proof.ts'
import { futureTimestamp, oversizedBody, staleTimestamp, wrongSecret } from './signing.ts'

/** The name of a fault. */
export type FaultName =
  | 'tamperedBody'
  | 'wrongSecret'
  | 'missingSignature'
  | 'malformedSignature'
  | 'staleTimestamp'
  | 'futureTimestamp'
  | 'duplicate'
  | 'concurrentDuplicates'
  | 'reordered'
  | 'slowBody'
  | 'truncatedBody'
  | 'oversizedBody'
  | 'gzipBody'
  | 'replayedWithFreshSession'
  | 'abortedMidBody'
  | 'renamedEvent'
  | 'retriedByTheSender'

const faults: { readonly [Name in FaultName]: Fault | ((times?: number) => Fault) } = {
  tamperedBody,
  wrongSecret,
  missingSignature,
  malformedSignature,
  staleTimestamp,
  futureTimestamp,
  duplicate,
  concurrentDuplicates,
  reordered,
  slowBody,
  truncatedBody,
  oversizedBody,
  gzipBody,
  replayedWithFreshSession,
  abortedMidBody,
  renamedEvent,
  retriedByTheSender,
}

/** Every fault's name. */
export const faultNames: readonly FaultName[] = Object.keys(faults) as FaultName[]

/**
 * A fault by its name, for command lines and tables of cases.
 * @param times of `duplicate` and `concurrentDuplicates`, 2 to 1 000. Default 2
 * @throws TypeError when there is none of that name, or it takes no number
 */
export function toNamedFault(name: FaultName, times?: number): Fault {
  if (!Object.hasOwn(faults, name))
    throw new TypeError(
      `there is no fault '${name}'.${didYouMean(name, faultNames)} There are: ${faultNames.join(', ')}`,
    )
  const fault = faults[name]
  if (typeof fault === 'function') return fault(times)
  if (times !== undefined) throw new TypeError(`${name} takes no number`)
  return fault
}
