// A receiver of Redcumbre's webhooks, its worker, or both, in a process of its own. ROLE is `both`; `web`, which has no
// handlers and `work: false`; `bare`, which has no handlers and says nothing of it; or `worker`, which does not listen.
// ON names the events that have a handler. INBOX is that of the examples, or the options of a BullMQ connection as JSON.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { bullmqInbox } from '@acuse/bullmq'
import { createReceiver, type Inbox, toNodeHandler } from '@acuse/core'
import { closeOn } from '@acuse/core/operate'
import { redcumbre } from '@acuse/providers/redcumbre'
import { inboxOf, logHandled } from 'example-shared'

const {
  PORT = '',
  SECRET = '',
  INBOX = '',
  REPLICAS = '0',
  LEASE_MS = '1000',
  ROLE = 'both',
  ON = 'bhe.emitida',
  HANDLED_LOG = '',
  HANDLER_MS = '0',
} = process.env

const reportMs = 1_000

/** On Redis, what goes wrong is counted, and printed once a second. */
function toInbox(): Inbox {
  const leaseMs = Number(LEASE_MS)
  const url = /^bullmq:(.+)$/.exec(INBOX)?.[1]
  const connection = INBOX.startsWith('{') ? JSON.parse(INBOX) : url
  if (connection === undefined) return inboxOf(INBOX, { leaseMs })
  let errors = 0
  setInterval(() => {
    if (errors > 0) console.log(`errors ${errors}`)
    errors = 0
  }, reportMs).unref()
  return bullmqInbox({
    connection,
    leaseMs,
    onError: () => {
      errors++
    },
    ...(REPLICAS !== '0' && { replicas: Number(REPLICAS) }),
  })
}

const handles = ROLE === 'both' || ROLE === 'worker'
const receiver = createReceiver(redcumbre(SECRET), {
  inbox: toInbox(),
  ...(ROLE === 'web' && { work: false }),
})

if (handles) {
  for (const pattern of ON.split(',')) {
    receiver.on(pattern as 'bhe.emitida', async ({ id, type, payload }, { attempt }) => {
      if (HANDLER_MS !== '0') await sleep(Number(HANDLER_MS))
      logHandled(HANDLED_LOG, { id, type, attempt, payload })
    })
  }
  receiver.work()
}

if (ROLE === 'worker') {
  // Polls keep no process alive.
  setInterval(() => {}, 60_000)
  console.log('listening to the inbox only')
  process.once('SIGTERM', async () => {
    await receiver.close({ timeoutMs: 4_000 })
    process.exit(0)
  })
} else {
  const server = createServer(toNodeHandler(receiver))
  server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${PORT}`))
  closeOn(server, receiver, { timeoutMs: 5_000 })
}
