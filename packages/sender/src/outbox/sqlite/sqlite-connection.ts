import { createRequire } from 'node:module'
import { join } from 'node:path'
import { here } from './here.ts'

/** What running a statement came to. */
export interface SqliteChanges {
  /** How many rows it changed. */
  readonly changes: number | bigint
}

/** A statement of `better-sqlite3`, `libsql` or `node:sqlite`. */
export interface SqliteStatement {
  /** Runs it. */
  run(...values: (string | number | null)[]): SqliteChanges
  /** Runs it, and reads all rows. */
  all(...values: (string | number | null)[]): unknown[]
}

/** An open connection of `better-sqlite3`, `libsql` or `node:sqlite`: what an outbox uses of it. */
export interface SqliteConnection {
  /** Runs SQL without parameters. */
  exec(sql: string): unknown
  /** Prepares a statement. */
  prepare(sql: string): SqliteStatement
}

type Driver = new (path: string) => SqliteConnection

/**
 * Opens a file with the driver that is there: Node's own, else `libsql`, else `better-sqlite3`.
 * @throws TypeError when none is there
 */
export function openSqlite(path: string): SqliteConnection {
  const Connection = findDriver()
  const connection = new Connection(path)
  // Others write too, and a wait stops this thread.
  connection.exec('PRAGMA busy_timeout = 1000; PRAGMA synchronous = FULL')
  return connection
}

function findDriver(): Driver {
  // Its types are of a newer Node.
  const own = builtin() as { readonly DatabaseSync: Driver } | undefined
  if (own) return own.DatabaseSync
  for (const name of ['libsql', 'better-sqlite3']) {
    // From here, and from the application, whose package it is.
    for (const from of [here, join(process.cwd(), 'package.json')]) {
      if (from === undefined) continue
      try {
        return createRequire(from)(name) as Driver
      } catch {
        // It is not here.
      }
    }
  }
  throw new TypeError(
    'sqliteOutbox opens a path with Node 22.13 or newer, or the package libsql or better-sqlite3: install one, or give it a connection',
  )
}

/** Before 22.13 it stands behind a flag. */
function builtin(): unknown {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isThere = major > 22 || (major === 22 && minor >= 13)
  return isThere ? process.getBuiltinModule('node:sqlite') : undefined
}
