export {
  concurrentDuplicates,
  duplicate,
  renamedEvent,
  reordered,
  replayedWithFreshSession,
  retriedByTheSender,
} from './beside.ts'
export { abortedMidBody, gzipBody, slowBody, tamperedBody, truncatedBody } from './body.ts'
export type { Fault } from './fault.ts'
export { type FaultName, faultNames, toNamedFault } from './names.ts'
export { malformedSignature, missingSignature } from './proof.ts'
export { futureTimestamp, oversizedBody, staleTimestamp, wrongSecret } from './signing.ts'
