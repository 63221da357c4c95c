import { createReceiver, memoryInbox, toFetchHandler } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { afterEach, describe, expect, it } from 'vitest'
import { manualClock, settled } from '../../core/test/support/clock.ts'
import type { Fetch } from '../src/index.ts'
import { createOutbox, sqliteOutbox } from '../src/outbox/index.ts'
import {
  answering,
  openShop,
  outboxOf,
  paid,
  removeShops,
  reopen,
  rowsOf,
  type ShopOutbox,
  secret,
  shop,
} from './support/outbox.ts'

const ok = new Response('')
const away = new Response('The database is away', { status: 503 })
const closing: ShopOutbox[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((outbox) => outbox.close()))
  removeShops()
})

/** An outbox that delivers to a function. */
function start(answer: Fetch, changes: Parameters<typeof outboxOf>[1] = {}) {
  const shopFile = openShop()
  const outbox = outboxOf(shopFile.db, { fetch: answer, ...changes })
  closing.push(outbox)
  outbox.start()
  return { ...shopFile, outbox }
}

describe('the transaction of the caller', () => {
  it('delivers what it enqueued when it is committed, to a receiver that accepts it', async () => {
    const handled: string[] = []
    const receiver = createReceiver(shop(secret), {
      inbox: memoryInbox(),
      on: { 'order.paid': ({ payload }) => void handled.push(payload.data.id) },
    })
    const handler = toFetchHandler(receiver)
    const { db, outbox } = start((url, init) => handler(new Request(url, init as RequestInit)), {
      url: 'http://localhost/webhooks/shop',
    })
    db.transaction(() => {
      db.prepare('INSERT INTO orders VALUES (?)').run('o-1')
      outbox.enqueue('order.paid', paid('o-1'))
    })()
    await outbox.onIdle()
    await receiver.onIdle()
    expect(handled).toEqual(['o-1'])
    expect(rowsOf(db)).toMatchObject([
      { state: 'delivered', attempts: 1, type: 'order.paid', outbox: 'shop' },
    ])
    await receiver.close()
  })

  it('takes back what it enqueued when it is rolled back', async () => {
    const { asked, fetch } = answering(ok)
    const { db, outbox } = start(fetch)
    const fail = db.transaction(() => {
      outbox.enqueue('order.paid', paid('o-1'))
      throw new Error('no stock')
    })
    expect(fail).toThrow('no stock')
    outbox.enqueue('order.paid', paid('o-2'))
    await outbox.onIdle()
    expect(asked.map(({ body }) => JSON.parse(body).data.id)).toEqual(['o-2'])
  })

  it('keeps what it enqueued to itself while it is open on the connection that delivers', async () => {
    const { asked, fetch } = answering(ok)
    const { db } = openShop()
    let refusals = 0
    let refused = (): void => {}
    const refusedTwice = new Promise<void>((resolve) => {
      refused = () => {
        if (++refusals === 2) resolve()
      }
    })
    const watched = {
      prepare: (sql: string) => db.prepare(sql),
      exec(sql: string) {
        try {
          db.exec(sql)
        } catch (error) {
          refused()
          throw error
        }
      },
    }
    const outbox = outboxOf(watched, { fetch })
    closing.push(outbox)
    outbox.start()
    db.exec('BEGIN')
    outbox.enqueue('order.paid', paid('o-1'))
    await refusedTwice
    db.exec('ROLLBACK')
    await outbox.onIdle()
    expect(asked).toEqual([])
    expect(rowsOf(db)).toEqual([])
  })
})

describe('an attempt', () => {
  it('bears the ids of the first one, a fresh time and a signature of its own', async () => {
    const { asked, fetch } = answering(away, new TypeError('fetch failed'), ok)
    const clock = manualClock()
    const { db, outbox } = start(fetch, { clock, pollMs: 1_000, attemptDelaysMs: [0, 5_000, 300_000] })
    outbox.enqueue('order.paid', paid('o-1'))
    const dueIn = () => Date.parse(String(rowsOf(db)[0]?.['due_at'])) - clock.now()
    await settled()
    expect([asked.length, dueIn()]).toEqual([1, 5_000])
    await clock.advance(5_000)
    expect([asked.length, dueIn()]).toEqual([2, 300_000])
    await clock.advance(300_000)
    expect(asked).toHaveLength(3)
    expect(new Set(asked.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const times = asked.map(({ headers }) => Number(headers['webhook-timestamp']))
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 5, 305])
    expect(new Set(asked.map(({ headers }) => headers['webhook-signature'])).size).toBe(3)
    expect(rowsOf(db)).toMatchObject([{ state: 'delivered', attempts: 3, due_at: null }])
  })

  it('waits for as long as the answer asks, where its provider does, and at most a day', async () => {
    const asking = (seconds: string) => new Response('', { status: 503, headers: { 'retry-after': seconds } })
    const waited: unknown[] = []
    for (const [seconds, respectsRetryAfter] of [
      ['60', true],
      ['60', false],
      ['999999999', true],
    ] as const) {
      const clock = manualClock()
      const { fetch } = answering(asking(seconds))
      const { db, outbox } = start(fetch, { clock, attemptDelaysMs: [0, 5_000], respectsRetryAfter })
      outbox.enqueue('order.paid', paid('o-1'))
      await settled()
      waited.push(Date.parse(String(rowsOf(db)[0]?.['due_at'])) - clock.now())
    }
    expect(waited).toEqual([60_000, 5_000, 86_400_000])
  })

  it('waits longer by its jitter', async () => {
    const clock = manualClock()
    const { fetch } = answering(away)
    const changes = { clock, attemptDelaysMs: [0, 10_000], jitter: 0.5, random: () => 0.5 }
    const { db, outbox } = start(fetch, changes)
    outbox.enqueue('order.paid', paid('o-1'))
    await settled()
    expect(Date.parse(String(rowsOf(db)[0]?.['due_at'])) - clock.now()).toBe(12_500)
  })

  it('does not follow a redirect', async () => {
    const { fetch } = answering(
      new Response('', { status: 302, headers: { location: 'http://169.254.169.254/' } }),
    )
    const { outbox } = start(async (url, init) => {
      expect(init.redirect).toBe('manual')
      return fetch(url, init)
    })
    const id = outbox.enqueue('order.paid', paid('o-1'))
    await outbox.onIdle()
    expect((await outbox.deadLetters.get(id))?.failures).toMatchObject([{ status: 302 }, {}, {}])
  })

  it('ends with its time, though nobody answers and nobody heeds the signal', async () => {
    const clock = manualClock()
    const { fetch } = answering(() => new Promise(() => {}))
    const { outbox } = start(fetch, { clock, attemptDelaysMs: [0] })
    const id = outbox.enqueue('order.paid', paid('o-1'))
    await clock.advance(5_050)
    expect(await outbox.deadLetters.get(id)).toMatchObject({ status: undefined, message: 'timeout' })
  })

  it('keeps the first 1 000 characters of an answer that has no end', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Buffer.from('\0x'.repeat(512))),
    })
    const { fetch } = answering(async () => new Response(endless, { status: 500 }))
    const { outbox } = start(fetch, { attemptDelaysMs: [0] })
    const id = outbox.enqueue('order.paid', paid('o-1'))
    await outbox.onIdle()
    expect((await outbox.deadLetters.get(id))?.message).toBe('\0x'.repeat(500))
  })
})

describe('the order of a key', () => {
  it('is that in which its messages were enqueued, whatever fails; others do not wait', async () => {
    const { asked, fetch } = answering(away, ok)
    const { outbox } = start(fetch, { attemptDelaysMs: [0, 50] })
    for (const id of ['a-1', 'a-2', 'a-3']) outbox.enqueue('order.paid', paid(id), { orderingKey: 'a' })
    outbox.enqueue('order.paid', paid('b-1'), { orderingKey: 'b' })
    outbox.enqueue('order.paid', paid('c-1'))
    await outbox.onIdle()
    const ids = asked.map(({ body }) => String(JSON.parse(body).data.id))
    expect(ids.filter((id) => id.startsWith('a'))).toEqual(['a-1', 'a-1', 'a-2', 'a-3'])
    expect(ids.slice(0, 3).toSorted()).toEqual(['a-1', 'b-1', 'c-1'])
  })
})

describe('several processes', () => {
  it('share the messages, each sent once', async () => {
    const { asked, fetch } = answering(ok)
    const { path, db, outbox } = start(fetch)
    const second = outboxOf(reopen(path), { fetch })
    closing.push(second)
    second.start()
    db.transaction(() => {
      for (let n = 0; n < 100; n++) outbox.enqueue('order.paid', paid(`o-${n}`))
    })()
    await Promise.all([outbox.onIdle(), second.onIdle()])
    expect(asked).toHaveLength(100)
    expect(new Set(asked.map(({ headers }) => headers['webhook-id'])).size).toBe(100)
  })

  it('take over what one that died held, once its lease is over, under the same ids', async () => {
    const { asked, fetch } = answering(ok)
    const clock = manualClock()
    const { path, db } = openShop()
    const held = sqliteOutbox(db)
    outboxOf(db, { clock }).enqueue('order.paid', paid('o-1'))
    const [lease] = await held.lease({
      outbox: 'shop',
      now: clock.now(),
      until: clock.now() + 6_000,
      limit: 9,
    })
    const heir = outboxOf(reopen(path), { fetch, clock, leaseMs: 6_000 })
    closing.push(heir)
    heir.start()
    await clock.advance(5_990)
    expect(asked).toEqual([])
    await clock.advance(20)
    expect(asked[0]?.headers['webhook-id']).toBe(JSON.parse(lease?.headers ?? '')['webhook-id'])
    const late = { state: 'dead', dueAt: null, endedAt: 0, attempts: 1, failures: [] } as const
    expect(await held.settle({ id: lease?.id ?? '', lease: lease?.lease ?? 0 }, late)).toBe(false)
    expect(rowsOf(db)).toMatchObject([{ state: 'delivered', attempts: 1, lease: 2 }])
  })
})

describe('an event', () => {
  it('is refused where it is enqueued when its provider documents none of its name, or cannot be read as JSON', () => {
    const { db } = openShop()
    const outbox = outboxOf(db)
    expect(() => outbox.enqueue('order.payd' as 'order.paid', paid('o-1'))).toThrow(
      "shop documents no event 'order.payd'. Did you mean 'order.paid'?",
    )
    expect(() => outbox.enqueue('order.paid', [] as never)).toThrow('payload must be an object')
    expect(() => outbox.enqueue('order.paid', paid('o-1'), { orderingKey: 'a\0b' })).toThrow(
      'orderingKey must',
    )
    expect(() => outbox.enqueue('order.paid', paid('o-1'), { order: 'a' } as never)).toThrow('no option')
    expect(rowsOf(db)).toEqual([])
  })

  it('is sent as it was enqueued by a provider whose time is the event’s', async () => {
    const { asked, fetch } = answering(away, ok)
    const { db } = openShop()
    const key = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
    const outbox = createOutbox({
      provider: redcumbre,
      secret: key,
      fetch,
      store: sqliteOutbox(db),
      attemptDelaysMs: [0, 0],
      pollMs: 10,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    })
    const { 'bhe.emitida': sample } = (await redcumbre(key).sending?.samples()) ?? {}
    outbox.enqueue('bhe.emitida', sample as NonNullable<typeof sample>)
    outbox.start()
    await outbox.onIdle()
    await outbox.close()
    expect(asked.map(({ body }) => body)).toEqual([JSON.stringify(sample), JSON.stringify(sample)])
  })
})
