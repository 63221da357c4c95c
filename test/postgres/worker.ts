// Handles what is in an inbox, each with an effect in the transaction of its completion; a test kills it. Argv: URL, schema.
import { setTimeout as sleep } from 'node:timers/promises'
import { postgresInbox } from '@acuse/postgres'
import { Pool, type PoolClient } from 'pg'

const [, , url = '', schema = ''] = process.argv
const pool = new Pool({ connectionString: url, max: 12 })
const inbox = postgresInbox(pool, { schema, leaseMs: 500, pollMs: 50 })
const consumer = inbox.consume(
  async ({ id }, lease) => {
    // As the receiver does: what completed does not run again.
    if (lease.completed.includes('effect')) return { status: 'done', handlers: 0 }
    const transaction = lease.transaction?.()
    if (!transaction) throw new Error('There is no transaction')
    const client = (await transaction.begin()) as PoolClient
    await client.query(`INSERT INTO ${schema}.effects VALUES ($1, $2)`, [id, lease.attempt])
    await sleep(Math.random() * 20)
    if (!(await transaction.commit('effect'))) throw new Error('The lease is lost')
    await sleep(Math.random() * 20)
    return { status: 'done', handlers: 1 }
  },
  {
    endpoint: 'acme',
    handles: () => ({ except: [] }),
    concurrency: 8,
    retry: { attempts: 1_000, crashes: 1_000, minDelayMs: 1, maxDelayMs: 5 },
    observer: ({ type }) => void process.stdout.write(`${type}\n`),
  },
)
consumer.start()
