// An ESM application, one of whose dependencies is CommonJS and requires its own copy of our packages.
import { createRequire } from 'node:module'
import { closeOn } from '@acuse/core/operate'
import { webhooks } from '@acuse/express'
import express from 'express'

const require = createRequire(import.meta.url)
const { UnrecoverableError } = require('@acuse/core')
const { redcumbre } = require('@acuse/providers/redcumbre')

const received = webhooks(redcumbre(process.env.REDCUMBRE_WEBHOOK_SECRET), {
  observer: (observation) => {
    if (observation.type === 'dead')
      console.log(`dead: ${observation.reason} at attempt ${observation.attempt}`)
  },
})
received.on('bhe.emitida', ({ payload }) => {
  console.log(`handled ${payload.montos.liquido}`)
  throw new UnrecoverableError('the error of the other build')
})

const app = express()
app.use(received)
const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => {
  received.work()
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})
closeOn(server, received)
