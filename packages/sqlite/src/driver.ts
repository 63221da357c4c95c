import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { here } from './here.ts'
import type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from './sql.ts'
import { fromStored, toStored } from './texts.ts'

/** Opens a connection to the file at an absolute path, and makes the file where there is none. */
export type OpenDatabase = (path: string) => SqlDatabase

/** The driver of this runtime: Node's own where it has one without a flag, else libsql. */
export function loadDriver(): OpenDatabase {
  const node = hasOwn() ? process.getBuiltinModule('node:sqlite') : undefined
  return node ? nodeDriver(node as unknown as NodeSqlite) : libsqlDriver()
}

/** The name by which another thread requires the same driver. */
export function driverModule(): string {
  return hasOwn() ? 'node:sqlite' : fromEither((require) => require.resolve('libsql'))
}

function hasOwn(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 13)
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => SqlDatabase
}

function nodeDriver({ DatabaseSync }: NodeSqlite): OpenDatabase {
  return (path) => {
    const database = new DatabaseSync(path)
    return {
      exec: (sql) => database.exec(sql),
      prepare(sql) {
        const statement = database.prepare(sql)
        return {
          run: (...values) => statement.run(...values.map(toStored)),
          get: (...values) => restored(statement.get(...values.map(toStored))),
          all: (...values) => statement.all(...values.map(toStored)).map(fromStored),
        }
      },
      close: () => database.close(),
    }
  }
}

function restored(row: SqlRow | undefined): SqlRow | undefined {
  return row && fromStored(row)
}

interface LibsqlStatement {
  run(values: SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number }
  get(values: SqlValue[]): SqlRow | undefined
  all(values: SqlValue[]): SqlRow[]
}

interface LibsqlDatabase {
  exec(sql: string): void
  prepare(sql: string): LibsqlStatement
  close(): void
}

function libsqlDriver(): OpenDatabase {
  const Libsql = requireLibsql()
  return (path) => {
    const database = new Libsql(path)
    return {
      exec: (sql) => database.exec(sql),
      prepare: (sql) => toStatement(database.prepare(sql)),
      // libsql closes the file's handle when the statements are garbage-collected.
      close(atOnce = false) {
        database.close()
        if (atOnce) setImmediate(collectGarbage)
      },
    }
  }
}

/** Values go as one array: libsql takes a lone buffer for a bag of named ones, and aborts the process. */
function toStatement(statement: LibsqlStatement): SqlStatement {
  return {
    run: (...values) => statement.run(values.map(toStored)),
    get: (...values) => restored(statement.get(values.map(toStored))),
    all: (...values) => statement.all(values.map(toStored)).map(fromStored),
  }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

function requireLibsql(): new (path: string) => LibsqlDatabase {
  try {
    return fromEither((require) => require('libsql'))
  } catch (cause) {
    throw new Error('sqliteInbox needs Node 22.13 or newer, or the package libsql: npm install libsql', {
      cause,
    })
  }
}

/** It stands beside this package; where a bundler put this code elsewhere, beside the application. */
function fromEither<Found>(find: (require: NodeJS.Require) => Found): Found {
  try {
    return find(createRequire(here ?? application()))
  } catch {
    return find(createRequire(application()))
  }
}

function application(): string {
  return join(process.cwd(), 'package.json')
}
