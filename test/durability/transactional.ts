// A receiver on Postgres in a process of its own. Its handlers insert a row in the transaction that they are given, and make no
// use of the event's id; each takes HANDLER_DELAY_MS at most. With BOOK=no they do nothing.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createReceiver, toNodeHandler } from '@acuse/core'
import { closeOn } from '@acuse/core/operate'
import { postgresInbox } from '@acuse/postgres'
import { redcumbre } from '@acuse/providers/redcumbre'
import { logHandled } from 'example-shared'
import { Pool } from 'pg'
import { makeBooks } from './books.ts'

const {
  PORT = '',
  REDCUMBRE_WEBHOOK_SECRET = '',
  INBOX = '',
  LEASE_MS = '1000',
  RETENTION_MS,
  HANDLED_LOG = '',
  HANDLER_DELAY_MS = '0',
  BOOK = 'yes',
} = process.env

const handlers = 16
/** Transactions leave four connections to the rest. */
const pool = new Pool({ connectionString: INBOX.slice('postgres:'.length), max: handlers + 4 })
const inbox = postgresInbox(pool, {
  leaseMs: Number(LEASE_MS),
  ...(RETENTION_MS && { retentionMs: Number(RETENTION_MS) }),
})
await inbox.migrate()
if (BOOK === 'yes') await pool.query(makeBooks)

const provider = redcumbre(REDCUMBRE_WEBHOOK_SECRET)
/** A key is kept for as long as its sender may come again: here for its table and an answer. */
const hasty = { ...provider, limits: { ...provider.limits, retriesForMs: 31_000, ackTimeoutMs: 5_000 } }
const receiver = createReceiver(RETENTION_MS ? hasty : provider, {
  inbox,
  ...(RETENTION_MS && { tolerance: { futureMs: 5_000 } }),
  concurrency: handlers,
  retry: { attempts: 1_000, crashes: 1_000, minDelayMs: 10, maxDelayMs: 500 },
})

receiver.on('bhe.emitida', async ({ id, type, payload }, { attempt, transaction }) => {
  if (BOOK === 'yes') {
    const client = await transaction<'postgres'>()
    await client.query('INSERT INTO entries (document) VALUES ($1)', [payload.bheId])
    await sleep(Math.random() * Number(HANDLER_DELAY_MS))
  }
  logHandled(HANDLED_LOG, { id, type, attempt, payload })
})
receiver.work()

const server = createServer(toNodeHandler(receiver))
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${PORT}`))
closeOn(server, [receiver, { close: () => pool.end() }], { timeoutMs: 5_000 })
