import { bullmqInbox } from '@acuse/bullmq'
import { memoryInbox } from '@acuse/core'
import { dashboard } from '@acuse/dashboard'
import { redcumbreWebhooks } from '@acuse/express'
import { otel } from '@acuse/otel'
import { postgresInbox } from '@acuse/postgres'
import { prometheusMetrics } from '@acuse/prometheus'
import { github } from '@acuse/providers/github'
import { stripe } from '@acuse/providers/stripe'
import { redisDedupe } from '@acuse/redis'
import { createOutbox, sqliteOutbox } from '@acuse/sender/outbox'
import { sqliteInbox } from '@acuse/sqlite'
import { Redis } from 'ioredis'
import { Pool } from 'pg'

export const bullmq = () => bullmqInbox({ connection: 'redis://127.0.0.1' })
export const postgres = () => {
  const inbox = postgresInbox(new Pool(), { retain: { bodiesForMs: 1_000 } })
  redcumbreWebhooks('secret', { inbox }).on('bhe.emitida', async ({ payload }, { transaction }) => {
    const client = await transaction<'postgres'>()
    await client.query('insert into invoices values ($1)', [payload.bheId])
  })
}
export const memory = () => memoryInbox({ dedupe: redisDedupe(new Redis('redis://127.0.0.1')) })
export const others = [
  sqliteInbox,
  dashboard,
  otel,
  prometheusMetrics,
  stripe,
  github,
  createOutbox,
  sqliteOutbox,
]
