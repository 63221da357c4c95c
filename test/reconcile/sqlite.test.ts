import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReceiver } from '@acuse/core'
import { reconcile } from '@acuse/core/reconcile'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { sqliteInbox } from '@acuse/sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { secret } from '../adapters/hosts.ts'

const dayMs = 86_400_000

describe('reconcile on a SQLite file', () => {
  it('takes nothing for missing after a restart that was handled before, and keeps what is reconciled', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'acuse-reconcile-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const sender = createSender({ provider: redcumbre, secret, url: 'http://127.0.0.1:1/' })
    const bodies = await Promise.all(
      ['bhe-1', 'bhe-2'].map(async (bheId) => (await sender.sign('bhe.emitida', { bheId })).body),
    )
    const open = (items: readonly Uint8Array[]) => {
      const inbox = sqliteInbox(join(folder, 'inbox.db'))
      const receiver = createReceiver(redcumbre(secret), { inbox })
      const list = async () => ({ items: items.map((body) => ({ body })) })
      return { receiver, reconciler: reconcile(receiver, { list }) }
    }

    const first = open(bodies.slice(0, 1))
    // Nothing handles it in this process: it is kept for the next.
    expect(await first.reconciler.round()).toMatchObject({ complete: true, accepted: 1 })
    await first.reconciler.close()
    await first.receiver.close()

    const second = open(bodies)
    const handled: unknown[] = []
    second.receiver.on('bhe.emitida', ({ payload }, { trust }) => {
      handled.push([payload.bheId, trust])
    })
    expect(await second.reconciler.round()).toMatchObject({ complete: true, accepted: 1, duplicates: 1 })
    await second.receiver.onIdle()
    expect(handled).toEqual([
      ['bhe-1', 'reconciled'],
      ['bhe-2', 'reconciled'],
    ])
    await second.receiver.close()
  })

  it('is refused where a round looks back further than the file remembers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'acuse-reconcile-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const inbox = sqliteInbox(join(folder, 'inbox.db'))
    const receiver = createReceiver(redcumbre(secret), { inbox })
    onTestFinished(() => receiver.close())
    const list = async () => ({ items: [] })
    expect(() => reconcile(receiver, { list, lookBackMs: 30 * dayMs })).toThrow(/Raise its retentionMs/)
  })
})
