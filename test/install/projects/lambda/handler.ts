import { redcumbreWebhooks } from '@acuse/hono'
import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'

const webhooks = redcumbreWebhooks(process.env.REDCUMBRE_WEBHOOK_SECRET, { ack: 'handled' })
webhooks.on('bhe.emitida', ({ payload }) => {
  const net: number = payload.montos.liquido
  console.log(`handled ${net}`)
})

export const handler = handle(new Hono().use(webhooks))
