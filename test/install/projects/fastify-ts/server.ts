import { closeOn } from '@acuse/core/operate'
import { redcumbreWebhooks } from '@acuse/fastify'
import fastify from 'fastify'

const webhooks = redcumbreWebhooks(process.env.REDCUMBRE_WEBHOOK_SECRET)
webhooks.on('bhe.emitida', ({ payload }) => {
  const net: number = payload.montos.liquido
  console.log(`handled ${net}`)
})
// @ts-expect-error: there is no such event; a typo does not compile.
if (process.env.NEVER) webhooks.on('bhe.emitidaa', () => {})

const app = fastify()
app.register(webhooks)
closeOn(app, webhooks)
void app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' }).then((url) => {
  console.log(`listening on ${url}`)
})
