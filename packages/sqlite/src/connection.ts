import { closeSync, openSync } from 'node:fs'
import { describeError } from '@acuse/core/stores'
import type { OpenDatabase, SqlDatabase } from './driver.ts'
import { migrate } from './schema.ts'
import { isBusy } from './sqlite-errors.ts'
import { prepareStatements, type Statements } from './statements.ts'

/** An open file with its prepared statements. */
export interface Connection {
  readonly database: SqlDatabase
  readonly sql: Statements
}

// Waiting for a lock stops the event loop, so SQLite waits shortly, and the writer again without stopping it.
const busyTimeoutMs = 20
const walLimitBytes = 64 * 2 ** 20

const pragmas = `
  PRAGMA busy_timeout = ${busyTimeoutMs};
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA journal_size_limit = ${walLimitBytes};
  PRAGMA trusted_schema = OFF;`

/**
 * Moves the WAL into the database, with the lock of writers held, so that nobody commits meanwhile: SQLite before
 * 3.51.3, and with it libsql, may lose pages when a commit falls between two checkpoints of the default kind.
 * `false`: others use the file just now.
 */
export function checkpoint({ sql }: Connection): boolean {
  return sql.checkpoint.get()?.['busy'] === 0
}

/** Opens the file, and brings it to the newest version. */
export function openConnection(open: OpenDatabase, path: string, isBusyAllowed = false): Connection {
  createPrivately(path)
  const database = open(path)
  try {
    database.exec(pragmas)
    const { journal_mode: mode } = database.prepare('PRAGMA journal_mode = WAL').get() ?? {}
    if (mode !== 'wal')
      throw new Error(`WAL is not possible here (${mode}): the file must be on a local disk`)
    migrate(database)
    makeDurable(database, isBusyAllowed)
    return { database, sql: prepareStatements(database) }
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * A WAL that somebody died over may hold what was written and never synced. A duplicate of that would be
 * acknowledged without a commit, so all of it goes into the database, and to the disk, first.
 */
function makeDurable(database: SqlDatabase, isBusyAllowed: boolean): void {
  const { busy } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() ?? {}
  // At start-up: other processes use the file, so that nothing was recovered from its WAL.
  if (busy !== 0 && !isBusyAllowed) throw new Error('Other processes use the file; its WAL was not synced')
}

/**
 * Bodies are personal data: only this user reads a file that is made here. SQLite gives its WAL the same mode.
 * Never opens a file that exists: closing it again would drop the locks that this process has on it.
 */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600))
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'EEXIST') throw error
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4))

/**
 * The same at start-up, when other processes may be starting too: waits for their locks, stopping the thread.
 * @throws TypeError that says what is wrong with the file
 */
export function openAtStart(open: OpenDatabase, path: string): Connection {
  for (let tries = 0; ; tries++) {
    try {
      return openConnection(open, path, true)
    } catch (error) {
      if (!isBusy(error) || tries === maxTries) throw toStartError(path, error)
      Atomics.wait(sleeper, 0, 0, waitMs)
    }
  }
}

const maxTries = 100
const waitMs = 20

function toStartError(path: string, cause: unknown): TypeError {
  const { message } = describeError(cause)
  return new TypeError(
    `sqliteInbox cannot use '${path}': ${message}. It needs a folder that exists and is writable`,
    { cause },
  )
}
