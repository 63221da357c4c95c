import { bullmqInbox } from '@acuse/bullmq'
import { type Inbox, memoryInbox } from '@acuse/core'
import { sqliteInbox } from '@acuse/sqlite'

/**
 * The inbox that a setting names: `memory`, `sqlite:<path>` or `bullmq:<redis url>`.
 * @throws TypeError when it names none
 */
export function inboxOf(setting: string, leaseMs: number): Inbox {
  if (setting === 'memory') return memoryInbox()
  const [, kind, where = ''] = /^(sqlite|bullmq):(.+)$/.exec(setting) ?? []
  if (kind === 'sqlite') return sqliteInbox(where, { leaseMs })
  if (kind === 'bullmq') return bullmqInbox({ connection: where, leaseMs })
  throw new TypeError(`INBOX must be memory, sqlite:<path> or bullmq:<redis url>, not '${setting}'`)
}
