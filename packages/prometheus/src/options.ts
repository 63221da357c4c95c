import { type Clock, type Inbox, systemClock } from '@acuse/core'
import { checkClock, checkOptions, knownOptions, type OptionKinds, wholeNumber } from '@acuse/core/inbox-kit'
import { type OpenMetricsContentType, type Registry, register as theRegister } from 'prom-client'

/** Upper bounds of the histograms' buckets, in seconds, ascending; `+Inf` is added. */
export interface PrometheusBuckets {
  /** `acuse_receive_duration_seconds`. Default 0.001 to 30. */
  readonly receive?: readonly number[]
  /** `acuse_process_duration_seconds`. Default 0.005 to 300. */
  readonly process?: readonly number[]
  /** `acuse_handling_lag_seconds`. Default 0.005 to 86 400. */
  readonly lag?: readonly number[]
  /** `acuse_retry_delay_seconds` and `acuse_retry_lateness_seconds`. Default 0.1 to 3 600. */
  readonly retry?: readonly number[]
  /** `acuse_signed_ago_seconds`; those below 0 are for times that lie ahead. Default -3 600 to 3 600. */
  readonly signedAgo?: readonly number[]
  /** `acuse_sender_retries_left_seconds`. Default 0 to 604 800; an alert rule needs 3 600. */
  readonly retriesLeft?: readonly number[]
}

/** Options of `prometheusMetrics`. */
export interface PrometheusMetricsOptions {
  /** Where the metrics are registered. Default: prom-client's own `register`. */
  readonly register?: Registry | Registry<OpenMetricsContentType>
  /** Inboxes whose deliveries are counted at each scrape, by a name for the label `inbox`. Default: none. */
  readonly inboxes?: Readonly<Record<string, Inbox>>
  /** What the names of metrics begin with. The rules and the dashboard know the default. Default `acuse_`. */
  readonly prefix?: string
  /** Buckets of histograms. Default: as each says. */
  readonly buckets?: PrometheusBuckets
  /**
   * How many types of events, and names of handlers, each provider has in labels, 1 to 10 000; further ones are `other`. Types come
   * from senders, and each is a series to keep. Default 200.
   */
  readonly maxEvents?: number
  /** How long a scrape waits for an inbox, in milliseconds, 1 to 60 000. Default 2 000. */
  readonly statsTimeoutMs?: number
  /** How long counts of an inbox are good for, in milliseconds, 0 to 600 000. Default 5 000. */
  readonly statsCacheMs?: number
  /** Where time comes from. Default `systemClock`. */
  readonly clock?: Clock
}

/** Options with their defaults, checked. */
export interface Settings extends Required<Omit<PrometheusMetricsOptions, 'buckets'>> {
  readonly buckets: Required<PrometheusBuckets>
}

const kinds: OptionKinds<PrometheusMetricsOptions> = {
  register: 'object',
  inboxes: 'object',
  prefix: 'text',
  buckets: 'object',
  maxEvents: 'number',
  statsTimeoutMs: 'number',
  statsCacheMs: 'number',
  clock: 'clock',
}

const short = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const defaults: Required<PrometheusBuckets> = {
  receive: short,
  process: [...short.slice(2), 60, 300],
  lag: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400],
  retry: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 1_800, 3_600],
  signedAgo: [-3_600, -300, -60, -30, -10, -5, -2, -1, -0.5, 0, 0.5, 1, 2, 5, 10, 30, 60, 300, 3_600],
  retriesLeft: [0, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 172_800, 604_800],
}

/**
 * Checks options and fills in defaults.
 * @throws TypeError that says how to fix the first wrong one
 */
export function toSettings(options: PrometheusMetricsOptions): Settings {
  checkOptions('prometheusMetrics options', options, kinds)
  const { register = theRegister, inboxes = {}, prefix = 'acuse_', buckets = {} } = options
  const { maxEvents = 200, statsTimeoutMs = 2_000, statsCacheMs = 5_000, clock = systemClock } = options
  if (typeof register.registerMetric !== 'function')
    throw new TypeError('register must be a Registry of prom-client, such as new Registry()')
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(prefix))
    throw new TypeError("prefix must begin a metric's name: letters, digits and _, such as acuse_")
  for (const [name, inbox] of Object.entries(inboxes))
    if (typeof inbox?.stats !== 'function')
      throw new TypeError(`inboxes.${name} must be an Inbox, such as memoryInbox()`)
  return {
    register,
    inboxes,
    prefix,
    buckets: toBuckets(buckets),
    maxEvents: wholeNumber('maxEvents', maxEvents, 1, 10_000),
    statsTimeoutMs: wholeNumber('statsTimeoutMs', statsTimeoutMs, 1, 60_000),
    statsCacheMs: wholeNumber('statsCacheMs', statsCacheMs, 0, 600_000),
    clock: checkClock(clock),
  }
}

function toBuckets(given: PrometheusBuckets): Required<PrometheusBuckets> {
  knownOptions('buckets', given, Object.keys(defaults))
  for (const [name, bounds] of Object.entries<unknown>(given as Record<string, unknown>))
    if (bounds !== undefined && !isAscending(bounds))
      throw new TypeError(
        `buckets.${name} must be a list of numbers in seconds, each greater than the one before`,
      )
  const own = Object.entries(given).filter(([, bounds]) => bounds !== undefined)
  return { ...defaults, ...Object.fromEntries(own) }
}

function isAscending(bounds: unknown): boolean {
  return (
    Array.isArray(bounds) &&
    bounds.length > 0 &&
    bounds.every((bound, at) => Number.isFinite(bound) && (at === 0 || bound > bounds[at - 1]))
  )
}
