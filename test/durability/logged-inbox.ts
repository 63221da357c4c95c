import type { Inbox } from '@acuse/core'
import type { EventLog } from '@acuse/core/inbox-kit'
import { postgresInbox } from '@acuse/postgres'
import { sqliteInbox } from '@acuse/sqlite'
import { Pool } from 'pg'

const options = { leaseMs: 1_000, pollMs: 50, retain: { bodiesForMs: 86_400_000 } }

/** An inbox with an event log: `sqlite:<path>`, or the URL of a Postgres. */
export interface OpenedLog {
  readonly inbox: Inbox & EventLog
  /** Makes the tables. */
  migrate(): Promise<void>
  close(): Promise<void>
}

export function loggedInboxOf(store: string): OpenedLog {
  if (store.startsWith('sqlite:')) {
    const inbox = sqliteInbox(store.slice('sqlite:'.length), options)
    return { inbox, migrate: async () => {}, close: () => inbox.close() }
  }
  const pool = new Pool({ connectionString: store, max: 8 })
  const inbox = postgresInbox(pool, { ...options, timeoutMs: 30_000 })
  const close = async () => {
    await inbox.close()
    await pool.end()
  }
  return { inbox, migrate: () => inbox.migrate(), close }
}
