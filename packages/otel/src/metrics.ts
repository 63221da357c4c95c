import type { Observation, Observations, Observer } from '@acuse/core'
import type {
  Attributes,
  Counter,
  Histogram,
  Meter,
  ObservableCounter,
  UpDownCounter,
} from '@opentelemetry/api'
import { errorType } from './attributes.ts'

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
  readonly accepted: Tally
  readonly duplicates: Tally
  readonly rejected: Counter
  readonly dead: Counter
  readonly lag: Histogram
  readonly retryDelay: Histogram
  readonly age: Histogram
  readonly ahead: Histogram
  readonly highWater: Counter
  readonly fallbacks: UpDownCounter
}

/** Counts by endpoint what each delivery counts in: the SDK is told of sums when metrics are read, and hashes no attributes until then. */
class Tally {
  readonly #counts = new Map<string, number>()
  readonly #attributes: (endpoint: string) => Attributes

  constructor(counter: ObservableCounter, attributes: (endpoint: string) => Attributes) {
    this.#attributes = attributes
    counter.addCallback((result) => {
      for (const [endpoint, count] of this.#counts) result.observe(count, this.#attributes(endpoint))
    })
  }

  add(endpoint: string): void {
    this.#counts.set(endpoint, (this.#counts.get(endpoint) ?? 0) + 1)
  }
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
    accepted: new Tally(
      meter.createObservableCounter('messaging.client.consumed.messages', {
        description: 'Deliveries accepted for the first time.',
        unit: '{message}',
      }),
      (endpoint) => named('receive', endpoint),
    ),
    duplicates: new Tally(
      meter.createObservableCounter('acuse.deliveries.duplicate', {
        description: 'Copies of what was accepted before.',
        unit: '{message}',
      }),
      aboutEndpoint,
    ),
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
      instruments.fallbacks.add(observation.inUse ? 1 : -1, aboutEndpoint(observation.endpoint))
      break
  }
}

/** Of few attributes, as each of them is hashed with each record. */
function aboutEndpoint(endpoint: string): Attributes {
  return { 'messaging.system': 'acuse', 'messaging.destination.name': endpoint }
}

function named(operation: 'receive' | 'process', endpoint: string): Attributes {
  return {
    'messaging.system': 'acuse',
    'messaging.operation.name': operation,
    'messaging.destination.name': endpoint,
  }
}

function recordAcknowledged(
  { receiving, accepted, duplicates, age, ahead }: Instruments,
  {
    type,
    endpoint,
    durationMs,
    signedAgoMs,
  }: Observations.AcceptedObservation | Observations.DuplicateObservation,
): void {
  receiving.record(durationMs / 1_000, named('receive', endpoint))
  const tally = type === 'accepted' ? accepted : duplicates
  tally.add(endpoint)
  if (signedAgoMs === undefined) return
  const [clock, seconds] = signedAgoMs < 0 ? [ahead, -signedAgoMs] : [age, signedAgoMs]
  clock.record(seconds / 1_000, aboutEndpoint(endpoint))
}

function recordRejected(
  { receiving, rejected }: Instruments,
  { endpoint, code, status, authentic, durationMs }: Observations.RejectedObservation,
): void {
  const type = { 'error.type': code }
  if (durationMs !== undefined)
    receiving.record(durationMs / 1_000, { ...named('receive', endpoint), ...type })
  rejected.add(1, {
    ...aboutEndpoint(endpoint),
    ...type,
    'http.response.status_code': status,
    'acuse.authentic': authentic,
  })
}

function recordAttempt({ processing, lag, retryDelay, dead }: Instruments, observation: Attempted): void {
  const { type, endpoint, durationMs, lagMs } = observation
  const about = aboutEndpoint(endpoint)
  if (type === 'retried') retryDelay.record(observation.delayMs / 1_000, about)
  if (type === 'dead') dead.add(1, { ...about, 'acuse.reason': observation.reason })
  if (durationMs === undefined || lagMs === undefined) return
  const failed = type === 'handled' ? undefined : { 'error.type': errorType(observation.error) }
  processing.record(durationMs / 1_000, { ...named('process', endpoint), ...failed })
  lag.record(lagMs / 1_000, about)
}
