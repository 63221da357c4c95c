import type { Observation, Observations } from '@acuse/core'
import { isFailedAttempt, retryLateness } from '@acuse/core/inbox-kit'
import type { Instruments } from './instruments.ts'
import type { LabelNames } from './label-names.ts'

/** What an observation is written to. */
export interface Recording {
  readonly instruments: Instruments
  readonly events: LabelNames
  readonly handlers: LabelNames
  readonly unhandled: (observation: Observations.UnhandledObservation) => void
}

type Attempt = Observations.HandledObservation | FailedAttempt
type FailedAttempt =
  | Observations.RetriedObservation
  | Observations.FailedObservation
  | Observations.DeadObservation
type Acknowledged = Observations.AcceptedObservation | Observations.DuplicateObservation

/** A function that writes observations to metrics. */
export function createRecorder(recording: Recording): (observation: Observation) => void {
  const { instruments } = recording
  const latenessMs = retryLateness()
  return (observation) => {
    const lateMs = latenessMs(observation)
    if (lateMs !== undefined && 'endpoint' in observation)
      instruments.retryLateness.observe(receiverOf(observation), lateMs / 1_000)
    record(observation, recording)
  }
}

function record(observation: Observation, recording: Recording): void {
  const { instruments } = recording
  switch (observation.type) {
    case 'accepted':
    case 'duplicate':
      recordAcknowledged(observation, recording)
      break
    case 'rejected':
      recordRejected(observation, instruments)
      break
    case 'handled':
      instruments.handled.inc(labelsOf(observation, recording))
      recordAttempt(observation, instruments)
      break
    case 'retried':
      instruments.retryDelay.observe(receiverOf(observation), observation.delayMs / 1_000)
      recordFailure(observation, recording)
      break
    case 'failed':
      recordFailure(observation, recording)
      break
    case 'dead':
      instruments.deadLetters.inc({ ...labelsOf(observation, recording), reason: observation.reason })
      if (isFailedAttempt(observation)) recordFailure(observation, recording)
      break
    default:
      recordOthers(observation, recording)
  }
}

type Others = Exclude<Observation, Attempt | Acknowledged | Observations.RejectedObservation>

function recordOthers(observation: Others, { instruments, unhandled }: Recording): void {
  const { provider } = observation
  switch (observation.type) {
    case 'dropped':
      instruments.deadLettersDropped.inc(receiverOf(observation))
      break
    case 'handshake':
      instruments.handshakes.inc({ provider })
      break
    case 'high-water-mark':
      instruments.highWaterMarks.inc({ provider, resource: observation.resource })
      break
    case 'fallback':
      instruments.fallbackInUse.set(receiverOf(observation), observation.inUse ? 1 : 0)
      break
    case 'reconcile-failed':
      instruments.reconcileFailures.inc(receiverOf(observation))
      break
    case 'unhandled':
      unhandled(observation)
  }
}

function recordAcknowledged(observation: Acknowledged, recording: Recording): void {
  const { instruments } = recording
  const { type, durationMs, signedAgoMs } = observation
  const receiver = receiverOf(observation)
  const counter = type === 'accepted' ? instruments.accepted : instruments.duplicate
  counter.inc(labelsOf(observation, recording))
  instruments.receiveDuration.observe({ ...receiver, outcome: type }, durationMs / 1_000)
  // A copy may bear the time of the first one.
  if (type === 'accepted' && signedAgoMs !== undefined)
    instruments.signedAgo.observe(receiver, signedAgoMs / 1_000)
}

function recordRejected(observation: Observations.RejectedObservation, instruments: Instruments): void {
  const { code, status, authentic, durationMs, seconds, retriesLeftMs } = observation
  const receiver = receiverOf(observation)
  instruments.rejected.inc({ ...receiver, code, status: String(status), authentic: String(authentic) })
  if (durationMs !== undefined)
    instruments.receiveDuration.observe({ ...receiver, outcome: 'rejected' }, durationMs / 1_000)
  if (retriesLeftMs !== undefined) instruments.retriesLeft.observe(receiver, retriesLeftMs / 1_000)
  // A clock that is far off accepts nothing: what it refuses tells so.
  if (authentic && seconds !== undefined) instruments.signedAgo.observe(receiver, -seconds)
}

function recordFailure(observation: FailedAttempt, { instruments, handlers }: Recording): void {
  const receiver = receiverOf(observation)
  const handler = handlers.of(observation.provider, observation.handler ?? '')
  instruments.attemptsFailed.inc({ ...receiver, handler })
  recordAttempt(observation, instruments)
}

function recordAttempt(observation: Attempt, instruments: Instruments): void {
  const { type, attempt, durationMs, lagMs } = observation
  const receiver = receiverOf(observation)
  instruments.attempts.inc({ ...receiver, outcome: type })
  if (durationMs !== undefined)
    instruments.processDuration.observe({ ...receiver, outcome: type }, durationMs / 1_000)
  if (lagMs !== undefined && attempt === 1) instruments.handlingLag.observe(receiver, lagMs / 1_000)
}

function labelsOf(
  { provider, endpoint, event }: Observations.DeliveryObservation,
  { events }: Recording,
): { readonly provider: string; readonly endpoint: string; readonly event: string } {
  return { provider, endpoint, event: events.of(provider, event) }
}

function receiverOf({ provider, endpoint }: { readonly provider: string; readonly endpoint: string }): {
  readonly provider: string
  readonly endpoint: string
} {
  return { provider, endpoint }
}
