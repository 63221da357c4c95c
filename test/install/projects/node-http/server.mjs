import { createServer } from 'node:http'
import { createReceiver, toNodeHandler } from '@acuse/core'
import { closeOn } from '@acuse/core/operate'
import { redcumbre } from '@acuse/providers/redcumbre'

const receiver = createReceiver(redcumbre(process.env.REDCUMBRE_WEBHOOK_SECRET))
receiver.on('bhe.emitida', ({ payload }) => console.log(`handled ${payload.montos.liquido}`))

const server = createServer(toNodeHandler(receiver)).listen(Number(process.env.PORT), '127.0.0.1', () => {
  receiver.work()
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})
closeOn(server, receiver)
