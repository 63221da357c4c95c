// A Fastify receiver with everything on, in a process of its own. INBOX is `memory` or the path of a file.
import type { AddressInfo } from 'node:net'
import { memoryInbox } from '@acuse/core'
import { redcumbreWebhooks } from '@acuse/fastify'
import { sqliteInbox } from '@acuse/sqlite'
import fastify from 'fastify'

const { SECRET = '', INBOX = 'memory' } = process.env

const app = fastify()
const webhooks = redcumbreWebhooks(SECRET, { inbox: INBOX === 'memory' ? memoryInbox() : sqliteInbox(INBOX) })
webhooks.on('*', () => {})
app.register(webhooks)
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(`listening on ${(app.server.address() as AddressInfo).port}`)

process.once('SIGTERM', async () => {
  await app.close()
  process.exit(0)
})
