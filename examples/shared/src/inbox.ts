import { bullmqInbox } from '@acuse/bullmq'
import { fallbackInbox, type Inbox, memoryInbox } from '@acuse/core'
import { sqliteInbox } from '@acuse/sqlite'

/** The inbox that the environment names. */
export interface InboxSettings {
  readonly leaseMs: number
  /** The file of the fallback, for when the inbox is away; absent: none. */
  readonly fallback?: string | undefined
}

/**
 * The inbox that a setting names: `memory`, `sqlite:<path>` or `bullmq:<redis url>`.
 * @throws TypeError when it names none
 */
export function inboxOf(setting: string, { leaseMs, fallback }: InboxSettings): Inbox {
  const inbox = primaryOf(setting, leaseMs)
  return fallback ? fallbackInbox(inbox, sqliteInbox(fallback)) : inbox
}

function primaryOf(setting: string, leaseMs: number): Inbox {
  if (setting === 'memory') return memoryInbox()
  const [, kind, where = ''] = /^(sqlite|bullmq):(.+)$/.exec(setting) ?? []
  if (kind === 'sqlite') return sqliteInbox(where, { leaseMs })
  if (kind === 'bullmq') return bullmqInbox({ connection: where, leaseMs })
  throw new TypeError(`INBOX must be memory, sqlite:<path> or bullmq:<redis url>, not '${setting}'`)
}
