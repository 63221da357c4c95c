export type {
  OutboxDeadLetter,
  OutboxDeadLetterFilter,
  OutboxDeadLetterPage,
  OutboxDeadLetterQuery,
  OutboxDeadLetterSummary,
  OutboxDeadLetters,
} from './dead-letters.ts'
export type { OutboxOptions } from './options.ts'
export type { Outbox } from './outbox.ts'
export { createOutbox } from './outbox.ts'
export type {
  PostgresClient,
  PostgresEnqueueOptions,
  PostgresOutboxOptions,
  PostgresOutboxStore,
  PostgresResult,
} from './postgres/postgres-outbox.ts'
export { postgresOutbox } from './postgres/postgres-outbox.ts'
export type { SqliteChanges, SqliteConnection, SqliteStatement } from './sqlite/sqlite-connection.ts'
export type { SqliteOutboxOptions, SqliteOutboxStore } from './sqlite/sqlite-outbox.ts'
export { sqliteOutbox } from './sqlite/sqlite-outbox.ts'
export type {
  EnqueueOptions,
  LeasedMessage,
  LeaseRequest,
  LetterPlace,
  LetterSelection,
  NewMessage,
  OutboxFailure,
  OutboxStats,
  OutboxStore,
  SettledMessage,
  StoredLetter,
} from './store.ts'
