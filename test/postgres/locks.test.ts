import { Client } from 'pg'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { ask, type OwnDatabase, sharedPostgres } from '../support/postgres.ts'
import { accepting, consume, delivery, open, openPool, until } from './support.ts'

let database: OwnDatabase

beforeAll(async () => {
  database = await sharedPostgres()
})

afterAll(() => database.stop())

/** Two statements that lock rows in different orders can wait for each other, until Postgres ends one of them. */
it('locks the rows of a renewal, and those of what is done, in one order: from the oldest on', async () => {
  // As a planner may go about it, in no order of its own.
  const plan = ['mergejoin', 'hashjoin', 'sort', 'seqscan'].map((way) => `-c enable_${way}=off`).join(' ')
  const url = `${database.url}?options=${encodeURIComponent(plan)}`
  const inbox = await open(openPool(url), { leaseMs: 1_500 })
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let running = 0
  const { consumer } = consume(
    inbox,
    async () => {
      running++
      await released
      return { status: 'done', handlers: 1 }
    },
    { concurrency: 40 },
  )
  const ids = Array.from({ length: 40 }, (_, at) => `d${at}`)
  await Promise.all(ids.map((id) => inbox.accept(delivery(id), accepting)))
  await until('all are running', () => running === ids.length)

  const locker = new Client({ connectionString: database.url })
  await locker.connect()
  onTestFinished(() => locker.end())
  /** How many rows a statement has locked while it waits for the oldest. */
  const lockedBehind = async (statement: string): Promise<number> => {
    const waits = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '${statement}'`
    await until(`${statement} waits`, async () => (await ask(database.url, waits)).length > 0)
    const free = await ask(
      database.url,
      "SELECT seq FROM acuse.deliveries WHERE endpoint = 'acme' FOR UPDATE SKIP LOCKED",
    )
    return ids.length - 1 - free.length
  }
  const lockOldest = 'BEGIN; SELECT FROM acuse.deliveries ORDER BY seq LIMIT 1 FOR UPDATE'
  await locker.query(lockOldest)
  expect(await lockedBehind('%SET due_at%')).toBe(0)
  release()
  expect(await lockedBehind('%DELETE%deliveries%')).toBe(0)
  await locker.query('ROLLBACK')
  await consumer.onIdle()
})
