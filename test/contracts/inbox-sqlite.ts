import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Inbox } from '@acuse/core'
import { type ContractCase, inboxContract } from '@acuse/core/testing'
import { type SqliteInboxOptions, sqliteInbox } from '@acuse/sqlite'
import { createMachine } from '../support/machine.ts'
import { reopenable } from './reopenable.ts'

/** The suite on files of this runtime's driver. `open` opens one. */
export function sqliteCases(
  open: (path: string, options: SqliteInboxOptions) => Inbox = sqliteInbox,
): readonly ContractCase[] {
  return inboxContract(() => {
    const folder = mkdtempSync(join(tmpdir(), 'acuse-sqlite-'))
    const path = join(folder, 'inbox.db')
    const ends: (() => Promise<void>)[] = []
    const machine = createMachine()
    return reopenable({
      async open() {
        const clock = machine.startProcess()
        const inbox = open(path, { pollMs: 20, retentionMs: 100, leaseMs: 500, clock })
        return {
          inbox,
          async crash() {
            clock.stop()
            return async () => clock.goOn()
          },
        }
      },
      bounded: (maxDeliveries) => open(`${path}-bounded`, { pollMs: 20, maxDeliveries }),
      retaining: async () => {
        const retaining = open(`${path}-retaining`, { pollMs: 20, retain: { bodiesForMs: 3_600_000 } })
        ends.push(() => retaining.close({ timeoutMs: 100 }))
        return retaining
      },
      setClock: machine.setClock,
      async remove() {
        for (const end of ends) await end()
        rmSync(folder, { recursive: true })
      },
    })
  })
}
