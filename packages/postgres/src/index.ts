// Public names only.

export type { PostgresInbox } from './inbox-type.ts'
export type { PostgresInboxOptions } from './options.ts'
export { postgresInbox } from './postgres-inbox.ts'
export { migrationSql } from './schema.ts'
