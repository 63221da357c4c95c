import { realpathSync, type Stats, statSync } from 'node:fs'
import { isSame } from './descriptors.ts'
import type { SqliteConnection } from './sqlite-connection.ts'

const besides = ['', '-wal', '-shm']
const shortestBusyMs = 1_000
const remedy = "open it with the path of the inbox's file, and no other"

/**
 * A connection of the program's own, known to have the inbox's file open. It is set up so that it never moves the WAL into
 * the file, which is the inbox's to do, and waits a second for the lock of writers at the least.
 */
export class UserConnection {
  readonly database: SqliteConnection
  readonly #location: string
  readonly #files: readonly (Stats | undefined)[]

  /** @throws TypeError when it is none, or has another file open */
  constructor(database: SqliteConnection, location: string) {
    this.database = database
    this.#location = location
    let file: unknown
    try {
      file = this.readOne("SELECT file FROM pragma_database_list WHERE name = 'main'")
      if (isOfFile(file, location)) this.#setUp()
    } catch (cause) {
      throw new TypeError(
        "connection must be an open connection to the inbox's file, of node:sqlite, better-sqlite3 or libsql",
        { cause },
      )
    }
    if (!isOfFile(file, location))
      throw new TypeError(`connection has '${String(file)}' open, not '${location}': ${remedy}`)
    this.#files = besides.map((suffix) => statOf(location + suffix))
  }

  /** The first column of the first row; `undefined`: there is none. */
  readOne(sql: string, ...values: (string | number)[]): unknown {
    // By place: some drivers can be told to answer lists.
    return Object.values(this.database.prepare(sql).get(...values) ?? {})[0]
  }

  /** @throws Error when what it has open is not what the path names any more, and the inbox may have */
  check(): void {
    for (const [at, suffix] of besides.entries()) {
      const [known, found] = [this.#files[at], statOf(this.#location + suffix)]
      if (known && found && isSame(known, found)) continue
      throw new Error(
        `'${this.#location}${suffix}' was removed or replaced since the connection was opened: start the process again`,
      )
    }
  }

  #setUp(): void {
    this.database.exec('PRAGMA wal_autocheckpoint = 0')
    if (Number(this.readOne('PRAGMA busy_timeout')) < shortestBusyMs)
      this.database.exec(`PRAGMA busy_timeout = ${shortestBusyMs}`)
    // Opens the WAL.
    this.readOne('SELECT count FROM checkpoints')
  }
}

function isOfFile(file: unknown, location: string): boolean {
  return typeof file === 'string' && file !== '' && realpathSync(file) === location
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}
