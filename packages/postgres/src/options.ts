import type { Clock } from '@acuse/core'
import {
  checkOptions,
  type OptionKinds,
  sturdyClock,
  toBodiesForMs,
  wholeNumber,
} from '@acuse/core/inbox-kit'

/** Options of `postgresInbox`. */
export interface PostgresInboxOptions {
  /** The schema of its tables: lower-case letters, digits and underscores; `migrate()` makes it. Default `acuse`. */
  readonly schema?: string
  /**
   * How long the idempotency key of a delivery is remembered, in milliseconds, from when it was accepted, and for as long as
   * it is not handled; never shorter than the receiver asks. Default 604 800 000 (7 days).
   */
  readonly retentionMs?: number
  /**
   * The most deliveries that are not yet handled; full is 503. Processes that accept at the same time may exceed it by what
   * they accept in one statement. Default 1 000 000.
   */
  readonly maxDeliveries?: number
  /**
   * How long a process may be silent before what it handles is taken from it, in milliseconds, 100 to
   * 3 600 000. It tells of itself at each third of it. Default 30 000.
   */
  readonly leaseMs?: number
  /**
   * How often to look for what other processes accepted or left behind, in milliseconds, 10 to 60 000. What this process
   * accepts is handed out at once; what others accept, too, where `listen` works. Default 500.
   */
  readonly pollMs?: number
  /** The longest wait for an answer of Postgres, in milliseconds, 100 to 60 000. Default 2 000. */
  readonly timeoutMs?: number
  /**
   * Whether a process with a worker keeps one connection of the pool to hear (`LISTEN`) what others accepted. Behind a pooler
   * that shares connections by transaction nothing is heard: that is noticed, and the connection given back. Default `true`.
   */
  readonly listen?: boolean
  /**
   * Whether each connection plans the statements that are run for each delivery once, as prepared statements. A pooler that shares
   * connections by transaction and keeps none (PgBouncer before 1.21) is noticed, and they are run without; `false` where a
   * prepared statement costs more than it saves, such as behind Amazon RDS Proxy, which pins the connection. Default `true`.
   */
  readonly preparedStatements?: boolean
  /**
   * Keeps the bodies and headers of handled deliveries for `inbox.replay` and `inbox.export`, in the table `handled_deliveries`.
   * Default: they are dropped when they are handled.
   */
  readonly retain?: {
    /** For how long after it was handled, in milliseconds, 1 to 315 360 000 000 (ten years). */
    readonly bodiesForMs: number
  }
  /** Where this process's timers come from; leases and delays run by the clock of the database. Default: this machine. */
  readonly clock?: Clock
  /** Randomness of the retries' jitter, 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

/** Options with their defaults. */
export type PostgresSettings = Required<Omit<PostgresInboxOptions, 'retain'>> & {
  /** How long bodies of handled deliveries are kept; `undefined`: they are not. */
  readonly bodiesForMs: number | undefined
}

const optionKinds: OptionKinds<PostgresInboxOptions> = {
  schema: 'text',
  retentionMs: 'number',
  maxDeliveries: 'number',
  leaseMs: 'number',
  pollMs: 'number',
  timeoutMs: 'number',
  listen: 'true or false',
  preparedStatements: 'true or false',
  retain: 'object',
  clock: 'clock',
  random: 'function',
}
const dayMs = 86_400_000

/**
 * Options with their defaults.
 * @throws TypeError when one is unknown or cannot be used
 */
export function toSettings(options: PostgresInboxOptions): PostgresSettings {
  checkOptions('postgresInbox options', options, optionKinds)
  const { retentionMs = 7 * dayMs, maxDeliveries = 1_000_000, leaseMs = 30_000, pollMs = 500 } = options
  return {
    schema: toSchemaName(options.schema),
    retentionMs: wholeNumber('retentionMs', retentionMs, 1, 3_650 * dayMs),
    maxDeliveries: wholeNumber('maxDeliveries', maxDeliveries, 1, 1_000_000_000),
    leaseMs: wholeNumber('leaseMs', leaseMs, 100, 3_600_000),
    pollMs: wholeNumber('pollMs', pollMs, 10, 60_000),
    timeoutMs: wholeNumber('timeoutMs', options.timeoutMs ?? 2_000, 100, 60_000),
    listen: options.listen ?? true,
    preparedStatements: options.preparedStatements ?? true,
    bodiesForMs: toBodiesForMs(options.retain),
    clock: sturdyClock(options.clock),
    random: options.random ?? Math.random,
  }
}

/**
 * The schema's name, which needs no escapes.
 * @throws TypeError when it needs some
 */
export function toSchemaName(schema = 'acuse'): string {
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
    throw new TypeError(
      `schema must be lower-case letters, digits and underscores, at most 41, not '${schema.slice(0, 60)}'`,
    )
  return schema
}
