import type { Clock } from '@acuse/core'
import { checkOptions, fence, type OptionKinds, sturdyClock, warn, wholeNumber } from '@acuse/core/inbox-kit'
import type { RedisOptions } from 'ioredis'
import { type BullmqConnection, toRedisOptions } from './lib/connection-options.ts'

/** The role of a process: it receives webhooks, runs their handlers, or both. */
export type BullmqRole = 'accept' | 'work' | 'both'

/** Options of `bullmqInbox`. */
export interface BullmqInboxOptions {
  /**
   * Where Redis is: a URL, ioredis options (also with a `url`), or an ioredis instance, of which only the options
   * are used: the inbox opens connections of its own, and closes no other. Of the options, those count that say
   * where the server is and as whom to speak to it; deadlines, queues and reconnecting are the inbox's own.
   */
  readonly connection: BullmqConnection
  /** The first part of the names of its queues, which are `<name>.<provider>`. Default `acuse`. */
  readonly name?: string
  /** `accept` runs no handlers, `work` refuses to accept. Default `both`. */
  readonly role?: BullmqRole
  /** BullMQ's prefix of every key. Default `bull`. */
  readonly prefix?: string
  /** How long idempotency keys are remembered, in milliseconds. Default 604 800 000 (7 days). */
  readonly retentionMs?: number
  /**
   * The most deliveries of a queue that are not handled, dead letters included: an accept beyond is answered 503.
   * Default 1 000 000, which with bodies of 1 KB take about 2 GB.
   */
  readonly maxDeliveries?: number
  /** The longest wait for Redis when a delivery is accepted, in milliseconds. Default 500. */
  readonly timeoutMs?: number
  /**
   * How many replicas must have a delivery before it is acknowledged, so that a failover to one of them loses
   * nothing. With fewer in reach the answer is 503. Default 0: none is waited for.
   */
  readonly replicas?: number
  /** How long a delivery is leased, in milliseconds, renewed while its handlers run. Default 30 000. */
  readonly leaseMs?: number
  /** Told what goes wrong in the worker. Default: a process warning, at most one a minute. */
  readonly onError?: (error: Error) => void
  /** Where the time for deadlines comes from. Default: this machine. */
  readonly clock?: Clock
}

/** {@link BullmqInboxOptions} with their defaults. */
export interface BullmqSettings extends Required<Omit<BullmqInboxOptions, 'connection' | 'onError'>> {
  /** The connection, as ioredis takes it. */
  readonly redis: RedisOptions
  /** Receives whatever was thrown; the user's function gets an Error. */
  readonly onError: (error: unknown) => void
}

const optionKinds: OptionKinds<BullmqInboxOptions> = {
  connection: 'checked',
  name: 'checked',
  role: 'checked',
  prefix: 'checked',
  retentionMs: 'number',
  maxDeliveries: 'number',
  timeoutMs: 'number',
  replicas: 'number',
  leaseMs: 'number',
  onError: 'function',
  clock: 'clock',
}
const roles: readonly string[] = ['accept', 'work', 'both'] satisfies BullmqRole[]
const dayMs = 86_400_000
const warnEveryMs = 60_000

/**
 * Options with their defaults.
 * @throws TypeError when one is unknown or cannot be used
 */
export function toSettings(options: BullmqInboxOptions): BullmqSettings {
  checkOptions('bullmqInbox options', options, optionKinds)
  const { connection, name = 'acuse', role = 'both', prefix = 'bull' } = options
  const clock = sturdyClock(options.clock)
  if (!connection) {
    throw new TypeError('connection must say where Redis is: a URL, ioredis options or an ioredis instance')
  }
  if (typeof name !== 'string' || !/^[^:]+$/.test(name)) {
    throw new TypeError('name must be a text without colons')
  }
  if (typeof prefix !== 'string' || prefix === '') throw new TypeError('prefix must be a text')
  if (!roles.includes(role)) throw new TypeError(`role must be one of ${roles.join(', ')}`)
  return {
    redis: toRedisOptions(connection),
    name,
    role,
    prefix,
    clock,
    retentionMs: wholeNumber('retentionMs', options.retentionMs ?? 7 * dayMs, 1_000, 3_650 * dayMs),
    maxDeliveries: wholeNumber('maxDeliveries', options.maxDeliveries ?? 1_000_000, 1, 1_000_000_000),
    timeoutMs: wholeNumber('timeoutMs', options.timeoutMs ?? 500, 1, 60_000),
    replicas: wholeNumber('replicas', options.replicas ?? 0, 0, 100),
    leaseMs: wholeNumber('leaseMs', options.leaseMs ?? 30_000, 1_000, dayMs),
    onError: fenced(options.onError ?? toWarnings(clock)),
  }
}

/** What the user's function throws, or rejects with, is dropped. */
function fenced(onError: (error: Error) => void): (error: unknown) => void {
  return (error) => fence(() => onError(error instanceof Error ? error : new Error(String(error))))
}

function toWarnings(clock: Clock): (error: Error) => void {
  let silentUntil = 0
  return ({ message }) => {
    if (clock.monotonic() < silentUntil) return
    silentUntil = clock.monotonic() + warnEveryMs
    warn('ACUSE_BULLMQ_WORKER', `The worker of an inbox reports: ${message}`)
  }
}
