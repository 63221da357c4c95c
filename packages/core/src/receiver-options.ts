import type { UnknownEvent } from './event.ts'
import { type FreshnessWindow, minRetentionMs, toFreshnessWindow } from './freshness.ts'
import { type RetryOptions, toRetryPolicy } from './inbox/backoff.ts'
import type { Inbox } from './inbox/inbox.ts'
import { memoryInbox } from './inbox/memory.ts'
import { type AddressList, toAddressList } from './lib/addresses.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { knownOptions, wholeNumber } from './lib/options.ts'
import { warnOnce } from './lib/warn.ts'
import { type Logger, processWarnings } from './logger.ts'
import { checkPath, type Provider } from './provider.ts'
import type { Handler, Handlers } from './router.ts'
import type { Observer } from './signal.ts'

/** Options of a receiver, and so of every adapter. */
export interface ReceiverOptions<Events extends object> {
  /** Handlers by pattern; the same as calling `on` for each. */
  readonly on?: Handlers<Events>
  /** Handles authentic events that the provider's documents do not list. */
  readonly onUnknown?: Handler<UnknownEvent>
  /** The path that adapters answer, with and without a trailing slash. Default: the provider's. */
  readonly path?: string
  /** Where deliveries are kept. Default `memoryInbox()`, which is volatile; a process warning says so. */
  readonly inbox?: Inbox
  /** Receives every signal. */
  readonly observer?: Observer
  /** Writes the log. Default: process warnings for what needs a person, at most 10 a minute. */
  readonly logger?: Logger
  /** How far from now the signed time may lie. Default 300 000 ms into the past, 60 000 ms into the future. */
  readonly freshness?: Partial<FreshnessWindow>
  /** The largest body, in bytes. Default 1 048 576; larger is 413. */
  readonly maxBodyBytes?: number
  /**
   * The most bytes of bodies that all requests in flight may hold together. Default 67 108 864 (64 MiB); more
   * is 503.
   */
  readonly maxBytesInFlight?: number
  /**
   * Addresses and networks that may send, such as `203.0.113.0/24`; others get a 401. Never the only control:
   * a signature proves more than an address. Default: any.
   */
  readonly allowFrom?: readonly string[]
  /** The longest wait for the whole body, in milliseconds. Default 3 000; longer is 408. */
  readonly bodyTimeoutMs?: number
  /** The longest wait for the inbox to accept, in milliseconds. Default 800; longer is 503. */
  readonly acceptTimeoutMs?: number
  /** The budget of an answer from the first byte on, in milliseconds. Default 4 500: Redcumbre asks for 5 s. */
  readonly ackTimeoutMs?: number
  /** How many deliveries are handled at once. Default 10. */
  readonly concurrency?: number
  /** When a delivery whose handler failed is tried again. Default 10 attempts, 1 s doubling to 1 h. */
  readonly retry?: RetryOptions
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
}

/** Options with their defaults, checked. */
export interface ReceiverSettings {
  readonly path: string
  readonly inbox: Inbox
  readonly observer: Observer | undefined
  readonly logger: Logger
  readonly freshness: FreshnessWindow
  readonly maxBodyBytes: number
  readonly maxBytesInFlight: number
  readonly allowFrom: AddressList | undefined
  readonly bodyTimeoutMs: number
  readonly acceptTimeoutMs: number
  readonly ackTimeoutMs: number
  readonly concurrency: number
  readonly retry: RetryOptions
  readonly clock: Clock
}

/** Every name of {@link ReceiverOptions}; the mapped type makes a forgotten one an error. */
const optionNames: { readonly [Name in keyof ReceiverOptions<object>]-?: true } = {
  on: true,
  onUnknown: true,
  path: true,
  inbox: true,
  observer: true,
  logger: true,
  freshness: true,
  maxBodyBytes: true,
  maxBytesInFlight: true,
  allowFrom: true,
  bodyTimeoutMs: true,
  acceptTimeoutMs: true,
  ackTimeoutMs: true,
  concurrency: true,
  retry: true,
  clock: true,
}

const maxBodyBound = 64 * 2 ** 20
const maxAckMs = 30_000

/**
 * Checks options and fills in defaults.
 * @throws TypeError that says how to fix the first wrong one
 */
export function toSettings<Events extends object>(
  provider: Provider<Events>,
  options: ReceiverOptions<Events>,
): ReceiverSettings {
  knownOptions('receiver options', options, Object.keys(optionNames))
  const { clock = systemClock, retry = {}, observer, freshness = {} } = options
  if (observer !== undefined && typeof observer !== 'function')
    throw new TypeError('observer must be a function')
  knownOptions('freshness', freshness, ['pastMs', 'futureMs'])
  toRetryPolicy(retry)
  const ackTimeoutMs = wholeNumber('ackTimeoutMs', options.ackTimeoutMs ?? 4_500, 1, maxAckMs)
  const settings = {
    path: checkPath('path', options.path ?? provider.path),
    observer,
    logger: checkLogger(options.logger) ?? processWarnings(clock),
    freshness: toFreshnessWindow(freshness),
    maxBodyBytes: wholeNumber('maxBodyBytes', options.maxBodyBytes ?? 2 ** 20, 1, maxBodyBound),
    maxBytesInFlight: wholeNumber('maxBytesInFlight', options.maxBytesInFlight ?? 64 * 2 ** 20, 1, 2 ** 40),
    allowFrom: options.allowFrom === undefined ? undefined : toAddressList(options.allowFrom),
    bodyTimeoutMs: withinAck('bodyTimeoutMs', options.bodyTimeoutMs, 3_000, ackTimeoutMs),
    acceptTimeoutMs: withinAck('acceptTimeoutMs', options.acceptTimeoutMs, 800, ackTimeoutMs),
    ackTimeoutMs,
    concurrency: wholeNumber('concurrency', options.concurrency ?? 10, 1, 10_000),
    retry,
    clock,
  }
  const inbox = checkInbox(options.inbox, minRetentionMs(settings.freshness, provider.time))
  return { ...settings, inbox: inbox ?? volatileInbox(clock) }
}

/** A default shrinks with the budget; a value that the caller gave must fit it. */
function withinAck(name: string, given: number | undefined, usual: number, ackTimeoutMs: number): number {
  return given === undefined ? Math.min(usual, ackTimeoutMs) : wholeNumber(name, given, 1, ackTimeoutMs)
}

function checkLogger(logger: Logger | undefined): Logger | undefined {
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    if (logger && typeof logger[level] !== 'function')
      throw new TypeError(`logger.${level} must be a function, as pino has it`)
  }
  return logger
}

function checkInbox(inbox: Inbox | undefined, neededMs: number): Inbox | undefined {
  if (inbox === undefined) return undefined
  if (typeof inbox?.accept !== 'function' || typeof inbox.consume !== 'function')
    throw new TypeError('inbox must be an Inbox, such as memoryInbox()')
  if (inbox.retentionMs === undefined || inbox.retentionMs >= neededMs) return inbox
  throw new TypeError(
    `The inbox remembers identities for ${inbox.retentionMs} ms, less than the ${neededMs} ms in which a replay is fresh. Raise its retentionMs, or narrow freshness`,
  )
}

function volatileInbox(clock: Clock): Inbox {
  warnOnce(
    'ACUSE_VOLATILE_INBOX',
    'Webhook deliveries are kept in memory: a crash loses those that were acknowledged and not yet handled. Give the option inbox a durable one, or memoryInbox() to say that this is meant',
  )
  return memoryInbox({ clock })
}
