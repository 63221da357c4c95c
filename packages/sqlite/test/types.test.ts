import type { HandledTypes } from '@acuse/core/inbox-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadDriver } from '../src/driver.ts'
import { sqliteInbox } from '../src/index.ts'
import { findAlone } from '../src/leases.ts'
import { migrate } from '../src/schema.ts'
import { prepareStatements } from '../src/statements.ts'
import { findUnhandled, findWaiting, isAnyLive, toTypes } from '../src/types.ts'
import { accepting, consume, done, until } from './support/consume.ts'
import { delivery } from './support/delivery.ts'
import { tempFile } from './support/temp-file.ts'

const many = 100_000

/** A file with very many deliveries of a type that nobody handles in front, and one that counts the rows it gives. */
function crowded() {
  const database = loadDriver()(tempFile())
  onTestFinished(() => database.close())
  migrate(database)
  database.exec(`BEGIN;
    ${rows(many, 'refunded')}; ${rows(3, 'paid')}; ${rows(2, 'made')}; ${rows(2, 'voided')};
    COMMIT`)
  const plain = prepareStatements(database)
  let read = 0
  const sql = Object.fromEntries(
    Object.entries(plain).map(([name, statement]) => [
      name,
      {
        ...statement,
        all: (...values: never[]) => {
          const found = statement.all(...values)
          read += found.length
          return found
        },
      },
    ]),
  ) as unknown as typeof plain
  return { database, sql, rowsRead: () => read }
}

function rows(count: number, type: string): string {
  return `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    INSERT INTO deliveries (id, endpoint, provider, type, body_hash, key_id, received_at, state, keep_until)
    SELECT '${type}-' || i, 'acme', 'acme', '${type}', 'f', 'default', i, 'waiting', 1e15 FROM n`
}

describe('100 000 deliveries in front that nobody handles', () => {
  it.each<[string, HandledTypes, number]>([
    ['those that are listed', { only: ['paid', 'made', 'never sent'] }, 5],
    ['all but those', { except: ['refunded', 'voided'] }, 5],
    ['none', { only: [] }, 0],
  ])('are passed over, not read, where %s are handled', (_, handles, expected) => {
    const { sql, rowsRead } = crowded()
    const found = findWaiting(sql, 'acme', toTypes(handles), 10)
    expect(found).toEqual(Array.from({ length: expected }, (_, at) => many + 1 + at))
    expect(isAnyLive(sql, 'acme', toTypes(handles))).toBe(expected > 0)
    expect(rowsRead()).toBeLessThan(100)
  })

  it('are counted up to 10 000', () => {
    const { sql } = crowded()
    expect(findUnhandled(sql, 'acme', toTypes({ only: ['paid', 'made'] }))).toEqual([
      { type: 'refunded', waiting: 10_000 },
      { type: 'voided', waiting: 2 },
    ])
  })

  it('are counted with those whose last attempt came to no result', () => {
    const { database, sql } = crowded()
    database.exec("UPDATE deliveries SET at_once = 1 WHERE type = 'made' OR id = 'voided-1'")
    expect(findUnhandled(sql, 'acme', toTypes({ only: ['paid'] }))).toEqual([
      { type: 'refunded', waiting: 10_000 },
      { type: 'voided', waiting: 2 },
      { type: 'made', waiting: 2 },
    ])
  })

  it('cost no statement of a lease more than a search of an index', () => {
    const { database } = crowded()
    const plans = new Map<string, string>()
    prepareStatements({
      ...database,
      exec: () => {},
      close: () => {},
      prepare(text) {
        const plan = database
          .prepare(`EXPLAIN QUERY PLAN ${text}`)
          .all(...Array.from(text.matchAll(/\?/g), () => null))
        plans.set(text, plan.map((row) => row['detail']).join('; '))
        return database.prepare(text)
      },
    })
    const ofLeases = [...plans].filter(([text]) => /state = '(waiting|delayed|leased)'/.test(text))
    expect(ofLeases.length).toBeGreaterThan(15)
    const isSearch = /SEARCH deliveries USING (COVERING INDEX|INDEX|INTEGER PRIMARY KEY)/
    // A list of deliveries walks an index of a state, and no further than it is told.
    const ofLists = /^SELECT seq FROM deliveries WHERE [^?]* LIMIT \?$/
    for (const [text, plan] of ofLeases.filter(([text]) => !text.includes('GROUP BY'))) {
      if (ofLists.test(text)) {
        expect(plan, text).toMatch(/^SCAN deliveries USING (COVERING )?INDEX \w+$/)
        continue
      }
      expect(plan, text).toMatch(isSearch)
      expect(plan, text).not.toMatch(/SCAN deliveries|TEMP B-TREE/)
    }
  })
})

const odd = ['a\0b', 'a', 'a\0c', '\ud800', '\udfff', '\ufdd0', "'", '"', 'é'.normalize('NFD')]

/** A file with two deliveries of each odd type, in this state. */
function withOdd(columns: string, values: string) {
  const database = loadDriver()(tempFile())
  onTestFinished(() => database.close())
  migrate(database)
  const insert = database.prepare(`INSERT INTO deliveries (id, endpoint, provider, type, body_hash, key_id,
    received_at, keep_until, ${columns}) VALUES (?, 'acme', 'acme', ?, 'f', 'k', 1, 1, ${values})`)
  for (const [at, type] of [...odd, ...odd].entries()) insert.run(`d${at}`, type)
  return prepareStatements(database)
}

describe('types', () => {
  it.each(odd.map((type, at) => [JSON.stringify(type), type, at] as const))(
    'with %s are told apart by every statement',
    (_, type, at) => {
      const [only, except] = [
        toTypes({ only: [type] }),
        toTypes({ except: odd.filter((each) => each !== type) }),
      ]
      const seqs = [at + 1, at + 1 + odd.length]
      const alone = withOdd('state, at_once', "'waiting', 0")
      const possiblePoison = withOdd('state, at_once', "'waiting', 1")
      const fresh = withOdd('state', "'waiting'")
      const others = ['delayed', 'leased'].map((state) => withOdd('state, due_at', `'${state}', 1`))
      for (const types of [only, except]) {
        expect(findAlone(alone, 'acme', types)).toEqual(seqs.slice(0, 1))
        expect(
          possiblePoison.possiblePoison.all('acme', ...types.filter, 9).map((row) => row['seq']),
        ).toEqual(seqs)
        expect(findWaiting(fresh, 'acme', types, 2)).toEqual(seqs)
        for (const sql of others) expect(isAnyLive(sql, 'acme', types)).toBe(true)
      }
      for (const sql of [alone, possiblePoison, fresh]) {
        expect(findUnhandled(sql, 'acme', except)).toHaveLength(odd.length - 1)
        expect(findUnhandled(sql, 'acme', toTypes({ except: [type] }))).toEqual([{ type, waiting: 2 }])
      }
      const none = toTypes({ only: ['b'] })
      for (const sql of others) expect(isAnyLive(sql, 'acme', none)).toBe(false)
    },
  )

  it('are told apart, whatever units their texts have', async () => {
    const inbox = sqliteInbox(tempFile(), { pollMs: 20 })
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    for (const [at, type] of [...odd, ...odd].entries()) {
      await inbox.accept(delivery(`d${at}`, { type }), accepting)
    }
    const handled: string[] = []
    let handles: HandledTypes = { only: [] }
    const { consumer } = consume(
      inbox,
      async ({ type }) => {
        handled.push(type)
        return done
      },
      { handles: () => handles, concurrency: 1 },
    )
    for (const type of odd) {
      handles = { only: [type] }
      consumer.start()
      await until(`${JSON.stringify(type)} is handled`, () => handled.length === 2)
      expect(handled.splice(0)).toEqual([type, type])
    }
  })

  it('of deliveries that are delayed make nobody wait who handles none of them', async () => {
    const inbox = sqliteInbox(tempFile(), { pollMs: 20 })
    onTestFinished(() => inbox.close({ timeoutMs: 100 }))
    const first = consume(
      inbox,
      async () => ({ status: 'failed', error: new Error('not yet'), completed: [] }),
      { retry: { minDelayMs: 3_600_000 } },
    )
    await inbox.accept(delivery('d'), accepting)
    await until('it is delayed', () => first.observations.length === 1)
    await first.consumer.close({ timeoutMs: 1_000 })
    const second = consume(inbox, async () => done, { handles: () => ({ except: ['thing.made'] }) })
    await second.consumer.onIdle()
    expect((await inbox.stats()).delayed).toBe(1)
  })
})

describe('a worker whose handled types are one list that grows', () => {
  it('hands out what has a handler by now', async () => {
    const inbox = sqliteInbox(tempFile(), { pollMs: 20 })
    onTestFinished(() => inbox.close())
    const only = ['thing.made']
    const handles: HandledTypes = { only }
    const seen: string[] = []
    const consumer = inbox.consume(
      async ({ type }) => {
        seen.push(type)
        return done
      },
      { endpoint: 'acme', handles: () => handles, concurrency: 1, retry: {}, observer: () => {} },
    )
    consumer.start()
    await inbox.accept(delivery('a'), { minRetentionMs: 1_000 })
    await inbox.accept(delivery('b', { type: 'thing.sold' }), { minRetentionMs: 1_000 })
    await consumer.onIdle()
    only.push('thing.sold')
    consumer.start()
    await consumer.onIdle()
    expect(seen).toEqual(['thing.made', 'thing.sold'])
  })
})
