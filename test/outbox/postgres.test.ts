import {
  createOutbox,
  type Outbox,
  type OutboxOptions,
  type PostgresEnqueueOptions,
  postgresOutbox,
} from '@acuse/sender/outbox'
import { Pool } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answering, paid, type ShopEvents, secret, shop } from '../../packages/sender/test/support/outbox.ts'
import { type OwnDatabase, sharedPostgres } from '../support/postgres.ts'

type Rest = [options: PostgresEnqueueOptions]
type ShopOutbox = Outbox<ShopEvents, Rest, Promise<string>>

const ok = new Response('')
const away = new Response('The database is away', { status: 503 })
const closing: ShopOutbox[] = []
let database: OwnDatabase
let pool: Pool

beforeAll(async () => {
  database = await sharedPostgres()
  pool = new Pool({ connectionString: database.url })
})
beforeEach(async () => {
  await pool.query('DROP TABLE IF EXISTS acuse_outbox, orders; CREATE TABLE orders (id text PRIMARY KEY)')
  await outboxOf().migrate()
})
afterEach(() => Promise.all(closing.splice(0).map((outbox) => outbox.close())))
afterAll(async () => {
  await pool.end()
  await database.stop()
})

function outboxOf(
  changes: Partial<OutboxOptions<ShopEvents, string, Rest, Promise<string>>> = {},
): ShopOutbox {
  const silent = (): void => {}
  const outbox = createOutbox({
    provider: shop,
    secret,
    url: 'http://127.0.0.1:9/hooks',
    store: postgresOutbox(pool),
    attemptDelaysMs: [0, 0, 0],
    timeoutMs: 5_000,
    pollMs: 10,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...changes,
  })
  closing.push(outbox)
  return outbox
}

/** Begins a transaction with an order and its event, and ends it as it is told. */
async function order(outbox: ShopOutbox, id: string, end: 'COMMIT' | 'ROLLBACK'): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('INSERT INTO orders VALUES ($1)', [id])
    await outbox.enqueue('order.paid', paid(id), { client })
    await client.query(end)
  } finally {
    client.release()
  }
}

const rows = async () => (await pool.query('SELECT * FROM acuse_outbox ORDER BY seq')).rows

describe('an outbox in Postgres', () => {
  it('delivers what is committed, and never what is rolled back', async () => {
    const { asked, fetch } = answering(away, ok)
    const outbox = outboxOf({ fetch })
    outbox.start()
    await Promise.all([order(outbox, 'o-1', 'COMMIT'), order(outbox, 'o-2', 'ROLLBACK')])
    await outbox.onIdle()
    expect(asked.map(({ body }) => body)).toEqual([JSON.stringify(paid('o-1')), JSON.stringify(paid('o-1'))])
    expect(new Set(asked.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(await rows()).toMatchObject([{ state: 'delivered', attempts: 2, type: 'order.paid' }])
  })

  it('is shared by processes: each message is sent once', async () => {
    const { asked, fetch } = answering(ok)
    const outboxes = [outboxOf({ fetch }), outboxOf({ fetch }), outboxOf({ fetch })]
    const [first] = outboxes as [ShopOutbox]
    await Promise.all(Array.from({ length: 100 }, (_, n) => order(first, `o-${n}`, 'COMMIT')))
    for (const outbox of outboxes) outbox.start()
    await Promise.all(outboxes.map((outbox) => outbox.onIdle()))
    expect(asked).toHaveLength(100)
    expect(new Set(asked.map(({ headers }) => headers['webhook-id'])).size).toBe(100)
  })

  it('gives no two processes one message, whoever asks when', async () => {
    const outbox = outboxOf()
    await Promise.all(Array.from({ length: 50 }, (_, n) => order(outbox, `o-${n}`, 'COMMIT')))
    const now = Date.now() + 1_000
    const ask = () => postgresOutbox(pool).lease({ outbox: 'shop', now, until: now + 60_000, limit: 10 })
    const leased = (await Promise.all(Array.from({ length: 10 }, ask))).flat().map(({ id }) => id)
    expect(leased).toHaveLength(new Set(leased).size)
    const rest = (await Promise.all(Array.from({ length: 10 }, ask))).flat().map(({ id }) => id)
    expect(new Set([...leased, ...rest]).size).toBe(50)
  })

  it('hands over what one that died held, once its lease is over, and takes no late word of that', async () => {
    const store = postgresOutbox(pool)
    await order(outboxOf(), 'o-1', 'COMMIT')
    const now = Date.now() + 1_000
    const lease = (at: number) => store.lease({ outbox: 'shop', now: at, until: at + 6_000, limit: 9 })
    const [first] = await lease(now)
    expect(await lease(now + 5_999)).toEqual([])
    const [second] = await lease(now + 6_000)
    expect(second).toEqual({ ...first, lease: 2 })
    const dead = { state: 'dead', dueAt: null, endedAt: now, attempts: 1, failures: [] } as const
    expect(await store.settle(first as NonNullable<typeof first>, dead)).toBe(false)
    expect(await store.settle(second as NonNullable<typeof second>, dead)).toBe(true)
  })

  it('keeps the order of a key', async () => {
    const { asked, fetch } = answering(away, ok)
    const outbox = outboxOf({ fetch, attemptDelaysMs: [0, 50] })
    for (const id of ['a-1', 'a-2', 'a-3'])
      await outbox.enqueue('order.paid', paid(id), { client: pool, orderingKey: 'a' })
    outbox.start()
    await outbox.onIdle()
    expect(asked.map(({ body }) => JSON.parse(body).data.id)).toEqual(['a-1', 'a-1', 'a-2', 'a-3'])
  })

  it('has dead letters, which are listed in pages, resent and forgotten', async () => {
    const { fetch } = answering(...Array.from({ length: 3 }, () => new Response('no\0', { status: 500 })), ok)
    const outbox = outboxOf({ fetch, attemptDelaysMs: [0], concurrency: 1 })
    outbox.start()
    const ids: string[] = []
    for (const n of [1, 2, 3]) {
      ids.push(await outbox.enqueue('order.paid', paid(`o-${n}`), { client: pool }))
      await outbox.onIdle()
    }
    const first = await outbox.deadLetters.list({ limit: 2 })
    expect(first.letters).toMatchObject([
      { id: ids[0], status: 500, message: 'no\0', attempts: 1 },
      { id: ids[1] },
    ])
    const { letters, next } = await outbox.deadLetters.list({ limit: 2, after: first.next ?? '' })
    expect([letters.map(({ id }) => id), next]).toEqual([[ids[2]], undefined])
    expect(await outbox.deadLetters.get(ids[0] ?? '')).toMatchObject({ payload: paid('o-1') })
    await expect(outbox.deadLetters.resend({})).rejects.toThrow('takes no empty filter')
    expect(await outbox.deadLetters.resend(ids[0] ?? '')).toBe(1)
    await outbox.onIdle()
    expect(await outbox.deadLetters.discard({ type: 'order.paid', diedFrom: new Date(0) })).toBe(2)
    expect(await outbox.stats()).toMatchObject({
      waiting: 0,
      delivering: 0,
      delivered: 1,
      dead: 0,
      oldestMs: 0,
    })
  })

  it('prunes what was delivered before a time', async () => {
    const { fetch } = answering(ok)
    const outbox = outboxOf({ fetch })
    await order(outbox, 'o-1', 'COMMIT')
    outbox.start()
    await outbox.onIdle()
    const store = postgresOutbox(pool)
    expect(await store.prune('shop', 0)).toBe(0)
    expect(await store.prune('shop', Date.now() + 60_000)).toBe(1)
    expect(await rows()).toEqual([])
  })

  it('keeps any payload to the character', async () => {
    const { asked, fetch } = answering(ok)
    const outbox = outboxOf({ fetch })
    const odd = { type: 'order.paid', data: { id: 'a\0b\ud800', '2': 1, '1': -0.5, note: 'ñ 😀 "' } } as const
    await outbox.enqueue('order.paid', odd, { client: pool })
    outbox.start()
    await outbox.onIdle()
    expect(asked.map(({ body }) => body)).toEqual([JSON.stringify(odd)])
  })

  it('is in a schema and a table of its own where it is told so, made by several processes at once', async () => {
    await pool.query('DROP SCHEMA IF EXISTS events CASCADE; CREATE SCHEMA events')
    const store = postgresOutbox(pool, { schema: 'events', table: 'out' })
    await Promise.all(Array.from({ length: 5 }, () => store.migrate()))
    await outboxOf({ store }).enqueue('order.paid', paid('o-1'), { client: pool })
    expect((await pool.query('SELECT payload FROM events.out')).rows).toEqual([{ payload: paid('o-1') }])
    for (const name of ['a"; DROP TABLE orders; --', 'Events', '']) {
      expect(() => postgresOutbox(pool, { schema: name })).toThrow('schema must be lower-case letters')
      expect(() => postgresOutbox(pool, { table: name })).toThrow('table must be lower-case letters')
    }
  })

  it('asks for the client of the transaction', () => {
    const outbox = outboxOf()
    expect(() => outbox.enqueue('order.paid', paid('o-1'), undefined as never)).toThrow(
      'enqueue takes { client }',
    )
    expect(() => outbox.enqueue('order.paid', paid('o-1'), {} as never)).toThrow('enqueue takes { client }')
    expect(() => postgresOutbox(undefined as never)).toThrow('postgresOutbox takes a Pool of pg')
  })
})
