import type { Logger } from '@acuse/core'
import { checkOptions, type OptionKinds, toLogger, wholeNumber } from '@acuse/core/inbox-kit'
import { type SenderOptions, type SenderSettings, toSettings } from '../options.ts'
import { checkText } from './enqueue-options.ts'
import type { OutboxStore } from './store.ts'

/** What an outbox has in common with a sender. */
type Shared = 'provider' | 'secret' | 'url' | 'fetch' | 'headers' | 'attemptDelaysMs' | 'timeoutMs'

/** Options of `createOutbox`. */
export interface OutboxOptions<Events extends object, Secret, Rest extends readonly unknown[], Enqueued>
  extends Pick<SenderOptions<Events, Secret>, Shared | 'respectsRetryAfter' | 'clock'> {
  /** Where messages are kept: `sqliteOutbox(db)` or `postgresOutbox(pool)`. */
  readonly store: OutboxStore<Rest, Enqueued>
  /**
   * Tells several outboxes of one table apart, such as two addresses: processes with the same name share the work. Text of 1 to
   * 255 characters. Default: the provider's name.
   */
  readonly name?: string
  /** How much longer than the schedule says a wait may be, as a share of it, 0 to 1; the wait is drawn. Default 0. */
  readonly jitter?: number
  /** The most requests at once in this process, 1 to 1 000. Default 10. */
  readonly concurrency?: number
  /** How often to look for messages that are due, in milliseconds, 10 to 60 000. Default 500. */
  readonly pollMs?: number
  /**
   * How long a process that died keeps its messages from the others, in milliseconds: at least 100 more than `timeoutMs`, at most a day. The
   * wall clocks of the processes may differ by what it is more. Default: 30 000 more than `timeoutMs`.
   */
  readonly leaseMs?: number
  /** How long delivered messages are kept, in milliseconds, up to ten years. Default 604 800 000 (7 days). */
  readonly retentionMs?: number
  /** Told of failed attempts, dead letters, and a store that fails. Default: process warnings of what needs attention. */
  readonly logger?: Logger
  /** Randomness of the jitter, 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

/** Checked options. */
export interface OutboxSettings extends SenderSettings {
  readonly name: string
  readonly jitter: number
  readonly concurrency: number
  readonly pollMs: number
  readonly leaseMs: number
  readonly retentionMs: number
  readonly logger: Logger
  readonly random: () => number
}

const kinds: OptionKinds<OutboxOptions<object, unknown, readonly unknown[], unknown>> = {
  provider: 'function',
  secret: 'checked',
  url: 'checked',
  fetch: 'function',
  headers: 'object',
  attemptDelaysMs: 'list',
  timeoutMs: 'number',
  respectsRetryAfter: 'true or false',
  clock: 'clock',
  store: 'object',
  name: 'text',
  jitter: 'checked',
  concurrency: 'number',
  pollMs: 'number',
  leaseMs: 'number',
  retentionMs: 'number',
  logger: 'checked',
  random: 'function',
}
const dayMs = 86_400_000
const leastMarginMs = 100
const usualMarginMs = 30_000

/** @throws TypeError that names the option, and says what it takes */
export function toOutboxSettings<Events extends object, Secret, Rest extends readonly unknown[], Enqueued>(
  options: OutboxOptions<Events, Secret, Rest, Enqueued>,
): OutboxSettings {
  checkOptions('createOutbox options', options, kinds)
  const {
    store,
    name,
    jitter = 0,
    concurrency = 10,
    pollMs = 500,
    leaseMs,
    retentionMs = 7 * dayMs,
    ...rest
  } = options
  const { logger, random = Math.random, ...shared } = rest
  if (typeof store?.lease !== 'function')
    throw new TypeError(
      'store must be where messages are kept, such as sqliteOutbox(db) or postgresOutbox(pool)',
    )
  const settings = toSettings<Events, Secret>(shared)
  const { timeoutMs, clock } = settings.way
  if (!(typeof jitter === 'number' && jitter >= 0 && jitter <= 1))
    throw new TypeError('jitter must be a number from 0 to 1, such as 0.2')
  const leastMs = timeoutMs + leastMarginMs
  return {
    ...settings,
    name: checkText('name', name ?? settings.signer.provider.name),
    jitter,
    concurrency: wholeNumber('concurrency', concurrency, 1, 1_000),
    pollMs: wholeNumber('pollMs', pollMs, 10, 60_000),
    leaseMs: wholeNumber('leaseMs', leaseMs ?? timeoutMs + usualMarginMs, leastMs, Math.max(dayMs, leastMs)),
    retentionMs: wholeNumber('retentionMs', retentionMs, 1, 3_650 * dayMs),
    logger: toLogger(logger, clock),
    random,
  }
}
