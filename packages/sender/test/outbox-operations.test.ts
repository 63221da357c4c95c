import { afterEach, describe, expect, it } from 'vitest'
import { manualClock, settled } from '../../core/test/support/clock.ts'
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

function start(...given: Parameters<typeof outboxOf>): ShopOutbox {
  const outbox = outboxOf(...given)
  closing.push(outbox)
  outbox.start()
  return outbox
}

describe('a row that somebody edited into what it cannot be', () => {
  it('keeps no other from being delivered, and dies of its own attempts', async () => {
    const { fetch } = answering(ok)
    const { db } = openShop()
    const outbox = outboxOf(db, { fetch })
    closing.push(outbox)
    const edited = outbox.enqueue('order.paid', paid('o-1'))
    const odd = outbox.enqueue('order.paid', paid('o-2'))
    outbox.enqueue('order.paid', paid('o-3'))
    db.prepare("UPDATE acuse_outbox SET payload = 'edited', failures = 'edited' WHERE id = ?").run(edited)
    db.prepare("UPDATE acuse_outbox SET failures = '7' WHERE id = ?").run(odd)
    outbox.start()
    await outbox.onIdle()
    expect(rowsOf(db).map(({ state }) => state)).toEqual(['dead', 'delivered', 'delivered'])
  })
})

describe('a dead letter', () => {
  it('is a message whose attempts are used up, with its failures; resent, it bears the same ids', async () => {
    const { asked, fetch } = answering(away, new TypeError('fetch failed'), away, ok)
    const { db } = openShop()
    const outbox = start(db, { fetch })
    const id = outbox.enqueue('order.paid', paid('o-1'))
    await outbox.onIdle()
    expect(await outbox.deadLetters.get(id)).toEqual({
      id,
      type: 'order.paid',
      attempts: 3,
      status: 503,
      message: 'The database is away',
      enqueuedAt: expect.any(Date),
      diedAt: expect.any(Date),
      payload: paid('o-1'),
      failures: [
        { attempt: 1, at: expect.any(Date), status: 503, message: 'The database is away' },
        { attempt: 2, at: expect.any(Date), message: 'network' },
        { attempt: 3, at: expect.any(Date), status: 503, message: 'The database is away' },
      ],
    })
    expect(await outbox.deadLetters.resend(id)).toBe(1)
    await outbox.onIdle()
    expect(await outbox.deadLetters.get(id)).toBeUndefined()
    expect(rowsOf(db)).toMatchObject([{ state: 'delivered', attempts: 1, failures: '[]' }])
    expect(new Set(asked.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  it('is what cannot be signed any more, and holds up nothing', async () => {
    const { db } = openShop()
    const { asked, fetch } = answering(ok)
    const outbox = outboxOf(db, { fetch })
    closing.push(outbox)
    outbox.enqueue('order.paid', paid('o-1'))
    db.exec("UPDATE acuse_outbox SET payload = '{'")
    outbox.enqueue('order.paid', paid('o-2'))
    outbox.start()
    await outbox.onIdle()
    expect(asked).toHaveLength(1)
    expect((await outbox.deadLetters.list()).letters).toMatchObject([
      { attempts: 3, status: undefined, message: expect.stringContaining('SyntaxError') },
    ])
  })

  it('is listed in pages, oldest first, and chosen by type and time', async () => {
    const { db } = openShop()
    const clock = manualClock()
    const { fetch } = answering(away)
    const outbox = start(db, { fetch, clock, attemptDelaysMs: [0] })
    const ids: string[] = []
    for (const n of [1, 2, 3]) {
      ids.push(outbox.enqueue('order.paid', paid(`o-${n}`)))
      await settled()
      await clock.advance(1_000)
    }
    outbox.enqueue('order.sent', { type: 'order.sent', data: { id: 'o-4' } })
    await settled()
    const first = await outbox.deadLetters.list({ limit: 2 })
    expect(first.letters.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const rest = await outbox.deadLetters.list({ limit: 2, after: first.next ?? '' })
    expect(rest.letters.map(({ type }) => type)).toEqual(['order.paid', 'order.sent'])
    expect(rest.next).toBeUndefined()
    const diedFrom = first.letters[1]?.diedAt ?? new Date(0)
    expect((await outbox.deadLetters.list({ type: 'order.paid', diedFrom })).letters).toHaveLength(2)
    expect(await outbox.deadLetters.discard({ type: 'order.paid', diedBefore: diedFrom })).toBe(1)
    expect(await outbox.deadLetters.discard({ all: true })).toBe(3)
    expect(rowsOf(db)).toEqual([])
  })

  it('is resent or forgotten only by who says which', async () => {
    const { deadLetters } = outboxOf(openShop().db)
    for (const change of [deadLetters.resend, deadLetters.discard]) {
      await expect(change({})).rejects.toThrow('takes no empty filter: say { all: true }')
      await expect(change({ type: undefined as never })).rejects.toThrow('type must be a text, not undefined')
      await expect(change({ all: true, type: 'order.paid' })).rejects.toThrow('stands alone')
      await expect(change({ provider: 'shop' } as never)).rejects.toThrow("has no option 'provider'")
      await expect(change('')).rejects.toThrow('takes the id of a message')
    }
    await expect(deadLetters.list({ after: '1; DROP TABLE orders' })).rejects.toThrow("'next' of an earlier")
    await expect(deadLetters.list({ limit: 0 })).rejects.toThrow('limit must be')
  })
})

describe('the table', () => {
  it('keeps delivered messages for their retention, and dead letters until somebody decides', async () => {
    const { db } = openShop()
    const clock = manualClock()
    const { fetch } = answering(ok, away)
    const outbox = start(db, { fetch, clock, attemptDelaysMs: [0], retentionMs: 300_000, pollMs: 1_000 })
    outbox.enqueue('order.paid', paid('o-1'))
    await settled()
    outbox.enqueue('order.paid', paid('o-2'))
    await settled()
    await clock.advance(290_000)
    expect(rowsOf(db).map(({ state }) => state)).toEqual(['delivered', 'dead'])
    await clock.advance(70_000)
    expect(rowsOf(db).map(({ state }) => state)).toEqual(['dead'])
  })

  it('is readable by a person: times and payloads are texts', () => {
    const { db } = openShop()
    const clock = manualClock()
    outboxOf(db, { clock }).enqueue('order.paid', paid('o-1'), { orderingKey: 'o-1' })
    expect(rowsOf(db)).toEqual([
      {
        seq: 1,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        outbox: 'shop',
        type: 'order.paid',
        payload: '{"type":"order.paid","data":{"id":"o-1"}}',
        headers: expect.stringMatching(/^\{"webhook-id":"msg_[0-9a-f-]{36}"\}$/),
        ordering_key: 'o-1',
        state: 'waiting',
        attempts: 0,
        lease: 0,
        due_at: '2025-12-10T15:30:00.000Z',
        enqueued_at: '2025-12-10T15:30:00.000Z',
        ended_at: null,
        failures: '[]',
      },
    ])
  })

  it('is counted by state, for each outbox in it', async () => {
    const { db } = openShop()
    const clock = manualClock()
    const outbox = outboxOf(db, { clock })
    const other = outboxOf(db, { clock, name: 'another address' })
    outbox.enqueue('order.paid', paid('o-1'))
    await clock.advance(2_000)
    other.enqueue('order.paid', paid('o-2'))
    const none = { waiting: 0, delivering: 0, delivered: 0, dead: 0 }
    expect(await outbox.stats()).toEqual({ ...none, waiting: 1, oldestMs: 2_000 })
    expect(await other.stats()).toEqual({ ...none, waiting: 1, oldestMs: 0 })
  })

  it('is made by hand where it is not to be made', async () => {
    const { db } = openShop()
    const store = sqliteOutbox(db, { createsTable: false, table: 'events_out' })
    const outbox = outboxOf(db, { store })
    expect(() => outbox.enqueue('order.paid', paid('o-1'))).toThrow('no such table: events_out')
    expect(outbox.schema).toContain('CREATE TABLE IF NOT EXISTS "events_out"')
    await outbox.migrate()
    await outbox.migrate()
    outbox.enqueue('order.paid', paid('o-1'))
    expect((await outbox.stats()).waiting).toBe(1)
  })

  it('has a name that is no SQL', () => {
    const { db } = openShop()
    for (const table of ['a"; DROP TABLE orders; --', 'a b', 'A', '1a', '', 'a'.repeat(49)])
      expect(() => sqliteOutbox(db, { table })).toThrow('table must be lower-case letters')
  })
})

describe('a path instead of a connection', () => {
  it('opens the file for a process that only delivers', async () => {
    const { path, db } = openShop()
    outboxOf(db).enqueue('order.paid', paid('o-1'))
    const { asked, fetch } = answering(ok)
    const outbox = start(db, { fetch, store: sqliteOutbox(path) })
    await outbox.onIdle()
    expect(asked).toHaveLength(1)
  })
})

describe('a database that fails', () => {
  it('is logged and tried again: nothing is thrown, nothing is lost', async () => {
    const { path, db } = openShop()
    const { asked, fetch } = answering(ok)
    const lines: string[] = []
    const tell = (_: object, line: string): void => void lines.push(line)
    let toFail = ['UPDATE', 'INSERT']
    let failed = 0
    const flaky = {
      exec: (sql: string) => db.exec(sql),
      prepare(sql: string) {
        const statement = db.prepare(sql)
        return {
          run: (...values: Parameters<typeof statement.run>) => {
            if (toFail.some((word) => sql.startsWith(word)) && failed++ < 2) throw new Error('disk I/O error')
            return statement.run(...values)
          },
          all: (...values: Parameters<typeof statement.all>) => statement.all(...values),
        }
      },
    }
    const outbox = start(flaky, { fetch, logger: { debug: tell, info: tell, warn: tell, error: tell } })
    expect(() => outbox.enqueue('order.paid', paid('o-1'))).toThrow('disk I/O error')
    toFail = ['UPDATE']
    outbox.enqueue('order.paid', paid('o-2'))
    await outbox.onIdle()
    toFail = []
    expect(asked).toHaveLength(1)
    expect(lines).toEqual([
      'order.paid was delivered',
      'The outbox shop could not write down an attempt: Error: disk I/O error',
    ])
    expect(rowsOf(reopen(path))).toMatchObject([{ state: 'delivered' }])
  })
})

describe('closing', () => {
  it('waits for the attempts that run, and begins none', async () => {
    const { db } = openShop()
    let answer = (_: Response): void => {}
    let asks = (): void => {}
    const isAsked = new Promise<void>((resolve) => {
      asks = resolve
    })
    const { asked, fetch } = answering(() => {
      asks()
      return new Promise((resolve) => {
        answer = resolve
      })
    })
    const outbox = outboxOf(db, { fetch })
    outbox.start()
    outbox.enqueue('order.paid', paid('o-1'))
    await isAsked
    const closed = outbox.close()
    outbox.enqueue('order.paid', paid('o-2'))
    answer(ok.clone())
    await closed
    expect(asked).toHaveLength(1)
    expect(rowsOf(db).map(({ state }) => state)).toEqual(['delivered', 'waiting'])
    expect(() => outbox.start()).toThrow('The outbox is closed')
    await expect(outbox.onIdle()).rejects.toThrow('closed before it was idle')
  })

  it('gives up what runs longer: its request ends, and its message is sent again when its lease is over', async () => {
    const { db } = openShop()
    const aborted: unknown[] = []
    const outbox = outboxOf(db, {
      fetch: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(signal.aborted)
            reject(signal.reason)
          })
          void outbox.close({ timeoutMs: 0 })
        }),
    })
    outbox.start()
    outbox.enqueue('order.paid', paid('o-1'))
    await expect(outbox.onIdle()).rejects.toThrow('closed')
    await outbox.close({ timeoutMs: 0 })
    expect(aborted).toEqual([true])
    expect(rowsOf(db)).toMatchObject([{ state: 'delivering', attempts: 0 }])
  })
})

describe('an option that cannot be used', () => {
  it.each([
    [{ store: {} as never }, 'store must be where messages are kept'],
    [{ jitter: 2 }, 'jitter must be a number from 0 to 1'],
    [{ leaseMs: 5_000, timeoutMs: 5_000 }, 'leaseMs must be a whole number from 5100'],
    [{ concurrency: 0 }, 'concurrency must be'],
    [{ pollMs: 5 }, 'pollMs must be'],
    [{ attemptDelaysMs: [] }, 'attemptDelaysMs must list'],
    [{ name: 'a\0b' }, 'name must be text'],
    [{ logger: {} as never }, 'logger.debug must be a function'],
    [{ retries: 3 } as never, "has no option 'retries'"],
  ])('%o is a TypeError', (changes, message) => {
    const { db } = openShop()
    expect(() => outboxOf(db, changes)).toThrow(TypeError)
    expect(() => outboxOf(db, changes)).toThrow(message)
  })

  it('is a TypeError too where it is no database', () => {
    expect(() => sqliteOutbox({} as never)).toThrow('takes an open connection of better-sqlite3')
  })

  it('needs no option but what it speaks as, where to, and where it is kept', () => {
    const store = sqliteOutbox(openShop().db)
    expect(createOutbox({ provider: shop, secret, url: 'http://localhost/', store }).schema).toBe(
      store.schema,
    )
  })
})
