import type { AddressInfo } from 'node:net'
import { createReceiver, toNodeHandler } from '@acuse/core'
import { closeOn } from '@acuse/core/operate'
import { redcumbre } from '@acuse/providers/redcumbre'
import Koa from 'koa'

const receiver = createReceiver(redcumbre(process.env.REDCUMBRE_WEBHOOK_SECRET))
receiver.on('bhe.emitida', ({ payload }) => {
  const net: number = payload.montos.liquido
  console.log(`handled ${net}`)
})

const deliver = toNodeHandler(receiver)
const app = new Koa()
app.use(async (context, next) => {
  if (context.path !== '/webhooks/redcumbre') return next()
  context.respond = false
  await deliver(context.req, context.res)
})
const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => {
  receiver.work()
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
closeOn(server, receiver)
