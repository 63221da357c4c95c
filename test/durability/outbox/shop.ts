// A shop in a process of its own: it takes orders in transactions beside the events of them, and delivers. STORE is
// `sqlite:` and a path, or the URL of Postgres. With ORDERS it takes orders, for ever; it rolls a part of them back, and says so.
// Without, it only delivers, and prints `idle` when nothing is left.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createOutbox, type Outbox, postgresOutbox, sqliteOutbox } from '@acuse/sender/outbox'
import Libsql from 'libsql'
import { Pool } from 'pg'
import { retries, type ShopEvents, secret, shop } from './provider.ts'

const { STORE = '', URL = '', ORDERS } = process.env
const betweenMs = 5
const rolledBack = 0.25

const silent = (): void => {}
const common = {
  ...{ provider: shop, secret, url: URL, attemptDelaysMs: retries },
  ...{
    timeoutMs: 1_000,
    leaseMs: 1_500,
    pollMs: 50,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  },
}

/** Takes an order, or fails to; the process may be killed at any point of it. */
type TakeOrder = (id: string, end: 'COMMIT' | 'ROLLBACK') => Promise<void>

const paid = (id: string): ShopEvents['order.paid'] => ({ type: 'order.paid', data: { id } })

/** A transaction is open for a turn of the event loop, in which this process delivers on the same connection. */
function inSqlite(path: string): {
  readonly outbox: Outbox<ShopEvents, never[], string>
  readonly take: TakeOrder
} {
  const db = new Libsql(path)
  db.exec('PRAGMA busy_timeout = 2000; PRAGMA synchronous = FULL')
  const outbox = createOutbox({ ...common, store: sqliteOutbox(db) })
  const insert = db.prepare('INSERT INTO orders VALUES (?)')
  const take: TakeOrder = async (id, end) => {
    db.exec('BEGIN IMMEDIATE')
    try {
      insert.run(id)
      outbox.enqueue('order.paid', paid(id))
      await sleep(1)
    } catch {
      db.exec('ROLLBACK')
      return
    }
    db.exec(end)
  }
  return { outbox, take }
}

function inPostgres(url: string) {
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 5_000 })
  pool.on('error', silent)
  const outbox = createOutbox({ ...common, store: postgresOutbox(pool) })
  const take: TakeOrder = async (id, end) => {
    const client = await pool.connect()
    let failure: Error | undefined
    client.on('error', silent)
    try {
      await client.query('BEGIN')
      await client.query('INSERT INTO orders VALUES ($1)', [id])
      await outbox.enqueue('order.paid', paid(id), { client })
      await client.query(end)
    } catch (error) {
      failure = error as Error
    }
    client.off('error', silent)
    client.release(failure)
  }
  return { outbox, take }
}

const { outbox, take } = STORE.startsWith('sqlite:')
  ? inSqlite(STORE.slice('sqlite:'.length))
  : inPostgres(STORE)
outbox.start()
console.log('listening to the outbox only')
if (ORDERS) {
  for (;;) {
    // The database may be away: the next order is another one.
    const end = Math.random() < rolledBack ? 'ROLLBACK' : 'COMMIT'
    if (end === 'ROLLBACK') console.log('rolls back')
    await take(randomUUID(), end).catch(silent)
    await sleep(betweenMs)
  }
}
await outbox.onIdle()
console.log('idle')
