import { closeOn } from '@acuse/core/operate'
import { redcumbreWebhooks } from '@acuse/hono'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const webhooks = redcumbreWebhooks(process.env.REDCUMBRE_WEBHOOK_SECRET)
webhooks.on('bhe.emitida', ({ payload }) => {
  const net: number = payload.montos.liquido
  console.log(`handled ${net}`)
})
// @ts-expect-error: there is no such event; a typo does not compile.
if (process.env.NEVER) webhooks.on('bhe.emitidaa', () => {})

const app = new Hono()
app.use(webhooks)
const server = serve(
  { fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' },
  ({ port }) => {
    webhooks.work()
    console.log(`listening on http://127.0.0.1:${port}`)
  },
)
closeOn(server, webhooks)
