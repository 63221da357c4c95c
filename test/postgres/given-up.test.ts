import type { PostgresInbox } from '@acuse/postgres'
import { Client, type Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ask, type OwnPostgres, startPostgres } from '../support/postgres.ts'
import { startProxy } from '../support/tcp-proxy.ts'
import { accepting, consume, delivery, isAccepted, open, openPool, openUnmigrated, until } from './support.ts'

const max = 6
let server: OwnPostgres

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const named = (url: string) => `${url}?application_name=acuse_test`
/** Its tables are made first: that may take longer. */
async function openHasty(pool: Pool, schema: string) {
  await open(openPool(server.url), { schema })
  return openUnmigrated(pool, { schema, timeoutMs: 300 })
}

const connections = async () =>
  (await ask(server.url, "SELECT pid FROM pg_stat_activity WHERE application_name = 'acuse_test'")).length

async function setStandbys(to: string, names: string): Promise<void> {
  await ask(server.url, `ALTER SYSTEM SET synchronous_standby_names ${to}`)
  await ask(server.url, 'SELECT pg_reload_conf()')
  const shown = async () => (await ask(server.url, 'SHOW synchronous_standby_names'))[0]
  await until('the server knows', async () => Object.values((await shown()) ?? {})[0] === names)
}

/**
 * Asks again and again, as senders do, until twice as many statements as there are connections had no answer, or were not begun
 * because of that; the most connections that it had.
 */
async function askInVain(inbox: PostgresInbox): Promise<number> {
  let most = 0
  let inVain = 0
  const ask = async (id: string): Promise<void> => {
    const error: unknown = await Promise.resolve(inbox.accept(delivery(id), accepting)).then(
      () => new Error('accepted'),
      (reason: unknown) => reason,
    )
    expect(String(error)).not.toBe('Error: accepted')
    // Between them the inbox takes Postgres for away.
    if (/did not answer|still at statements/.test(String(error))) inVain++
  }
  for (let n = 0; inVain < 2 * max; n++) {
    await ask(`in-vain-${n}`)
    most = Math.max(most, await connections())
  }
  return most
}

describe('a statement that gets no answer in time', () => {
  it('keeps its connection in the pool while the server is at it: a table that is locked takes no more connections than the pool has', async () => {
    const inbox = await openHasty(openPool(named(server.url), max), 'locked')
    const locker = new Client({ connectionString: server.url })
    await locker.connect()
    onTestFinished(() => locker.end())
    await locker.query('BEGIN; LOCK TABLE locked.deliveries')
    const most = await askInVain(inbox)
    expect(most).toBeLessThanOrEqual(max + 1)
    await locker.query('ROLLBACK')
    await until('it accepts again', () => isAccepted(inbox, 'after'))
    await until('it has given the connections back', async () => (await connections()) <= max)
  })

  it('does so while a commit waits for a standby that is away', async () => {
    const inbox = await openHasty(openPool(named(server.url), max), 'waiting')
    await setStandbys("= '*'", '*')
    const most = await askInVain(inbox)
    expect(most).toBeLessThanOrEqual(max + 1)
    await setStandbys("= ''", '')
    await until('it accepts again', () => isAccepted(inbox, 'after'))
  })

  it('does so in the transaction of a handler, whose statements fail from then on', async () => {
    const pool = openPool(named(server.url), max)
    const inbox = await open(pool, { schema: 'handlers', timeoutMs: 20_000 })
    await pool.query('CREATE TABLE handlers.effects (id text)')
    const locker = new Client({ connectionString: server.url })
    await locker.connect()
    onTestFinished(() => locker.end())
    await locker.query('BEGIN; LOCK TABLE handlers.effects')
    let late: unknown
    let runs = 0
    const { consumer } = consume(inbox, async ({ id }, lease) => {
      if (runs++ > 0) return { status: 'done', handlers: 1 }
      const transaction = lease.transaction?.()
      const client = (await transaction?.begin()) as Client
      const insert = () => client.query('INSERT INTO handlers.effects VALUES ($1)', [id])
      const first = insert().catch((error: unknown) => error)
      await transaction?.rollback()
      late = await insert().catch((error: unknown) => error)
      await locker.query('ROLLBACK')
      await first
      return { status: 'failed', error: new Error('too slow'), completed: [] }
    })
    await inbox.accept(delivery('d1'), accepting)
    await consumer.onIdle()
    expect(String(late)).toMatch(/given up/)
    expect((await pool.query('SELECT FROM handlers.effects')).rowCount).toBe(0)
  })

  it('of handlers whose own table is locked keeps their places, and what comes meanwhile is accepted', async () => {
    const pool = openPool(named(server.url), max)
    const inbox = await open(pool, { schema: 'own_table', timeoutMs: 5_000 })
    await pool.query('CREATE TABLE own_table.effects (id text)')
    const locker = new Client({ connectionString: server.url })
    await locker.connect()
    onTestFinished(() => locker.end())
    await locker.query('BEGIN; LOCK TABLE own_table.effects')
    let isLocked = true
    const { consumer } = consume(
      inbox,
      async ({ id }, lease) => {
        const transaction = lease.transaction?.()
        const client = (await transaction?.begin()) as Client
        const insert = client.query('INSERT INTO own_table.effects VALUES ($1)', [id])
        if (!isLocked) {
          await insert
          await transaction?.commit('h')
          return { status: 'done', handlers: 1 }
        }
        insert.catch(() => {})
        // As the worker does when a handler takes too long.
        await transaction?.rollback()
        return { status: 'failed', error: new Error('too slow'), completed: [] }
      },
      { retry: { attempts: 1_000, minDelayMs: 1, maxDelayMs: 5 } },
    )
    const ids = Array.from({ length: 40 }, (_, n) => `d${n}`)
    for (const id of ids) expect(await inbox.accept(delivery(id), accepting)).toBe('accepted')
    expect(await connections()).toBeLessThanOrEqual(max)
    isLocked = false
    await locker.query('ROLLBACK')
    await consumer.onIdle()
    const { rows } = await pool.query('SELECT id FROM own_table.effects')
    expect(rows.map(({ id }) => id).sort()).toEqual(ids.sort())
  })

  it('gives its connection back where the server has answered, and the answer was lost', async () => {
    const proxy = await startProxy(server.port)
    onTestFinished(() => proxy.refuse())
    const url = new URL(named(server.url))
    url.port = String(proxy.port)
    const pool = openPool(url.href, max)
    const inbox = await openHasty(pool, 'lost')
    proxy.set('silent')
    for (let n = 0; n < 4; n++) expect(await isAccepted(inbox, `d${n}`)).toBe(false)
    proxy.set('pass')
    await until('it accepts again', () => isAccepted(inbox, 'after'))
    await until('all connections are idle', () => pool.idleCount === pool.totalCount)
  })

  it('lets the pool end once the inbox is closed, whatever the server is at', async () => {
    const pool = openPool(named(server.url), max)
    const inbox = await openHasty(pool, 'closing')
    const locker = new Client({ connectionString: server.url })
    await locker.connect()
    onTestFinished(() => locker.end())
    await locker.query('BEGIN; LOCK TABLE closing.deliveries')
    expect(await isAccepted(inbox, 'd1')).toBe(false)
    await inbox.close({ timeoutMs: 100 })
    await until('nothing is checked out', () => pool.totalCount === pool.idleCount)
  })
})
