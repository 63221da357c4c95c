import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Inbox, memoryInbox } from '@acuse/core'
import { sqliteInbox } from '@acuse/sqlite'

/** An inbox of a test, and how it goes away. */
export interface OwnInbox {
  readonly inbox: Inbox
  stop(): Promise<void>
}

/** The two stores that a dashboard is tested over. */
export const stores: readonly { readonly store: string; open(): OwnInbox }[] = [
  {
    store: 'memory',
    open() {
      const inbox = memoryInbox({ maxDeadLetters: 10_000 })
      return { inbox, stop: () => inbox.close() }
    },
  },
  { store: 'SQLite', open: openSqlite },
]

/** An inbox in a file of its own. */
export function openSqlite(options: Parameters<typeof sqliteInbox>[1] = {}): OwnInbox {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-dashboard-'))
  const inbox = sqliteInbox(join(folder, 'inbox.db'), options)
  return {
    inbox,
    async stop() {
      await inbox.close()
      rmSync(folder, { recursive: true })
    },
  }
}
