import type { Observation, Observations, Observer } from '@acuse/core'
import type { Attributes, Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api'
import { errorType, operation } from './attributes.ts'

/** Seconds: the door has 5, a handler a minute. */
const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Seconds: a delivery that waits for its next attempt may wait for a day. */
const lags = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200, 86_400]
/** Seconds. */
const ages = [0.5, 1, 5, 10, 30, 60, 300, 3_600, 86_400]

type Attempted =
  | Observations.HandledObservation
  | Observations.RetriedObservation
  | Observations.FailedObservation
  | Observations.DeadObservation

interface Instruments {
  readonly receiving: Histogram
  readonly processing: Histogram
  readonly accepted: Counter
  readonly duplicates: Counter
  readonly rejected: Counter
  readonly dead: Counter
  readonly lag: Histogram
  readonly retryDelay: Histogram
  readonly age: Histogram
  readonly ahead: Histogram
  readonly highWater: Counter
  readonly fallbacks: UpDownCounter
}

/** An observer that measures. */
export function createObserver(meter: Meter): Observer {
  const instruments = createInstruments(meter)
  return (observation) => record(instruments, observation)
}

function createInstruments(meter: Meter): Instruments {
  const seconds = (name: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries } })
  const count = (name: string, description: string, unit: string) =>
    meter.createCounter(name, { description, unit })
  return {
    receiving: seconds(
      'messaging.client.operation.duration',
      'From the head of a request to its answer.',
      durations,
    ),
    processing: seconds(
      'messaging.process.duration',
      'Of one attempt at a delivery, all of its handlers.',
      durations,
    ),
    accepted: count(
      'messaging.client.consumed.messages',
      'Deliveries accepted for the first time.',
      '{message}',
    ),
    duplicates: count('acuse.deliveries.duplicate', 'Copies of what was accepted before.', '{message}'),
    rejected: count('acuse.requests.rejected', 'Requests refused, by code.', '{request}'),
    dead: count('acuse.deliveries.dead', 'Deliveries that became dead letters, by reason.', '{message}'),
    lag: seconds('acuse.handling.lag', 'From receipt to the beginning of an attempt.', lags),
    retryDelay: seconds('acuse.retry.delay', 'From a failed attempt to the next.', lags),
    age: seconds('acuse.delivery.signed_age', 'Receipt minus the signed time.', ages),
    // A histogram takes no negative value.
    ahead: seconds(
      'acuse.delivery.signed_ahead',
      "The signed time minus receipt, where the sender's clock is ahead.",
      ages,
    ),
    highWater: count('acuse.high_water_mark', 'Times that a bounded memory passed 80 %.', '{pass}'),
    fallbacks: meter.createUpDownCounter('acuse.fallback.in_use', {
      description: 'Endpoints whose fallback inbox accepts in the place of the primary.',
      unit: '{endpoint}',
    }),
  }
}

function record(instruments: Instruments, observation: Observation): void {
  switch (observation.type) {
    case 'accepted':
    case 'duplicate':
      recordAcknowledged(instruments, observation)
      break
    case 'rejected':
      recordRejected(instruments, observation)
      break
    case 'handled':
    case 'retried':
    case 'failed':
    case 'dead':
      recordAttempt(instruments, observation)
      break
    case 'high-water-mark':
      instruments.highWater.add(1, {
        'acuse.provider': observation.provider,
        'acuse.resource': observation.resource,
      })
      break
    case 'fallback':
      instruments.fallbacks.add(observation.inUse ? 1 : -1, aboutEndpoint(observation))
      break
  }
}

function aboutEndpoint({
  provider,
  endpoint,
}: {
  readonly provider: string
  readonly endpoint: string
}): Attributes {
  return { 'messaging.system': 'acuse', 'messaging.destination.name': endpoint, 'acuse.provider': provider }
}

function recordAcknowledged(
  { receiving, accepted, duplicates, age, ahead }: Instruments,
  observation: Observations.AcceptedObservation | Observations.DuplicateObservation,
): void {
  const { type, endpoint, provider, durationMs, signedAgoMs } = observation
  const attributes = { ...operation('receive', endpoint), 'acuse.provider': provider }
  receiving.record(durationMs / 1_000, attributes)
  if (type === 'accepted') accepted.add(1, attributes)
  else duplicates.add(1, aboutEndpoint(observation))
  if (signedAgoMs === undefined) return
  const [clock, seconds] = signedAgoMs < 0 ? [ahead, -signedAgoMs] : [age, signedAgoMs]
  clock.record(seconds / 1_000, aboutEndpoint(observation))
}

function recordRejected(
  { receiving, rejected }: Instruments,
  observation: Observations.RejectedObservation,
): void {
  const { endpoint, provider, code, status, authentic, durationMs } = observation
  const type = { 'error.type': code }
  if (durationMs !== undefined)
    receiving.record(durationMs / 1_000, {
      ...operation('receive', endpoint),
      'acuse.provider': provider,
      ...type,
    })
  rejected.add(1, {
    ...aboutEndpoint(observation),
    ...type,
    'http.response.status_code': status,
    'acuse.authentic': authentic,
  })
}

function recordAttempt({ processing, lag, retryDelay, dead }: Instruments, observation: Attempted): void {
  const { type, endpoint, provider, durationMs, lagMs } = observation
  const about = aboutEndpoint(observation)
  if (type === 'retried') retryDelay.record(observation.delayMs / 1_000, about)
  if (type === 'dead') dead.add(1, { ...about, 'acuse.reason': observation.reason })
  if (durationMs === undefined || lagMs === undefined) return
  const failed = type === 'handled' ? undefined : { 'error.type': errorType(observation.error) }
  const attributes = { ...operation('process', endpoint), 'acuse.provider': provider, ...failed }
  processing.record(durationMs / 1_000, attributes)
  lag.record(lagMs / 1_000, about)
}
