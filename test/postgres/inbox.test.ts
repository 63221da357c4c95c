import { systemClock } from '@acuse/core'
import { migrationSql, type PostgresInboxOptions, postgresInbox } from '@acuse/postgres'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type OwnDatabase, type OwnPostgres, sharedPostgres, startPostgres } from '../support/postgres.ts'
import { accepting, consume, delivery, isAccepted, open, openPool, openUnmigrated, until } from './support.ts'

let database: OwnDatabase
let count = 0

beforeAll(async () => {
  database = await sharedPostgres()
})

afterAll(() => database.stop())

const freshSchema = () => `inbox_${process.pid}_${++count}`
const succeed = async () => ({ status: 'done', handlers: 1 }) as const

describe('postgresInbox', () => {
  it.each([
    ['no pool', undefined, {}, /takes a Pool of pg/],
    ['a connection string', 'postgres://x', {}, /takes a Pool of pg/],
    ['an unknown option', new Pool(), { retention: 1 }, /no option 'retention'/],
    ['a schema that needs quotes', new Pool(), { schema: 'My "schema' }, /lower-case letters/],
    ['no retention', new Pool(), { retentionMs: 0 }, /retentionMs/],
    ['a lease that is too short', new Pool(), { leaseMs: 10 }, /leaseMs/],
    ['a poll that never rests', new Pool(), { pollMs: 0 }, /pollMs/],
    ['no time for an answer', new Pool(), { timeoutMs: 1 }, /timeoutMs/],
    ['no place for deliveries', new Pool(), { maxDeliveries: 0 }, /maxDeliveries/],
    ['a listen that is no boolean', new Pool(), { listen: 'yes' }, /listen/],
  ])('refuses %s, and says what to do', (_, pool, options, message) => {
    const make = () => postgresInbox(pool as Pool, options as PostgresInboxOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })

  it('keeps texts that Postgres cannot: NUL, halves of surrogate pairs, and what marks them', async () => {
    const inbox = await open(openPool(database.url), { schema: freshSchema() })
    const type = 'a\0b\uD800c\uFDD0d'
    const handed: unknown[] = []
    const headers = { 'x-note': '\uDC00 \0' }
    await inbox.accept(delivery('odd', { type, keyId: '\0', orderingKey: '\0k', headers }), accepting)
    const { consumer } = consume(
      inbox,
      async (one) => {
        handed.push([one.type, one.keyId, one.orderingKey, one.headers])
        return { status: 'dead', reason: 'unrecoverable', error: new Error('no \0') }
      },
      { handles: () => ({ only: [type] }) },
    )
    await consumer.onIdle()
    expect(handed).toEqual([[type, '\0', '\0k', headers]])
    const [letter] = (await inbox.deadLetters.list({ type })).letters
    expect(letter).toMatchObject({ type, message: 'Error: no \0' })
    expect((await inbox.stats()).types).toMatchObject([{ type, dead: 1 }])
  })

  it('remembers the key of what is handled long after it was accepted for as long as it keeps its body', async () => {
    const schema = freshSchema()
    const pool = openPool(database.url)
    const inbox = await open(pool, { schema, retentionMs: 1_000, retain: { bodiesForMs: 3_600_000 } })
    await inbox.accept(delivery('late'), accepting)
    await pool.query(`UPDATE ${schema}.idempotency_keys SET keep_until = now()`)
    const { consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    const { rows } = await pool.query(
      `SELECT keys.keep_until >= log.keep_until AS is_kept
       FROM ${schema}.idempotency_keys AS keys JOIN ${schema}.handled_deliveries AS log USING (id)`,
    )
    expect(rows).toEqual([{ is_kept: true }])
  })

  it('hears at once of what a process without a worker accepted, and needs no poll for it', async () => {
    const schema = freshSchema()
    const [door, worker] = [openPool(database.url), openPool(database.url)]
    // Its polls never come.
    const clock = {
      ...systemClock,
      schedule: (delayMs: number, task: () => void) =>
        delayMs >= 60_000 ? () => {} : systemClock.schedule(delayMs, task),
    }
    const accepts = await open(door, { schema })
    const works = await open(worker, { schema, pollMs: 60_000, clock })
    const { observations } = consume(works, succeed)
    const handled = () => observations.filter(({ type }) => type === 'handled').length
    let sent = 0
    await until('one is handled', async () => {
      // It may not listen yet.
      if (handled() === 0) await accepts.accept(delivery(`d${sent++}`), accepting)
      return handled() > 0
    })
    const before = sent
    await accepts.accept(delivery('another'), accepting)
    await until('all are handled', () => handled() === before + 1)
  })

  it('shows what it has in tables and views that a person can read', async () => {
    const schema = freshSchema()
    const pool = openPool(database.url)
    const inbox = await open(pool, { schema })
    await inbox.accept(delivery('one'), accepting)
    await inbox.deadLetter(delivery('late'), 'stale')
    const waiting = await pool.query(`SELECT id, type, body_as_text FROM ${schema}.waiting_deliveries`)
    expect(waiting.rows).toEqual([{ id: 'one', type: 'thing.made', body_as_text: '{"id":"one"}' }])
    const dead = await pool.query(`SELECT id, reason FROM ${schema}.dead_deliveries`)
    expect(dead.rows).toEqual([{ id: 'late.hash of late', reason: 'stale' }])
  })

  it('says that a commit is not durable, and what that loses', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    const pool = new Pool({ connectionString: database.url, options: '-c synchronous_commit=off' })
    onTestFinished(() => pool.end())
    await open(pool, { schema: freshSchema() })
    expect((await warned).message).toMatch(/synchronous_commit = off.*loses deliveries/)
  })

  it('refuses a role whose transactions are not read committed, with the remedy', async () => {
    const options = '-c default_transaction_isolation=serializable'
    const pool = new Pool({ connectionString: database.url, options })
    onTestFinished(() => pool.end())
    const inbox = openUnmigrated(pool, { schema: freshSchema() })
    await expect(inbox.migrate()).rejects.toThrow(/ALTER ROLE/)
  })
})

describe('the tables', () => {
  it('are made once, however many processes make them at once', async () => {
    const schema = freshSchema()
    const inboxes = Array.from({ length: 4 }, () => openUnmigrated(openPool(database.url), { schema }))
    await Promise.all(inboxes.map((inbox) => inbox.migrate()))
    for (const [at, inbox] of inboxes.entries())
      expect(await inbox.accept(delivery(`d${at}`), accepting)).toBe('accepted')
    expect((await inboxes[0]?.stats())?.waiting).toBe(4)
  })

  it('are asked for where there are none, and used when somebody has made them', async () => {
    const schema = freshSchema()
    const pool = openPool(database.url)
    const inbox = openUnmigrated(pool, { schema })
    await expect(inbox.accept(delivery('early'), accepting)).rejects.toThrow(
      /await inbox\.migrate\(\) at the start, or run migrationSql\(\)/,
    )
    await expect(inbox.deadLetters.list()).rejects.toThrow(/await inbox\.migrate\(\)/)
    await pool.query(migrationSql(schema))
    await until('it is accepted', () => isAccepted(inbox, 'early'))
  })

  it('of a newer version that says so work, and those of one that does not are refused', async () => {
    const schema = freshSchema()
    const pool = openPool(database.url)
    await open(pool, { schema })
    await pool.query(`UPDATE ${schema}.versions SET version = 99, oldest = 1`)
    expect(await openUnmigrated(pool, { schema }).accept(delivery('one'), accepting)).toBe('accepted')
    await pool.query(`UPDATE ${schema}.versions SET oldest = 98`)
    const old = openUnmigrated(pool, { schema })
    await expect(old.accept(delivery('two'), accepting)).rejects.toThrow(/install a newer one/)
    await expect(old.deadLetters.redrive({ all: true })).rejects.toThrow(/install a newer one/)
    await expect(old.migrate()).rejects.toThrow(/install a newer one/)
  })
})

describe('when Postgres goes away', () => {
  let server: OwnPostgres

  beforeAll(async () => {
    server = await startPostgres()
  })

  afterAll(() => server.stop())

  it('an accept fails, nothing ends the process, and all goes on when it is back', async () => {
    const inbox = await open(openPool(server.url), { schema: freshSchema(), timeoutMs: 500 })
    const { observations } = consume(inbox, succeed)
    expect(await inbox.accept(delivery('before'), accepting)).toBe('accepted')
    await server.kill('SIGQUIT')
    await expect(inbox.accept(delivery('during'), accepting)).rejects.toThrow()
    await server.restart()
    await until('it is accepted', () => isAccepted(inbox, 'during'))
    const handled = () => observations.filter(({ type }) => type === 'handled').length
    await until('both are handled', () => handled() === 2)
  })
})
