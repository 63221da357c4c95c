import type { AddressInfo } from 'node:net'
import { closeOn } from '@acuse/core/operate'
import express from 'express'
import { receive } from 'handlers'

const webhooks = receive()
const app = express()
app.use(webhooks)
const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => {
  webhooks.work()
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
closeOn(server, webhooks)
