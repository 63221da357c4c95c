import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ContractCase, inboxContract } from '@acuse/core/testing'
import { sqliteInbox } from '@acuse/sqlite'
import { reopenable } from './reopenable.ts'

/** The suite on files of this runtime's driver. */
export function sqliteCases(): readonly ContractCase[] {
  return inboxContract(() => {
    const folder = mkdtempSync(join(tmpdir(), 'acuse-sqlite-'))
    const path = join(folder, 'inbox.db')
    return reopenable(
      () => sqliteInbox(path, { pollMs: 20, retentionMs: 100 }),
      (maxDeliveries) => sqliteInbox(`${path}-bounded`, { pollMs: 20, maxDeliveries }),
      () => rmSync(folder, { recursive: true }),
    )
  })
}
