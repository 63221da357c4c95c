import { redcumbreWebhooks } from '@acuse/hono'
import { Hono } from 'hono'

const app = new Hono<{ Bindings: { REDCUMBRE_WEBHOOK_SECRET: string } }>()
let webhooks: ReturnType<typeof redcumbreWebhooks> | undefined

app.use(async (context, next) => {
  if (!webhooks) {
    webhooks = redcumbreWebhooks(context.env.REDCUMBRE_WEBHOOK_SECRET, { ack: 'handled' })
    webhooks.on('bhe.emitida', ({ payload }) => console.log(`handled ${payload.montos.liquido}`))
  }
  return webhooks(context, next)
})

export default app
