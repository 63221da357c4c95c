import { checkOptions, type OptionKinds } from '@acuse/core/inbox-kit'
import { checkEnqueueOptions } from '../enqueue-options.ts'
import type { Row } from '../rows.ts'
import { toSql } from '../sql.ts'
import { type Database, toParameters, toSharedStore } from '../sql-store.ts'
import type { EnqueueOptions, OutboxStore } from '../store.ts'
import { toIdentifier } from '../table-name.ts'
import { apart } from './apart.ts'
import { openSqlite, type SqliteConnection, type SqliteStatement } from './sqlite-connection.ts'

/** Options of {@link sqliteOutbox}. */
export interface SqliteOutboxOptions {
  /** The table: lower-case letters, digits and underscores. Default `acuse_outbox`. */
  readonly table?: string
  /** Whether to make the table where there is none; `false`: `migrate()` does, or you, with `schema`. Default `true`. */
  readonly createsTable?: boolean
}

/** An outbox in a table of SQLite. `enqueue` is synchronous, and answers the message's id. */
export interface SqliteOutboxStore extends OutboxStore<[options?: EnqueueOptions], string> {
  /** The connection: in its transactions messages are enqueued. */
  readonly connection: SqliteConnection
}

const kinds: OptionKinds<SqliteOutboxOptions> = { table: 'text', createsTable: 'true or false' }
const enqueueKinds: OptionKinds<EnqueueOptions> = { orderingKey: 'text' }

/**
 * Keeps an outbox in a table of your SQLite database, so that an event is enqueued in the transaction that makes it
 * true. As durable as your connection is: with `synchronous` at least `FULL` (or `NORMAL` with a rollback journal) a power cut takes nothing.
 * @param database your connection (`better-sqlite3`, `libsql`, `node:sqlite`); or a path, for a process that only delivers
 * @throws TypeError when an option cannot be used, or no driver for a path is there
 * @example
 * import { standardWebhooks } from '@acuse/providers/standard-webhooks'
 * import { createOutbox, sqliteOutbox } from '@acuse/sender/outbox'
 * import Database from 'libsql'
 *
 * const db = new Database('shop.db')
 * const secret = process.env['WEBHOOK_SECRET'] as string
 * const acme = (key: string) => standardWebhooks({ secret: key, name: 'acme' })
 * const outbox = createOutbox({ provider: acme, secret, url: 'https://example.com/hooks', store: sqliteOutbox(db) })
 * outbox.start()
 */
export function sqliteOutbox(
  database: SqliteConnection | string,
  options: SqliteOutboxOptions = {},
): SqliteOutboxStore {
  checkOptions('sqliteOutbox options', options, kinds)
  const { table = 'acuse_outbox', createsTable = true } = options
  const connection = typeof database === 'string' ? openSqlite(database) : checkConnection(database)
  const sql = toSql({
    table: toIdentifier('table', table),
    prefix: table,
    sequence: 'INTEGER PRIMARY KEY AUTOINCREMENT',
    json: 'text',
    time: 'text',
    skipLocked: '',
  })
  const prepare = statementsOf(connection)
  if (createsTable) connection.exec(sql.schema)
  return {
    ...toSharedStore(toDatabase(connection, prepare), sql),
    connection,
    schema: sql.schema,
    migrate: () => apart(connection, () => void connection.exec(sql.schema)),
    optionsOf: ([given = {}]) => checkEnqueueOptions(given, enqueueKinds),
    insert(message) {
      prepare(sql.insert).run(...toParameters(message))
      return message.id
    },
  }
}

function checkConnection(connection: SqliteConnection): SqliteConnection {
  if (typeof connection?.exec === 'function' && typeof connection.prepare === 'function') return connection
  throw new TypeError(
    "sqliteOutbox takes an open connection of better-sqlite3, libsql or node:sqlite, or a path such as 'shop.db'",
  )
}

/** Each is prepared once, when it is first used: before, there may be no table. */
function statementsOf(connection: SqliteConnection): (sql: string) => SqliteStatement {
  const prepared = new Map<string, SqliteStatement>()
  return (sql) => {
    const found = prepared.get(sql)
    if (found) return found
    const statement = connection.prepare(sql.replaceAll(/\$\d+/g, '?'))
    // Conditions of dead letters are few, and so are these.
    prepared.set(sql, statement)
    return statement
  }
}

function toDatabase(connection: SqliteConnection, prepare: (sql: string) => SqliteStatement): Database {
  return {
    all: (sql, values) => apart(connection, () => prepare(sql).all(...values) as Row[]),
    run: (sql, values) => apart(connection, () => Number(prepare(sql).run(...values).changes)),
  }
}
