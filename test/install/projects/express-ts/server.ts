import type { AddressInfo } from 'node:net'
import { closeOn } from '@acuse/core/operate'
import { redcumbreWebhooks } from '@acuse/express'
import express from 'express'

const webhooks = redcumbreWebhooks(process.env.REDCUMBRE_WEBHOOK_SECRET)
webhooks.on('bhe.emitida', ({ payload }) => {
  const net: number = payload.montos.liquido
  console.log(`handled ${net}`)
})
// @ts-expect-error: there is no such event; a typo does not compile.
if (process.env.NEVER) webhooks.on('bhe.emitidaa', () => {})

const app = express()
app.use(webhooks)
const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => {
  webhooks.work()
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
closeOn(server, webhooks)
