import { expect, it, onTestFinished } from 'vitest'
import { loadDriver } from '../src/driver.ts'
import { sqliteInbox } from '../src/index.ts'
import { tempFile } from './support/temp-file.ts'

/** Rows from one number to another. */
function rows(from: number, to: number, type: string, state: string, retainedUntil = 'NULL'): string {
  return `WITH RECURSIVE numbers (seq) AS (SELECT ${from} UNION ALL SELECT seq + 1 FROM numbers WHERE seq < ${to})
    INSERT INTO deliveries (seq, id, endpoint, provider, type, body_hash, key_id, received_at, state, due_at, ended_at,
      keep_until, retained_until)
    SELECT seq, seq, 'acme', 'acme', '${type}', 'hash', 'default', 1700000000000, '${state}', 9000000000000, 1700000000000,
      9000000000000, ${retainedUntil} FROM numbers;`
}

async function open() {
  const path = tempFile()
  await sqliteInbox(path).close()
  const database = loadDriver()(path)
  database.exec(`BEGIN; ${rows(1, 20, 'rare', 'delayed')} ${rows(21, 10_520, 'usual', 'waiting')}
    ${rows(20_001, 150_000, 'usual', 'done')} ${rows(150_001, 161_000, 'usual', 'done', '9000000000000')} COMMIT;`)
  database.close()
  const inbox = sqliteInbox(path)
  onTestFinished(() => inbox.close())
  return inbox.deliveries
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(to - index))

it('finds few at once, however many were handled after them', async () => {
  const deliveries = await open()
  const { deliveries: found, next } = await deliveries.list({ state: 'delayed' })
  expect(found.map(({ id }) => id)).toEqual(numbers(1, 20))
  expect(next).toBeUndefined()
  expect((await deliveries.list({ state: 'leased' })).next).toBeUndefined()
})

it('looks at a bounded number for a page, and says where to go on where it found none', async () => {
  const deliveries = await open()
  const { deliveries: found, next } = await deliveries.list({ state: 'waiting' })
  expect([found, next]).toEqual([[], '61001'])
})

it.each([
  ['waiting', numbers(21, 10_520)],
  ['handled', numbers(150_001, 161_000)],
  [undefined, [...numbers(150_001, 161_000), ...numbers(1, 10_520)]],
] as const)('lists each of many once (%s)', async (state, expected) => {
  const deliveries = await open()
  const found: string[] = []
  let after: string | undefined
  do {
    const page = await deliveries.list({ limit: 999, ...(state && { state }), ...(after && { after }) })
    found.push(...page.deliveries.map(({ id }) => id))
    after = page.next
  } while (after !== undefined)
  expect(found).toEqual(expected)
})
