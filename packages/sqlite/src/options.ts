import { resolve } from 'node:path'
import type { Clock } from '@acuse/core'
import {
  checkOptions,
  type OptionKinds,
  sturdyClock,
  toBodiesForMs,
  wholeNumber,
} from '@acuse/core/inbox-kit'
import type { SqliteConnection } from './sqlite-connection.ts'

/** Options of `sqliteInbox`. */
export interface SqliteInboxOptions {
  /**
   * How long the idempotency key of a handled delivery is remembered, in milliseconds, from when it was handled; never
   * shorter than the receiver asks. Default 604 800 000 (7 days).
   */
  readonly retentionMs?: number
  /** The most deliveries that are not yet handled; full is 503. Default 1 000 000. */
  readonly maxDeliveries?: number
  /**
   * How long a process may be silent before what it handles is taken from it, in milliseconds, 100 to
   * 3 600 000. It tells of itself at each third of it. Default 30 000.
   */
  readonly leaseMs?: number
  /**
   * How often to look for what other processes accepted or left behind, in milliseconds, 10 to 60 000. What
   * this process accepts is handed out at once. Default 500.
   */
  readonly pollMs?: number
  /**
   * How large the write-ahead log may become, in bytes. It grows while another process reads the file in a transaction,
   * which keeps it from being moved into the file. Beyond this size nothing is accepted (503) until that transaction
   * ends. 16 777 216 (16 MB) to 1 099 511 627 776. Default 1 073 741 824 (1 GB).
   */
  readonly maxWalBytes?: number
  /**
   * Keeps the bodies and headers of handled deliveries for `inbox.replay` and `inbox.export`. Default: they are dropped when they
   * are handled.
   */
  readonly retain?: {
    /** For how long after it was handled, in milliseconds, 1 to 315 360 000 000 (ten years). */
    readonly bodiesForMs: number
  }
  /**
   * An open connection of the program's own to the same file, of `node:sqlite`, better-sqlite3 or libsql: what a handler
   * writes with `await transaction()` is committed with its completion, exactly once. The inbox sets its
   * `wal_autocheckpoint` to 0 and its `busy_timeout` to 1 000 ms at the least. Default: handlers have no transactions.
   */
  readonly connection?: SqliteConnection
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
  /** Randomness of the retries' jitter, 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

/** Options with their defaults. */
export type SqliteSettings = Required<Omit<SqliteInboxOptions, 'connection' | 'retain'>> &
  Pick<SqliteInboxOptions, 'connection'> & {
    /** How long bodies of handled deliveries are kept; `undefined`: they are not. */
    readonly bodiesForMs: number | undefined
  }

const optionKinds: OptionKinds<SqliteInboxOptions> = {
  retentionMs: 'number',
  maxDeliveries: 'number',
  leaseMs: 'number',
  pollMs: 'number',
  maxWalBytes: 'number',
  retain: 'object',
  connection: 'object',
  clock: 'clock',
  random: 'function',
}
const dayMs = 86_400_000

/**
 * Options with their defaults.
 * @throws TypeError when one is unknown or cannot be used
 */
export function toSettings(options: SqliteInboxOptions): SqliteSettings {
  checkOptions('sqliteInbox options', options, optionKinds)
  const { retentionMs = 7 * dayMs, maxDeliveries = 1_000_000, leaseMs = 30_000, pollMs = 500 } = options
  return {
    retentionMs: wholeNumber('retentionMs', retentionMs, 1, 3_650 * dayMs),
    maxDeliveries: wholeNumber('maxDeliveries', maxDeliveries, 1, 1_000_000_000),
    leaseMs: wholeNumber('leaseMs', leaseMs, 100, 3_600_000),
    pollMs: wholeNumber('pollMs', pollMs, 10, 60_000),
    maxWalBytes: wholeNumber('maxWalBytes', options.maxWalBytes ?? 2 ** 30, 2 ** 24, 2 ** 40),
    bodiesForMs: toBodiesForMs(options.retain),
    ...(options.connection && { connection: options.connection }),
    clock: sturdyClock(options.clock),
    random: options.random ?? Math.random,
  }
}

/**
 * The file's absolute path.
 * @throws TypeError when it is none
 */
export function toPath(path: unknown): string {
  if (typeof path !== 'string' || path.trim() === '') {
    throw new TypeError("sqliteInbox needs the path of its file, such as 'webhooks.db'")
  }
  if (path.startsWith(':')) {
    throw new TypeError(`sqliteInbox keeps deliveries in a file, not in '${path}': use memoryInbox()`)
  }
  // One letter may be a drive of Windows.
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) {
    throw new TypeError("sqliteInbox takes a path, not a URL: 'webhooks.db' instead of 'file:webhooks.db'")
  }
  return resolve(path)
}
