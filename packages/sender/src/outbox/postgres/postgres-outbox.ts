import { checkOptions, type OptionKinds } from '@acuse/core/inbox-kit'
import { checkEnqueueOptions } from '../enqueue-options.ts'
import { toSql } from '../sql.ts'
import { type Database, toParameters, toSharedStore } from '../sql-store.ts'
import type { EnqueueOptions, OutboxStore } from '../store.ts'
import { toIdentifier } from '../table-name.ts'

/** What a query of Postgres answers. */
export interface PostgresResult {
  /** The rows. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** How many rows it changed. */
  readonly rowCount: number | null
}

/** A `Pool` or `Client` of `pg`: what an outbox uses of it. */
export interface PostgresClient {
  /** Runs a statement. */
  query(text: string, values?: unknown[]): Promise<PostgresResult>
}

/** Options of {@link postgresOutbox}. */
export interface PostgresOutboxOptions {
  /** The schema: lower-case letters, digits and underscores. Default: the first of the connection's `search_path`. */
  readonly schema?: string
  /** The table: lower-case letters, digits and underscores. Default `acuse_outbox`. */
  readonly table?: string
}

/** How to enqueue one message in Postgres. */
export interface PostgresEnqueueOptions extends EnqueueOptions {
  /** The client that your transaction runs on. */
  readonly client: PostgresClient
}

/** An outbox in a table of Postgres. `enqueue` takes the client of a transaction, and answers a promise of the message's id. */
export type PostgresOutboxStore = OutboxStore<[options: PostgresEnqueueOptions], Promise<string>>

const kinds: OptionKinds<PostgresOutboxOptions> = { schema: 'text', table: 'text' }
const enqueueKinds: OptionKinds<PostgresEnqueueOptions> = { client: 'checked', orderingKey: 'text' }

/**
 * Keeps an outbox in a table of your Postgres database (12 or newer), so that an event is enqueued in the transaction that
 * makes it true. Call `outbox.migrate()` once, or run `schema` by hand. Processes that deliver take messages with
 * `FOR UPDATE SKIP LOCKED`.
 * @param pool a `Pool` of `pg`; listen to its `error`, or a lost connection ends the process
 * @throws TypeError when an option cannot be used
 * @example
 * import { standardWebhooks } from '@acuse/providers/standard-webhooks'
 * import { createOutbox, postgresOutbox } from '@acuse/sender/outbox'
 * import { Pool } from 'pg'
 *
 * const pool = new Pool({ connectionString: process.env['DATABASE_URL'] })
 * pool.on('error', console.error)
 * const secret = process.env['WEBHOOK_SECRET'] as string
 * const acme = (key: string) => standardWebhooks({ secret: key, name: 'acme' })
 * const outbox = createOutbox({ provider: acme, secret, url: 'https://example.com/hooks', store: postgresOutbox(pool) })
 * await outbox.migrate()
 * outbox.start()
 */
export function postgresOutbox(
  pool: PostgresClient,
  options: PostgresOutboxOptions = {},
): PostgresOutboxStore {
  checkOptions('postgresOutbox options', options, kinds)
  if (typeof pool?.query !== 'function') throw new TypeError('postgresOutbox takes a Pool of pg')
  const { schema, table = 'acuse_outbox' } = options
  const name = toIdentifier('table', table)
  const sql = toSql({
    table: schema === undefined ? name : `${toIdentifier('schema', schema)}.${name}`,
    prefix: table,
    sequence: 'bigserial PRIMARY KEY',
    json: 'json',
    time: 'timestamptz',
    skipLocked: ' FOR UPDATE SKIP LOCKED',
  })
  return {
    ...toSharedStore(toDatabase(pool), sql),
    schema: sql.schema,
    // Two processes that make one table at the same time would fail; several statements are one transaction.
    migrate: async () =>
      void (await pool.query(`SELECT pg_advisory_xact_lock(hashtext('acuse ${table}'));\n${sql.schema}`)),
    optionsOf: ([given]) => checkPostgresOptions(given),
    async insert(message, [{ client }]) {
      await client.query(sql.insert, toParameters(message))
      return message.id
    },
  }
}

/** Without the client, a message would be committed though its transaction is not. */
function checkPostgresOptions(given: PostgresEnqueueOptions): PostgresEnqueueOptions {
  if (typeof given?.client?.query !== 'function')
    throw new TypeError(
      'enqueue takes { client }: the client that your transaction runs on, or the pool where there is none',
    )
  return checkEnqueueOptions(given, enqueueKinds)
}

function toDatabase(pool: PostgresClient): Database {
  return {
    all: async (sql, values) => (await pool.query(sql, [...values])).rows,
    run: async (sql, values) => (await pool.query(sql, [...values])).rowCount ?? 0,
  }
}
