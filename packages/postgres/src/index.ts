// Public names only.
import type { PoolClient } from 'pg'

export type { PostgresInbox } from './inbox-type.ts'
export type { PostgresInboxOptions } from './options.ts'
export { postgresInbox } from './postgres-inbox.ts'
export { migrationSql } from './schema.ts'

// Here, where whoever imports the package gets it.
declare module '@acuse/core' {
  interface InboxTransactions {
    /** A client of the pool, in a transaction that the inbox commits; leave its `BEGIN`, `COMMIT` and `ROLLBACK` to it. */
    postgres: Promise<PoolClient>
  }
}
