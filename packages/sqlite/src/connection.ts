import { chmodSync, closeSync, openSync, realpathSync, type Stats, statSync, truncateSync } from 'node:fs'
import { describeError } from '@acuse/core/inbox-kit'
import { checkContent, checkFile, damaged, UnfinishedFile } from './check-file.ts'
import { descriptorsOf, isSame } from './descriptors.ts'
import type { OpenDatabase } from './driver.ts'
import { type Checkpoints, FileGuard } from './file-guard.ts'
import { readersOf } from './file-users.ts'
import { inTransaction } from './in-transaction.ts'
import { isOpenHere, noteClosed, noteOpen } from './open-files.ts'
import { checkOurs, isEmptyDatabase, migrate, readPragma } from './schema.ts'
import type { SqlDatabase, SqlRow } from './sql.ts'
import { isBusy, isDamaged, isLackOfMeans } from './sqlite-errors.ts'
import { prepareStatements, type Statements } from './statements.ts'

/** An open file with its prepared statements. */
export interface Connection {
  readonly database: SqlDatabase
  readonly sql: Statements
  readonly guard: FileGuard
  /** Lets go of the file. `atOnce`: and of its handle, which libsql keeps until memory is collected. */
  close(atOnce?: boolean): void
}

/** How a file is opened. */
export interface OpenOptions {
  /** Whether the file may be opened although another process keeps its WAL from being moved into it. */
  readonly isBusyAllowed: boolean
  /** Looks for damage. */
  readonly isChecked: boolean
}

// Waiting for a lock stops the event loop, so SQLite waits shortly, and the writer again without stopping it.
const busyTimeoutMs = 2
const walLimitBytes = 64 * 2 ** 20

const pragmas = `
  PRAGMA busy_timeout = ${busyTimeoutMs};
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA journal_size_limit = ${walLimitBytes};
  PRAGMA trusted_schema = OFF;`

/** The outcome of a checkpoint. */
export interface Checkpointed {
  /** All of the WAL is in the file. */
  readonly isComplete: boolean
  /** How many bytes of the WAL are in use. */
  readonly walBytes: number
}

/**
 * Moves the WAL into the database, with the lock of writers held, so that nobody commits meanwhile: SQLite before
 * 3.51.3, and with it libsql, may lose pages when a commit falls between two checkpoints of the default kind. Waits
 * no longer than for a reader that is about to end: longer would hold the event loop.
 */
export function checkpoint({ database, sql, guard }: Connection): Checkpointed {
  inTransaction(database, () => sql.countCheckpoint.run())
  const { busy, log } = moved(sql, guard)
  guard.wrote(() => readCheckpoints(database))
  const isComplete = busy === 0
  return { isComplete, walBytes: isComplete ? 0 : Number(log) * frameBytes }
}

const frameBytes = 4_120

/** @throws FileTrouble when the file was emptied meanwhile; what SQLite found of that says less */
function moved(sql: Statements, guard: FileGuard): SqlRow {
  try {
    return sql.checkpoint.get() ?? {}
  } catch (error) {
    guard.checkWhole()
    throw error
  }
}

function readCheckpoints(database: SqlDatabase): Checkpoints {
  const { file, count } = database.prepare('SELECT file, count FROM checkpoints').get() ?? {}
  return { file: String(file), count: Number(count) }
}

/** Where the trees begin: there is a page of each in the file, and none of them is ever empty. */
function readRoots(database: SqlDatabase): number[] {
  const pageBytes = readPragma(database, 'page_size')
  const rows = database.prepare('SELECT rootpage FROM sqlite_schema WHERE rootpage > 0').all()
  return rows.map((row) => (Number(row['rootpage']) - 1) * pageBytes).filter((at) => at > 0)
}

/**
 * Opens the file, and brings it to the newest version.
 * @throws TypeError when it is none of ours, or damaged; it is as it was then
 */
export function openConnection(open: OpenDatabase, path: string, options: OpenOptions): Connection {
  checkFile(path)
  createPrivately(path)
  const found = statSync(path, { throwIfNoEntry: false })
  const database = open(path)
  try {
    database.exec(pragmas)
    // Where a link leads nowhere, SQLite makes the file.
    const file = found ?? statSync(path)
    checkSame(path, file)
    prepareFile(database, path, options)
    const guard = new FileGuard(path, {
      checkpoints: readCheckpoints(database),
      readCheckpoints: () => withFresh(open, path, readCheckpoints),
      isWhole: () => withFresh(open, path, (fresh) => isWhole(fresh, statSync(path).size)),
      roots: readRoots(database),
    })
    checkSame(path, file)
    return toConnection(database, guard, file)
  } catch (error) {
    if (error instanceof FileReplaced) emptyStray(path)
    // At once: the next try would share its index, which may be the one that was taken away.
    database.close(true)
    if (isDamaged(error)) throw new TypeError(damaged((error as Error).message), { cause: error })
    throw error
  }
}

function withFresh<T>(open: OpenDatabase, path: string, read: (database: SqlDatabase) => T): T {
  const fresh = open(path)
  try {
    return read(fresh)
  } finally {
    fresh.close()
  }
}

/** @throws when it cannot be read now */
function isWhole(database: SqlDatabase, sizeBytes: number): boolean {
  try {
    checkContent(database, sizeBytes)
    return true
  } catch (error) {
    if (isBusy(error) || isLackOfMeans(error)) throw error
    return false
  }
}

class FileReplaced extends Error {}

/** SQLite opens the file by its name, and later the WAL by the same: they must not be of two files. */
function checkSame(path: string, file: Stats): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found || !isSame(found, file)) throw new FileReplaced('It was replaced while it was opened')
}

/** The WAL that was made under the name of the file that is there now, which would take it for its own. */
function emptyStray(path: string): void {
  const [file, wal] = [path, `${path}-wal`].map((name) => statSync(name, { throwIfNoEntry: false }))
  if (!wal || (file && isOpenHere(file)) || descriptorsOf(wal).length === 0) return
  truncateSync(`${path}-wal`)
}

function toConnection(database: SqlDatabase, guard: FileGuard, file: Stats): Connection {
  const sql = prepareStatements(database)
  noteOpen(file)
  let isOpen = true
  return {
    database,
    sql,
    guard,
    close(atOnce) {
      if (isOpen) {
        noteClosed(file)
        guard.close()
      }
      isOpen = false
      database.close(atOnce)
    },
  }
}

function prepareFile(database: SqlDatabase, path: string, { isBusyAllowed, isChecked }: OpenOptions): void {
  // At the start others may start too; nobody is served yet.
  if (isBusyAllowed) database.exec('PRAGMA busy_timeout = 2000')
  const isNew = isEmptyDatabase(database)
  checkOurs(readPragma(database, 'application_id'), readPragma(database, 'user_version'), isNew)
  if (!isNew && isChecked) checkContent(database, statSync(path).size)
  const { journal_mode: mode } = database.prepare('PRAGMA journal_mode = WAL').get() ?? {}
  if (mode !== 'wal') throw new Error(`WAL is not possible here (${mode}): the file must be on a local disk`)
  migrate(database)
  database.exec('UPDATE checkpoints SET count = count + 1')
  makeDurable(database, path, isBusyAllowed)
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
}

/**
 * After a crash the WAL may hold what was written and never synced. A duplicate of that would be acknowledged without
 * a commit, so all of it is first moved into the database and synced. The WAL keeps its length: a shorter one looks
 * damaged to other processes.
 */
function makeDurable(database: SqlDatabase, path: string, isBusyAllowed: boolean): void {
  const { busy } = database.prepare('PRAGMA wal_checkpoint(RESTART)').get() ?? {}
  // At start-up: other processes use the file, so that nothing was recovered from its WAL.
  if (busy === 0 || isBusyAllowed) return
  throw new Error(
    `its WAL cannot be synced while ${readersOf(realpathSync(path))} reads the file in a transaction`,
  )
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
    // Made just now by the connection of the program's own, which knows nothing of personal data.
    if (statSync(path, { throwIfNoEntry: false })?.size === 0) chmodSync(path, 0o600)
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
      return openConnection(open, path, { isBusyAllowed: true, isChecked: true })
    } catch (error) {
      const mayPass = isBusy(error) || error instanceof UnfinishedFile
      if (!mayPass || tries === maxTries) throw toStartError(path, error)
      Atomics.wait(sleeper, 0, 0, waitMs)
    }
  }
}

const maxTries = 100
const waitMs = 20

function toStartError(path: string, cause: unknown): TypeError {
  const message = cause instanceof Error ? cause.message : describeError(cause).message
  const remedy =
    cause instanceof TypeError
      ? ''
      : '. It needs a local disk with room, and a folder that exists and is writable'
  return new TypeError(`sqliteInbox cannot use '${path}': ${message}${remedy}`, { cause })
}
