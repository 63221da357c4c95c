import { bullmqInbox } from '@acuse/bullmq'
import { fallbackInbox, type Inbox, memoryInbox } from '@acuse/core'
import { type PostgresInbox, postgresInbox } from '@acuse/postgres'
import { sqliteInbox } from '@acuse/sqlite'
import { Pool } from 'pg'

/** The inbox that the environment names. */
export interface InboxSettings {
  readonly leaseMs: number
  /** The file of the fallback, for when the inbox is away; absent: none. */
  readonly fallback?: string | undefined
  /** Whether SQLite keeps the bodies of handled deliveries for a day. */
  readonly retains?: boolean
}

const dayMs = 86_400_000

/**
 * The inbox that a setting names: `memory`, `sqlite:<path>`, `postgres:<url>` or `bullmq:<redis url>`.
 * @throws TypeError when it names none
 */
export function inboxOf(setting: string, { leaseMs, fallback, retains = false }: InboxSettings): Inbox {
  const inbox = primaryOf(setting, leaseMs, retains)
  return fallback ? fallbackInbox(inbox, sqliteInbox(fallback)) : inbox
}

function primaryOf(setting: string, leaseMs: number, retains: boolean): Inbox {
  if (setting === 'memory') return memoryInbox()
  const [, kind, where = ''] = /^(sqlite|bullmq|postgres):(.+)$/.exec(setting) ?? []
  if (kind === 'sqlite')
    return sqliteInbox(where, { leaseMs, ...(retains && { retain: { bodiesForMs: dayMs } }) })
  if (kind === 'bullmq') return bullmqInbox({ connection: where, leaseMs })
  if (kind === 'postgres') return openPostgres(where, leaseMs)
  throw new TypeError(
    `INBOX must be memory, sqlite:<path>, postgres:<url> or bullmq:<redis url>, not '${setting}'`,
  )
}

/** `postgres:postgres://…` or, shorter, `postgres://…`, whose scheme the setting has taken. */
function openPostgres(where: string, leaseMs: number): Inbox {
  const connectionString = where.startsWith('//') ? `postgres:${where}` : where
  const inbox = postgresInbox(new Pool({ connectionString, allowExitOnIdle: true }), { leaseMs })
  void migrated(inbox)
  return inbox
}

const againMs = 1_000

/** What comes meanwhile is answered with 503: where Postgres is away when the example starts, it may come later. */
async function migrated(inbox: PostgresInbox): Promise<void> {
  try {
    await inbox.migrate()
  } catch (error) {
    console.error(error)
    setTimeout(() => void migrated(inbox), againMs).unref()
  }
}
