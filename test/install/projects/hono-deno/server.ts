import process from 'node:process'
import { redcumbreWebhooks } from '@acuse/hono'
import { Hono } from 'hono'

const webhooks = redcumbreWebhooks(process.env.REDCUMBRE_WEBHOOK_SECRET)
webhooks.on('bhe.emitida', ({ payload }) => {
  const net: number = payload.montos.liquido
  console.log(`handled ${net}`)
})

const app = new Hono()
app.use(webhooks)
const onListen = ({ port }: { port: number }) => console.log(`listening on http://127.0.0.1:${port}`)
const server = Deno.serve({ port: Number(process.env.PORT), hostname: '127.0.0.1', onListen }, app.fetch)
webhooks.work()
Deno.addSignalListener('SIGTERM', async () => {
  await server.shutdown()
  await webhooks.close()
  Deno.exit(0)
})
