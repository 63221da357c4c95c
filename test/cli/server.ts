// A service in a process of its own: it receives, and handles unless the file BROKEN is there. INBOX as in the examples.
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, toNodeHandler } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { inboxOf } from 'example-shared'

const { SECRET = '', INBOX = '', BROKEN = '' } = process.env

const receiver = createReceiver(redcumbre(SECRET), {
  inbox: inboxOf(INBOX, { leaseMs: 30_000 }),
  keepHeaders: ['x-request-id'],
  retry: { attempts: 2, minDelayMs: 1, maxDelayMs: 5 },
  observer: (observation) => {
    if (observation.type === 'dead') console.log(`dead ${observation.id}`)
  },
})

receiver.on('*', function book({ id }) {
  if (existsSync(BROKEN)) throw new Error('the ledger is closed')
  console.log(`handled ${id}`)
})

const server = createServer(toNodeHandler(receiver)).listen(0, '127.0.0.1', () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`)
})

process.once('SIGTERM', async () => {
  server.close()
  await receiver.close()
  server.closeAllConnections()
  process.exit(0)
})
