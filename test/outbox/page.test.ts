import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReceiver, memoryInbox, type Provider, toNodeHandler } from '@acuse/core'
import type { Outbox } from '@acuse/sender/outbox'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { writePage } from '../support/page-files.ts'
import { type OwnDatabase, sharedPostgres } from '../support/postgres.ts'

/** What the page's files export; their own types are checked by the compiler. */
interface Page {
  readonly outbox: Outbox<object, never, unknown>
  pay(id: string): unknown
}

const page = writePage('outbox')
const folder = mkdtempSync(join(tmpdir(), 'acuse-outbox-page-'))
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const handled: string[] = []
let database: OwnDatabase
let stop = async (): Promise<void> => {}

beforeAll(async () => {
  database = await sharedPostgres()
  const server = createServer((request, response) => handler(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  Object.assign(process.env, {
    SHOP_WEBHOOK_SECRET: secret,
    SHOP_WEBHOOK_URL: `http://127.0.0.1:${port}/webhooks/shop`,
    SHOP_DB: join(folder, 'shop.db'),
    SHOP_DATABASE_URL: database.url,
  })
  const { shop } = (await import(join(page, 'events.ts'))) as {
    shop(key: string): Provider<{ 'order.paid': { data: { id: string } } }>
  }
  const receiver = createReceiver(shop(secret), {
    inbox: memoryInbox(),
    on: { 'order.paid': ({ payload }) => void handled.push(payload.data.id) },
  })
  const handler = toNodeHandler(receiver)
  stop = async () => {
    server.close()
    server.closeAllConnections()
    await receiver.close()
    await database.stop()
    rmSync(folder, { recursive: true })
    for (const name of Object.keys(process.env)) if (name.startsWith('SHOP_')) delete process.env[name]
  }
})
afterAll(() => stop())

async function runPage({ outbox, pay }: Page, id: string): Promise<void> {
  outbox.start()
  await pay(id)
  // An order that exists is not paid again, and no event says so.
  await expect(async () => pay(id)).rejects.toThrow()
  await outbox.onIdle()
  expect(await outbox.stats()).toMatchObject({ delivered: 1, waiting: 0, dead: 0 })
  const { resendSince } = (await import(join(page, 'operate.ts'))) as {
    resendSince(of: Page['outbox'], from: Date): Promise<number>
  }
  vi.spyOn(console, 'log').mockReturnValue()
  expect(await resendSince(outbox, new Date(0))).toBe(0)
  await outbox.close()
}

describe('docs/outbox.md', () => {
  it('delivers from SQLite what its transaction enqueued', async () => {
    const module = (await import(join(page, 'sqlite.ts'))) as Page & { readonly db: { close(): void } }
    await runPage(module, 'o-1')
    module.db.close()
    await vi.waitUntil(() => handled.includes('o-1'))
  })

  it('delivers from Postgres what its transaction enqueued', async () => {
    const module = (await import(join(page, 'postgres.ts'))) as Page & { readonly pool: Pool }
    await module.pool.query('CREATE TABLE orders (id text PRIMARY KEY)')
    await module.outbox.migrate()
    await runPage(module, 'o-2')
    await module.pool.end()
    await vi.waitUntil(() => handled.includes('o-2'))
  })
})
