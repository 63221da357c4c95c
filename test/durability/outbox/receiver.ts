// Receives what the shop sends, in a process of its own, which nobody kills; its inbox is the file INBOX. It refuses a part,
// and leaves a part that it accepted without an answer. Prints `handled` with the order, and `copy` for each that it has.
import { createServer } from 'node:http'
import { createReceiver, toNodeHandler } from '@acuse/core'
import { sqliteInbox } from '@acuse/sqlite'
import { secret, shop } from './provider.ts'

const { PORT = '', INBOX = '' } = process.env
const refused = 0.05
const unanswered = 0.05

const receiver = createReceiver(shop(secret), {
  inbox: sqliteInbox(INBOX),
  observer: ({ type }) => {
    if (type === 'duplicate' || type === 'rejected') console.log(type)
  },
})
receiver.on('order.paid', ({ payload }) => console.log('handled', payload.data.id))
const handler = toNodeHandler(receiver)
const server = createServer((request, response) => {
  const chance = Math.random()
  if (chance < refused) {
    response.writeHead(503).end('not now')
    return
  }
  if (chance < refused + unanswered) response.writeHead = () => response.destroy()
  handler(request, response)
})
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${PORT}`))
