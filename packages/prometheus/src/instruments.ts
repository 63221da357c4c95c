import { Counter, Gauge, Histogram } from 'prom-client'
import type { Settings } from './options.ts'

/** Counters of observations. */
interface Counters {
  readonly accepted: Counter
  readonly duplicate: Counter
  readonly handled: Counter
  readonly rejected: Counter
  readonly attempts: Counter
  readonly attemptsFailed: Counter
  readonly deadLetters: Counter
  readonly deadLettersDropped: Counter
  readonly handshakes: Counter
  readonly highWaterMarks: Counter
  readonly reconcileFailures: Counter
}

/** Histograms of observations. */
interface Histograms {
  readonly receiveDuration: Histogram
  readonly processDuration: Histogram
  readonly handlingLag: Histogram
  readonly retryDelay: Histogram
  readonly retryLateness: Histogram
  readonly signedAgo: Histogram
  readonly retriesLeft: Histogram
}

/** Metrics of observations. */
export interface Instruments extends Counters, Histograms {
  readonly fallbackInUse: Gauge
}

const delivery = ['provider', 'endpoint', 'event']
const receiver = ['provider', 'endpoint']
const refusal = [...receiver, 'code', 'status', 'authentic']

/** Registers the metrics of observations. */
export function createInstruments(settings: Settings): Instruments {
  const { register, prefix } = settings
  const fallbackInUse = new Gauge({
    name: `${prefix}fallback_in_use`,
    help: '1 while a fallback inbox accepts in place of its primary, else 0.',
    labelNames: receiver,
    registers: [register],
  })
  return { ...createCounters(settings), ...createHistograms(settings), fallbackInUse }
}

function createCounters({ register, prefix }: Settings): Counters {
  const counter = (name: string, help: string, labelNames: string[]): Counter =>
    new Counter({ name: `${prefix}${name}_total`, help, labelNames, registers: [register] })
  return {
    accepted: counter('deliveries_accepted', 'Deliveries accepted for the first time.', delivery),
    duplicate: counter('deliveries_duplicate', 'Further copies of deliveries that are known.', delivery),
    handled: counter('deliveries_handled', 'Deliveries that all handlers have handled.', delivery),
    rejected: counter('requests_rejected', 'Refused requests, and whether they were authentic.', refusal),
    attempts: counter('attempts', 'Attempts at deliveries, by what became of them.', [
      ...receiver,
      'outcome',
    ]),
    attemptsFailed: counter('attempts_failed', 'Failed attempts, by the first handler that failed.', [
      ...receiver,
      'handler',
    ]),
    deadLetters: counter('dead_letters', 'Deliveries that became dead letters.', [...delivery, 'reason']),
    deadLettersDropped: counter('dead_letters_dropped', 'Dead letters that a full inbox forgot.', receiver),
    handshakes: counter('handshakes', 'Handshakes that were answered.', ['provider']),
    highWaterMarks: counter('high_water_marks', 'How often a bounded memory passed 80 %.', [
      'provider',
      'resource',
    ]),
    reconcileFailures: counter('reconcile_failures', 'Rounds of reconcile that were not complete.', receiver),
  }
}

function createHistograms({ register, prefix, buckets }: Settings): Histograms {
  const histogram = (
    name: string,
    bounds: readonly number[],
    help: string,
    more: readonly string[] = [],
  ): Histogram =>
    new Histogram({
      name: `${prefix}${name}_seconds`,
      help,
      labelNames: [...receiver, ...more],
      buckets: [...bounds],
      registers: [register],
    })
  const { receive, process, lag, retry, signedAgo, retriesLeft } = buckets
  return {
    receiveDuration: histogram('receive_duration', receive, "From a request's head to its answer.", [
      'outcome',
    ]),
    processDuration: histogram('process_duration', process, 'How long attempts took.', ['outcome']),
    handlingLag: histogram('handling_lag', lag, 'From receipt to the beginning of the first attempt.'),
    retryDelay: histogram('retry_delay', retry, 'The wait before the next attempt, as planned.'),
    retryLateness: histogram(
      'retry_lateness',
      retry,
      'How much later than planned retries began, where the same process made the attempt before.',
    ),
    signedAgo: histogram(
      'signed_ago',
      signedAgo,
      'Receipt minus signed time: the difference of the clocks, and the way.',
    ),
    retriesLeft: histogram(
      'sender_retries_left',
      retriesLeft,
      'For how long the sender tries again, as an authentic request is refused.',
    ),
  }
}
