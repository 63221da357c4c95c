import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { standardWebhooks } from '@acuse/providers/standard-webhooks'
import Libsql from 'libsql'
import type { Fetch, FetchInit } from '../../src/index.ts'
import {
  createOutbox,
  type EnqueueOptions,
  type Outbox,
  type OutboxOptions,
  type SqliteConnection,
  sqliteOutbox,
} from '../../src/outbox/index.ts'

/** A shop's own events. */
export type ShopEvents = {
  readonly 'order.paid': { readonly type: 'order.paid'; readonly data: { readonly id: string } }
  readonly 'order.sent': { readonly type: 'order.sent'; readonly data: { readonly id: string } }
}

export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

export function shop(key: string) {
  return standardWebhooks<ShopEvents>({ secret: key, name: 'shop', events: ['order.paid', 'order.sent'] })
}

export function paid(id: string): ShopEvents['order.paid'] {
  return { type: 'order.paid', data: { id } }
}

/** A connection with the parts of better-sqlite3 that tests use; libsql has its interface. */
export interface TestConnection extends SqliteConnection {
  transaction<Arguments extends unknown[]>(work: (...given: Arguments) => void): (...given: Arguments) => void
  close(): void
}

const folders: string[] = []

/** A file with a table of orders, of its own. */
export function openShop(): { readonly path: string; readonly db: TestConnection } {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-outbox-'))
  folders.push(folder)
  const path = join(folder, 'shop.db')
  const db = new Libsql(path)
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE orders (id TEXT PRIMARY KEY)')
  return { path, db }
}

/** Another connection to a file. */
export function reopen(path: string): TestConnection {
  return new Libsql(path)
}

export function removeShops(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
}

/** A request as a receiver gets it. */
interface Asked {
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
}

type Answering = Response | Error | ((init: FetchInit) => Promise<Response>)

/** Answers in turn, the last one for ever, and keeps what it was asked. */
export function answering(...answers: readonly Answering[]) {
  const asked: Asked[] = []
  const fetch: Fetch = async (url, init) => {
    asked.push({ url, headers: init.headers, body: Buffer.from(init.body as Uint8Array).toString() })
    const answer = answers[Math.min(asked.length, answers.length) - 1]
    if (answer instanceof Error) throw answer
    return answer instanceof Response ? answer.clone() : ((await answer?.(init)) as Response)
  }
  return { asked, fetch }
}

export type ShopOutbox = Outbox<ShopEvents, [options?: EnqueueOptions], string>
type Options = OutboxOptions<ShopEvents, string, [options?: EnqueueOptions], string>

/** An outbox of the shop in a database, which says nothing, and looks often. */
export function outboxOf(db: SqliteConnection, changes: Partial<Options> = {}): ShopOutbox {
  const silent = (): void => {}
  return createOutbox({
    provider: shop,
    secret,
    url: 'http://127.0.0.1:9/hooks',
    store: sqliteOutbox(db),
    attemptDelaysMs: [0, 0, 0],
    timeoutMs: 5_000,
    pollMs: 10,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...changes,
  })
}

/** The rows of its table. */
export function rowsOf(db: SqliteConnection): readonly Readonly<Record<string, unknown>>[] {
  return db.prepare('SELECT * FROM acuse_outbox ORDER BY seq').all() as Record<string, unknown>[]
}
