import { redcumbreWebhooks } from '@acuse/hono'
import { Hono } from 'hono'

const webhooks = redcumbreWebhooks(process.env.REDCUMBRE_WEBHOOK_SECRET)
webhooks.on('bhe.emitida', ({ payload }) => {
  const net: number = payload.montos.liquido
  console.log(`handled ${net}`)
})

const app = new Hono()
app.use(webhooks)
const server = Bun.serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
webhooks.work()
console.log(`listening on http://127.0.0.1:${server.port}`)
process.once('SIGTERM', async () => {
  await server.stop()
  await webhooks.close()
  process.exit(0)
})
