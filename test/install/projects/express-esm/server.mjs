import { closeOn } from '@acuse/core/operate'
import { redcumbreWebhooks } from '@acuse/express'
import express from 'express'

const webhooks = redcumbreWebhooks(process.env.REDCUMBRE_WEBHOOK_SECRET)
webhooks.on('bhe.emitida', ({ payload }) => console.log(`handled ${payload.montos.liquido}`))

const app = express()
app.use(webhooks)
const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => {
  webhooks.work()
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})
closeOn(server, webhooks)
