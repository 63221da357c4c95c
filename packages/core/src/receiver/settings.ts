import { checkDedupe, type DedupeStore } from '../dedupe/dedupe-store.ts'
import { lruDedupe } from '../dedupe/lru.ts'
import { checkInbox } from '../inbox/check-inbox.ts'
import { checkConcurrency } from '../inbox/concurrency.ts'
import type { Inbox } from '../inbox/inbox.ts'
import { memoryInbox } from '../inbox/memory/memory-inbox.ts'
import { type RetryOptions, toRetryPolicy } from '../inbox/retry-policy.ts'
import { type AddressList, toAddressList } from '../lib/addresses.ts'
import { checkClock, sturdyClock } from '../lib/check-clock.ts'
import { checkOptions } from '../lib/check-options.ts'
import { wholeNumber } from '../lib/options.ts'
import { type ReceiverLogger, toLogger } from '../log/logger.ts'
import { warnOnce } from '../log/warn.ts'
import type { Clock } from '../model/clock.ts'
import type { Observer } from '../model/observation.ts'
import { checkName, checkPath, type Provider, type ProviderLimits } from '../model/provider.ts'
import type { CaptureOptions } from '../model/refused-request.ts'
import { checkRuntime } from './after-answer.ts'
import { checkCapture } from './check-capture.ts'
import { checkAck, checkBounds, checkReceiverOptions, toObservers, toTracer } from './check-options.ts'
import { toKeptHeaders } from './keep-headers.ts'
import type { ReceiverOptions } from './options.ts'
import { toTimeRule } from './reading.ts'
import {
  checkRetention,
  type IdempotencyMemory,
  minRetentionMs,
  provesTime,
  type Tolerance,
  toTolerance,
} from './tolerance.ts'
import type { Tracer } from './tracer.ts'

/** How deliveries are acknowledged. */
type Acknowledging =
  | {
      readonly ack: 'accepted'
      readonly inbox: Inbox
      readonly work: boolean
      readonly concurrency: number
      readonly retry: RetryOptions
    }
  | {
      readonly ack: 'handled'
      readonly dedupe: DedupeStore
      readonly concurrency: number
      readonly leaseMs: number
    }

/** Options with their defaults, checked. */
export interface ReceiverSettings {
  readonly path: string
  readonly endpoint: string
  readonly handlesAll: boolean
  readonly closeTimeoutMs: number
  readonly acknowledging: Acknowledging
  readonly observers: readonly Observer[]
  readonly tracer: Tracer | undefined
  readonly logger: ReceiverLogger
  readonly tolerance: Tolerance
  readonly minRetentionMs: number
  readonly maxBodyBytes: number
  readonly maxBytesInFlight: number
  readonly ipAllowlist: AddressList | undefined
  readonly bodyTimeoutMs: number
  readonly acceptTimeoutMs: number
  readonly ackTimeoutMs: number
  readonly handlerTimeoutMs: number
  readonly maxPayloadValues: number
  readonly orderingKey: ReceiverOptions<object>['orderingKey']
  readonly keepHeaders: readonly string[]
  readonly onStale: 'refuse' | 'keep'
  readonly capture: Required<CaptureOptions> | undefined
  readonly clock: Clock
}

const maxBodyBound = 64 * 2 ** 20
const maxAckMs = 30_000
const dayMs = 86_400_000

/**
 * Checks options and fills in defaults.
 * @throws TypeError that says how to fix the first wrong one
 */
export function toSettings<Events extends object>(
  provider: Provider<Events>,
  options: ReceiverOptions<Events>,
): ReceiverSettings {
  checkReceiverOptions(provider, options)
  const { tolerance = {}, orderingKey, onStale, keepHeaders = [] } = options
  const { endpoint = provider.name, handle = 'registered' } = options
  const clock = checkClock(options.clock)
  if (onStale !== undefined && onStale !== 'refuse' && onStale !== 'keep')
    throw new TypeError("onStale must be 'refuse' or 'keep'")
  if (handle !== 'registered' && handle !== 'all') throw new TypeError("handle must be 'registered' or 'all'")
  checkOptions('tolerance', tolerance, { pastMs: 'number', futureMs: 'number' }, 'tolerance.')
  const acknowledging = toAcknowledging(options, clock)
  const memory = memoryOf(acknowledging)
  const time = toTimeRule(provider)
  const { limits = {} } = provider
  const window = toTolerance(tolerance, time, memory)
  const neededMs = minRetentionMs(window, time, limits)
  checkRetention(window, neededMs, memory)
  if (!memory.isDurable && !provesTime(time)) warnOfReplays(provider.name)
  const ackTimeoutMs = wholeNumber('ackTimeoutMs', options.ackTimeoutMs ?? usualAckMs(limits), 1, maxAckMs)
  const settings: ReceiverSettings = {
    path: checkPath('path', options.path ?? provider.path),
    endpoint: checkName('endpoint', endpoint),
    handlesAll: handle === 'all',
    closeTimeoutMs: wholeNumber('closeTimeoutMs', options.closeTimeoutMs ?? 10_000, 0, dayMs),
    observers: toObservers(options.observer),
    tracer: toTracer(options.tracer),
    logger: toLogger(options.logger, sturdyClock(clock)),
    tolerance: window,
    minRetentionMs: neededMs,
    maxBodyBytes: wholeNumber(
      'maxBodyBytes',
      options.maxBodyBytes ?? limits.maxBodyBytes ?? 2 ** 20,
      1,
      maxBodyBound,
    ),
    maxBytesInFlight: wholeNumber('maxBytesInFlight', options.maxBytesInFlight ?? 64 * 2 ** 20, 1, 2 ** 40),
    ipAllowlist: options.ipAllowlist === undefined ? undefined : toAddressList(options.ipAllowlist),
    bodyTimeoutMs: withinAck('bodyTimeoutMs', options.bodyTimeoutMs, 3_000, ackTimeoutMs),
    acceptTimeoutMs: withinAck('acceptTimeoutMs', options.acceptTimeoutMs, 800, ackTimeoutMs),
    ackTimeoutMs,
    handlerTimeoutMs: wholeNumber('handlerTimeoutMs', options.handlerTimeoutMs ?? 60_000, 1, dayMs),
    maxPayloadValues: wholeNumber('maxPayloadValues', options.maxPayloadValues ?? 20_000, 1, 1e8),
    orderingKey,
    keepHeaders: toKeptHeaders(provider, keepHeaders),
    onStale: onStale ?? (keeps(acknowledging) ? 'keep' : 'refuse'),
    capture: options.capture === undefined ? undefined : checkCapture(options.capture),
    clock,
    acknowledging,
  }
  checkBounds(provider, { ...settings, pastMs: tolerance.pastMs })
  return settings
}

function toAcknowledging<Events extends object>(
  options: ReceiverOptions<Events>,
  clock: Clock,
): Acknowledging {
  checkAck(options)
  if (options.ack === 'handled') {
    return {
      ack: 'handled',
      dedupe: options.dedupe === undefined ? lruDedupe({ clock }) : checkDedupe(options.dedupe),
      concurrency: checkConcurrency(options.concurrency ?? 100),
      leaseMs: wholeNumber('leaseMs', options.leaseMs ?? 10_000, 100, dayMs),
    }
  }
  const { ack = 'accepted', retry = {}, work = true } = options
  toRetryPolicy(retry)
  if (!work && options.inbox === undefined)
    throw new TypeError(
      'work: false needs the option inbox: nobody else can handle what this process has in memory. Give it a durable one, on which another process works',
    )
  const inbox = options.inbox === undefined ? volatileInbox(clock) : checkInbox('inbox', options.inbox)
  if (options.orderingKey !== undefined && !inbox.ordered)
    throw new TypeError(
      'orderingKey needs an inbox that keeps order (its `ordered` is true): this one does not',
    )
  checkRuntime({ ack, inbox, work }, options.inbox !== undefined)
  return { ack, inbox, work, retry, concurrency: checkConcurrency(options.concurrency ?? 10) }
}

/** Time is left for the answer to travel. */
function usualAckMs({ ackTimeoutMs = 5_000 }: ProviderLimits): number {
  return Math.min(4_500, Math.floor(ackTimeoutMs * 0.9))
}

/** A default shrinks with the budget; a value that the caller gave must fit it. */
function withinAck(name: string, given: number | undefined, usual: number, ackTimeoutMs: number): number {
  return given === undefined ? Math.min(usual, ackTimeoutMs) : wholeNumber(name, given, 1, ackTimeoutMs)
}

/** The memory of idempotency keys, and whether it outlives the process. */
function memoryOf(acknowledging: Acknowledging): IdempotencyMemory {
  if (acknowledging.ack === 'handled')
    return { isDurable: acknowledging.dedupe.durability === 'durable', retentionMs: undefined }
  const { idempotencyKeys, durability, retentionMs } = acknowledging.inbox
  return { isDurable: (idempotencyKeys ?? durability) === 'durable', retentionMs }
}

/** Whether a dead letter outlives the process. */
function keeps(acknowledging: Acknowledging): boolean {
  return acknowledging.ack === 'accepted' && acknowledging.inbox.durability === 'durable'
}

function warnOfReplays(provider: string): void {
  warnOnce(
    'ACUSE_REPLAY_AFTER_RESTART',
    `${provider}: not every delivery has a signed time, and idempotency keys are kept in memory, so a request that was captured runs again after each restart. Give the receiver a memory that outlives the process, a durable inbox or a dedupe store on a server: docs/acknowledging.md lists them`,
  )
}

function volatileInbox(clock: Clock): Inbox {
  warnOnce(
    'ACUSE_VOLATILE_INBOX',
    'Webhook deliveries are kept in memory: a crash loses those that were acknowledged and not yet handled. Give the option inbox a durable one, or memoryInbox() to say that this is meant',
  )
  return memoryInbox({ clock })
}
