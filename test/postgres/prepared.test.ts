import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startPgBouncer } from '../support/pgbouncer.ts'
import { ask, type OwnDatabase, sharedPostgres } from '../support/postgres.ts'
import { accepting, consume, delivery, open, openPool } from './support.ts'

let database: OwnDatabase

beforeAll(async () => {
  database = await sharedPostgres()
})

afterAll(() => database.stop())

const prepared =
  "SELECT FROM pg_prepared_statements WHERE name LIKE 'acuse\\_%' AND statement LIKE '%INSERT INTO%'"

describe('statements that are run for each delivery', () => {
  it('are prepared once for each connection, whatever comes in how many at once', async () => {
    const pool = openPool(database.url, 3)
    const inbox = await open(pool, { listen: false, schema: 'prepared' })
    for (let at = 0; at < 20; at++) expect(await inbox.accept(delivery(`p${at}`), accepting)).toBe('accepted')
    await Promise.all(Array.from({ length: 50 }, (_, at) => inbox.accept(delivery(`q${at}`), accepting)))
    const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
    const counts = await Promise.all(clients.map(async (client) => (await client.query(prepared)).rowCount))
    for (const client of clients) client.release()
    // One for a delivery alone, one for several.
    expect(counts.reduce((sum: number, count) => sum + Number(count), 0)).toBeGreaterThanOrEqual(2)
    for (const count of counts) expect(count).toBeLessThanOrEqual(2)
  })

  it('are not where the option says so', async () => {
    const pool = openPool(database.url, 1)
    const inbox = await open(pool, { listen: false, preparedStatements: false, schema: 'unprepared' })
    expect(await inbox.accept(delivery('a'), accepting)).toBe('accepted')
    expect((await pool.query(prepared)).rowCount).toBe(0)
  })

  it('are run without behind a pooler that keeps none, and nothing is refused or accepted twice', async () => {
    const pooler = await startPgBouncer(database.url)
    onTestFinished(() => pooler.stop())
    const inboxes = await Promise.all([1, 2].map(() => open(openPool(pooler.url, 8), { schema: 'pooled' })))
    const { consumer, observations } = consume(inboxes[0] as never, async () => ({
      status: 'done',
      handlers: 1,
    }))
    const ids = Array.from({ length: 300 }, (_, at) => `d${at}`)
    const results = await Promise.all(
      inboxes.flatMap((inbox) => ids.map((id) => inbox.accept(delivery(id), accepting))),
    )
    expect(results.filter((result) => result === 'accepted')).toHaveLength(ids.length)
    expect(
      results.filter((result) => result !== 'accepted' && result !== 'duplicate' && result !== 'in-flight'),
    ).toEqual([])
    await consumer.onIdle()
    expect(observations.filter(({ type }) => type === 'handled')).toHaveLength(ids.length)
    expect(await ask(database.url, 'SELECT FROM pooled.deliveries')).toEqual([])
  })
})
