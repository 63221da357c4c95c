import type { Pool } from 'pg'
import { toDriver } from './driver.ts'
import { OpenedInbox } from './inbox.ts'
import type { PostgresInbox } from './inbox-type.ts'
import { type PostgresInboxOptions, toSettings } from './options.ts'

/**
 * The durable inbox in a Postgres database (13 or newer), through a pool of yours: what it accepted is committed, and will be
 * handled, whatever happens to this process. Any number of processes share the tables. Works through PgBouncer in transaction mode.
 * @param pool a `Pool` of `pg` 8, which stays yours: end it after the inbox is closed. A worker keeps one connection of it to hear
 * of news (`listen`)
 * @throws TypeError when the pool or an option cannot be used
 * @example
 * import { postgresInbox } from '@acuse/postgres'
 * import { Pool } from 'pg'
 *
 * const pool = new Pool({ connectionString: process.env['DATABASE_URL'] })
 * const inbox = postgresInbox(pool)
 * await inbox.migrate()
 */
export function postgresInbox(pool: Pool, options: PostgresInboxOptions = {}): PostgresInbox {
  const settings = toSettings(options)
  return new OpenedInbox(toDriver(pool, settings), settings)
}
