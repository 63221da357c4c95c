import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createReceiver,
  defineProvider,
  fromRawHeaders,
  type HandlerContext,
  hmac,
  type Receiver,
} from '@acuse/core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type OwnDatabase, sharedPostgres } from '../support/postgres.ts'
import { root } from '../support/processes.ts'
import { bookInvoice as bookWithDrizzle } from './recipes/drizzle.ts'
import { generateClient } from './recipes/generate.ts'
import { bookInvoice as bookWithKnex } from './recipes/knex.ts'
import { bookInvoice as bookWithKysely } from './recipes/kysely.ts'
import { adapterOn } from './recipes/prisma.ts'
import { open, openPool, until } from './support.ts'

interface Paid {
  readonly type: 'paid'
  readonly bhe: string
  readonly net: number
}

const recipes = [
  { name: 'drizzle', bookInvoice: bookWithDrizzle },
  { name: 'kysely', bookInvoice: bookWithKysely },
  { name: 'knex', bookInvoice: bookWithKnex },
  { name: 'prisma', bookInvoice: bookWithPrisma },
]
const PrismaClient = await generateClient()

const secret = 'a-secret-of-more-than-sixteen-bytes'
const shop = defineProvider<{ paid: Paid }>({
  name: 'shop',
  path: '/webhooks/shop',
  scheme: hmac({ header: 'x-signature', secret }),
  events: {
    paid: { '~standard': { version: 1, vendor: 'shop', validate: (value) => ({ value: value as Paid }) } },
  },
  envelope: ({ type }) => (typeof type === 'string' ? { type } : { code: 'envelope-invalid' }),
})
const silent = (): void => {}
const logger = { debug: silent, info: silent, warn: silent, error: silent }

let database: OwnDatabase
let count = 0

beforeAll(async () => {
  database = await sharedPostgres()
})

afterAll(() => database.stop())

/** As the page shows it; the client is generated at run time, so its types are not known here. */
async function bookWithPrisma(
  { payload }: { payload: Paid },
  { transaction }: HandlerContext,
): Promise<void> {
  const prisma = new PrismaClient({ adapter: adapterOn(await transaction<'postgres'>()) })
  await prisma.$transaction(async (nested) => {
    await nested.invoices.create({ data: { bhe: payload.bhe, net: payload.net } })
  })
  const failed = prisma.$transaction(async (nested) => {
    await nested.invoices.create({ data: { bhe: `${payload.bhe} not`, net: 0 } })
    throw new Error('a part that fails by itself')
  })
  await expect(failed).rejects.toThrow('by itself')
}

/** A receiver over Postgres, and a table of invoices whose rows name the transaction that wrote them. */
async function stage(handler: (event: { payload: Paid }, context: HandlerContext) => Promise<void>) {
  const schema = `recipes_${process.pid}_${++count}`
  const pool = openPool(database.url)
  const inbox = await open(pool, { schema })
  // In `public`, which Prisma names in each statement.
  await pool.query('DROP TABLE IF EXISTS invoices')
  await pool.query(
    `CREATE TABLE invoices (bhe text PRIMARY KEY, net integer NOT NULL, written_by bigint DEFAULT txid_current())`,
  )
  const receiver: Receiver<{ paid: Paid }> = createReceiver(shop, {
    inbox,
    logger,
    retry: { attempts: 3, minDelayMs: 1, maxDelayMs: 5 },
  })
  onTestFinished(() => receiver.close())
  receiver.on('paid', handler, { name: 'book' })
  return {
    pool,
    inbox,
    async send(payload: Paid) {
      const body = Buffer.from(JSON.stringify(payload))
      const proof = createHmac('sha256', secret).update(body).digest('hex')
      const headers = fromRawHeaders(['x-signature', proof])
      const { status } = await receiver.receive({ method: 'POST', url: '/webhooks/shop', headers, body })
      expect(status).toBe(200)
    },
    async invoices() {
      return (await pool.query('SELECT bhe, net, written_by FROM invoices')).rows
    },
    async isOver() {
      const { waiting, leased, delayed } = await inbox.stats()
      return waiting + leased + delayed === 0
    },
  }
}

const paid: Paid = { type: 'paid', bhe: 'b-1', net: 42 }

describe.each(recipes)('the recipe for $name', ({ name, bookInvoice }) => {
  it('writes in the transaction of the client, which commits the completion with it', async () => {
    const seen: { id: unknown; outside: number }[] = []
    const { pool, send, invoices, isOver } = await stage(async (event, context) => {
      await bookInvoice(event, context)
      const client = await context.transaction<'postgres'>()
      const { rows } = await client.query('SELECT txid_current() AS id')
      // Another connection sees nothing of it yet.
      const outside = await pool.query('SELECT 1 FROM invoices')
      seen.push({ id: rows[0]?.id, outside: outside.rows.length })
    })
    await send(paid)
    await until('it is handled', isOver)
    const written = await invoices()
    expect(written).toEqual([{ bhe: 'b-1', net: 42, written_by: seen[0]?.id }])
    expect(seen).toEqual([{ id: expect.stringMatching(/^\d+$/), outside: 0 }])
  })

  it('is rolled back where the handler throws after it, and written once by the next attempt', async () => {
    const before: number[] = []
    const { pool, inbox, send, invoices, isOver } = await stage(async (event, context) => {
      before.push((await pool.query('SELECT 1 FROM invoices')).rows.length)
      await bookInvoice(event, context)
      if (context.attempt === 1) throw new Error('after the write')
    })
    await send(paid)
    await until('it is handled', isOver)
    expect(before).toEqual([0, 0])
    expect(await invoices()).toMatchObject([{ bhe: 'b-1', net: 42 }])
    expect((await inbox.stats()).dead).toBe(0)
  })

  it('leaves each connection to the inbox, which gives it back', async () => {
    const { pool, inbox, send, invoices, isOver } = await stage(bookInvoice)
    // More than the pool has connections.
    for (let at = 0; at < 25; at++) await send({ ...paid, bhe: `b-${at}` })
    await until('all are handled', isOver)
    expect(await invoices()).toHaveLength(25)
    await inbox.close({ timeoutMs: 10_000 })
    await until('all are idle', () => pool.idleCount === pool.totalCount)
    expect(pool.waitingCount).toBe(0)
  })

  it('is what docs/exactly-once-effects.md shows', () => {
    const page = readFileSync(join(root, 'docs/exactly-once-effects.md'), 'utf8')
    const code = readFileSync(join(root, `test/postgres/recipes/${name}.ts`), 'utf8')
    expect(page).toContain(`\`\`\`ts\n// ${name}.ts\n${code}\`\`\`\n`)
  })
})
