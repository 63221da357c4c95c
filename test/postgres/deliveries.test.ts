import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OwnDatabase, sharedPostgres } from '../support/postgres.ts'
import { open, openPool } from './support.ts'

let database: OwnDatabase

beforeAll(async () => {
  database = await sharedPostgres()
})

afterAll(() => database.stop())

const schema = `deliveries_${process.pid}`
const columns = 'seq, id, endpoint, provider, type, body_hash, key_id, received_at, headers, body'
const values = "n, n, 'acme', 'acme', 'thing', 'hash', 'default', now(), '{}', ''"

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(to - index))

it('lists each of many once, finds few at once, and looks at a bounded number for a page', async () => {
  const pool = openPool(database.url)
  const { deliveries } = await open(pool, { schema, timeoutMs: 60_000 })
  const put = (from: number, to: number, state: string) =>
    pool.query(`INSERT INTO ${schema}.deliveries (${columns}, state, due_at, ended_at)
      SELECT ${values}, '${state}', now() + interval '1 day', now() FROM generate_series(${from}, ${to}) AS n`)
  await put(1, 20, 'delayed')
  await put(21, 10_520, 'waiting')
  await put(20_001, 130_000, 'dead')
  await pool.query(`INSERT INTO ${schema}.handled_deliveries (${columns}, trust, handled_at, keep_until)
    SELECT ${values}, 'signed', now(), now() + interval '1 day' FROM generate_series(10525, 20000) AS n`)
  const few = await deliveries.list({ state: 'delayed' })
  expect([few.deliveries.map(({ id }) => id), few.next]).toEqual([numbers(1, 20), undefined])
  expect(await deliveries.list({ state: 'waiting' })).toEqual({ deliveries: [], next: '30001' })
  const found: string[] = []
  let after: string | undefined
  do {
    const page = await deliveries.list({ limit: 999, ...(after && { after }) })
    found.push(...page.deliveries.map(({ id }) => id))
    after = page.next
  } while (after !== undefined)
  expect(found).toEqual([...numbers(10_525, 20_000), ...numbers(1, 10_520)])
})
