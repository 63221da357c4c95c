import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Delivery } from '@acuse/core'
import { sqliteInbox } from '@acuse/sqlite'
import { acuse } from './acuse.ts'

/** A file with dead letters, in a folder of its own. */
export interface DeadInbox {
  readonly folder: string
  readonly path: string
  /** What `--inbox` takes. */
  readonly setting: string
  /** How many are dead, and wait. */
  counts(): Promise<{ readonly dead: number; readonly waiting: number }>
  remove(): void
}

/** A delivery with a name, which is its id. */
export function dead(id: string, changes: Partial<Delivery> = {}): Delivery {
  return {
    id,
    endpoint: 'acme',
    provider: 'acme',
    type: 'thing.made',
    bodyHash: id.padEnd(43, 'h'),
    keyId: 'default',
    occurredAt: undefined,
    receivedAt: new Date(),
    headers: { 'content-type': 'application/json' },
    orderingKey: undefined,
    body: new TextEncoder().encode(JSON.stringify({ id })),
    ...changes,
  }
}

/** A file in which these died, one after the other: as stale, which needs no handler. */
export async function deadInbox(deliveries: readonly Delivery[]): Promise<DeadInbox> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-dead-'))
  const path = join(folder, 'inbox.db')
  const setting = `sqlite:${path}`
  const inbox = sqliteInbox(path)
  for (const each of deliveries) await inbox.deadLetter(each, 'stale')
  await inbox.close()
  return {
    folder,
    path,
    setting,
    async counts() {
      // In another process: libsql lets go of a file only when memory is collected.
      const { stdout } = await acuse(['inbox', 'stats', '--json', '--inbox', setting])
      const { dead, waiting } = JSON.parse(stdout)
      return { dead, waiting }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The id of the dead letter of one of them: they are copies until they are redriven. */
export function letterOf({ id, bodyHash }: Delivery): string {
  return `${id}.${bodyHash}`
}
