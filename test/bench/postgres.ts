// `pnpm bench:postgres`: accepts against bare inserts in the same run, what a worker handles, and what tombstones cost.
import { randomUUID } from 'node:crypto'
import type { Delivery } from '@acuse/core'
import { type PostgresInbox, postgresInbox } from '@acuse/postgres'
import { Pool } from 'pg'
import { startPostgres } from '../support/postgres.ts'

const isShort = process.argv.includes('--short')
const roundMs = isShort ? 300 : 3_000
const rounds = isShort ? 1 : 4
const events = isShort ? 2_000 : 30_000
const tombstones = isShort ? 10_000 : 1_000_000
const waiting = isShort ? 1_000 : 100_000
const headers = { 'content-type': 'application/json' }
const body = Buffer.from(JSON.stringify({ event: 'bhe.emitida', filler: 'x'.repeat(380) }))

function delivery(id: string = randomUUID()): Delivery {
  return {
    id,
    endpoint: 'bench',
    provider: 'bench',
    type: 'thing.made',
    bodyHash: id,
    keyId: 'default',
    occurredAt: undefined,
    receivedAt: new Date(),
    headers,
    orderingKey: undefined,
    body,
  }
}

const server = await startPostgres()
const pool = new Pool({ connectionString: await server.createDatabase(), max: 10 })
const inbox = postgresInbox(pool, { pollMs: 20 })
await inbox.migrate()
await pool.query(
  'CREATE TABLE bare (id text PRIMARY KEY, type text, received_at timestamptz, headers json, body bytea)',
)
const bare = () =>
  pool.query('INSERT INTO bare VALUES ($1, $2, $3, $4, $5)', [
    randomUUID(),
    'thing.made',
    new Date(),
    JSON.stringify(headers),
    body,
  ])

for (const callers of [1, 16, 128]) {
  const ratios: number[] = []
  const figures: number[][] = []
  for (let round = 0; round < rounds; round++) {
    const plain = await perSecond(callers, bare)
    const ours = await perSecond(callers, async () => inbox.accept(delivery(), { minRetentionMs: 1 }))
    ratios.push(ours / plain)
    figures.push([Math.round(ours), Math.round(plain)])
  }
  console.log(`accept, ${callers} callers: ${median(ratios).toFixed(2)} of a bare insert`, figures)
}
await pool.query('TRUNCATE acuse.deliveries; TRUNCATE acuse.idempotency_keys')
await worker(inbox)
await firstOfMany()
await inbox.close()
await pool.end()
await server.stop()

async function perSecond(callers: number, act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  let count = 0
  const call = async () => {
    for (; performance.now() - startedAt < roundMs; count++) await act()
  }
  await Promise.all(Array.from({ length: callers }, call))
  return (count * 1_000) / (performance.now() - startedAt)
}

async function worker(of: PostgresInbox): Promise<void> {
  for (let at = 0; at < events; at += 1_000)
    await Promise.all(Array.from({ length: 1_000 }, () => of.accept(delivery(), { minRetentionMs: 1 })))
  const consumer = consume(of, 64)
  const startedAt = performance.now()
  consumer.start()
  await consumer.onIdle()
  console.log(
    `worker: ${Math.round((events * 1_000) / (performance.now() - startedAt))} events/s, no-op handlers`,
  )
  await consumer.close({ timeoutMs: 1_000 })
}

/** How soon the first 200 are handed out where much was handled before, and much waits. */
async function firstOfMany(): Promise<void> {
  await pool.query(
    `INSERT INTO acuse.idempotency_keys SELECT 'old ' || n, 'hash', now() + interval '7 days' FROM generate_series(1, $1::int) AS n`,
    [tombstones],
  )
  await pool.query(
    `INSERT INTO acuse.deliveries (id, endpoint, provider, type, body_hash, key_id, received_at, headers, body, state)
     SELECT 'waiting ' || n, 'bench', 'bench', 'thing.made', 'hash', 'default', now(), '{}', $2, 'waiting'
     FROM generate_series(1, $1::int) AS n`,
    [waiting, body],
  )
  let count = 0
  const startedAt = performance.now()
  await new Promise<void>((resolve) => {
    const consumer = consume(inbox, 64, () => {
      if (++count === 200) resolve()
    })
    consumer.start()
  })
  console.log(
    `${tombstones} tombstones, ${waiting} waiting: the first 200 within ${Math.round(performance.now() - startedAt)} ms`,
  )
}

function consume(of: PostgresInbox, concurrency: number, onHandled = (): void => {}) {
  return of.consume(
    async () => {
      onHandled()
      return { status: 'done', handlers: 1 }
    },
    { endpoint: 'bench', handles: () => ({ except: [] }), concurrency, retry: {}, observer: () => {} },
  )
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
