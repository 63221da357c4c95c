import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ContractCase, inboxContract } from '@acuse/core/contracts'
import { sqliteInbox } from '@acuse/sqlite'

/** The suite on files of this runtime's driver. */
export function sqliteCases(): readonly ContractCase[] {
  return inboxContract(() => {
    const folder = mkdtempSync(join(tmpdir(), 'acuse-sqlite-'))
    const open = () => sqliteInbox(join(folder, 'inbox.db'), { pollMs: 20, retentionMs: 100 })
    const inboxes = [open()]
    return {
      inbox: inboxes[0] as (typeof inboxes)[number],
      reopen() {
        const inbox = open()
        inboxes.push(inbox)
        return inbox
      },
      async dispose() {
        for (const inbox of inboxes) await inbox.close({ timeoutMs: 100 })
        rmSync(folder, { recursive: true })
      },
    }
  })
}
