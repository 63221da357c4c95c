// A receiver of Redcumbre's webhooks in Fastify. Configured by environment variables, see README.md.
import { setTimeout as sleep } from 'node:timers/promises'
import { hardenServer } from '@acuse/core'
import { closeOn, health } from '@acuse/core/operate'
import { redcumbreWebhooks } from '@acuse/fastify'
import { inboxOf, logHandled, openLedger } from 'example-shared'
import fastify from 'fastify'

const {
  HOST = '127.0.0.1',
  PORT = '3000',
  REDCUMBRE_WEBHOOK_SECRET,
  INBOX = 'memory',
  FALLBACK,
  LEASE_MS = '30000',
  LEDGER,
  HANDLED_LOG,
  HANDLER_DELAY_MS = '0',
} = process.env

const app = fastify()
const webhooks = redcumbreWebhooks(REDCUMBRE_WEBHOOK_SECRET, {
  inbox: inboxOf(INBOX, { fallback: FALLBACK, leaseMs: Number(LEASE_MS) }),
})
const ledger = LEDGER ? openLedger(LEDGER) : undefined

webhooks.on('bhe.emitida', ({ id, payload }) => {
  // An event may be handled twice when a crash comes between its handler and the note of it: `id` is then the same.
  ledger?.enter(id, payload.bheId, payload.montos.liquido)
  console.log(`boleta ${payload.folioSii}: ${payload.montos.liquido} CLP net`)
})
webhooks.on('*', async ({ id, type, payload }, { attempt }) => {
  await sleep(Number(HANDLER_DELAY_MS))
  logHandled(HANDLED_LOG, { id, type, attempt, payload })
})
webhooks.onUnknown(({ type }) => console.log(`an event that this version does not know: ${type}`))

app.register(webhooks)
const probes = health(webhooks)
for (const path of ['/healthz', '/readyz']) {
  app.get(path, (request, reply) => {
    reply.hijack()
    return probes.node(request.raw, reply.raw)
  })
}
app.get('/', async () => 'acuse example: POST /webhooks/redcumbre\n')
hardenServer(app.server)
// Running handlers finish, what is being answered is answered, and the process ends by itself within 5 s.
closeOn(app, webhooks, { timeoutMs: 5_000 })

const address = await app.listen({ port: Number(PORT), host: HOST })
// Deliveries that an earlier process left are handled at once, not at the first request.
webhooks.work()
console.log(`listening on ${address}`)
