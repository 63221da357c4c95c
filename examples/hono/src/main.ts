// A receiver of Redcumbre's webhooks in Hono on Node. Configured by environment variables, see README.md.
import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { hardenServer } from '@acuse/core'
import { closeOn, health } from '@acuse/core/operate'
import { redcumbreWebhooks } from '@acuse/hono'
import { serve } from '@hono/node-server'
import { inboxOf, logHandled, openLedger } from 'example-shared'
import { Hono } from 'hono'

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

const app = new Hono()
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

app.use(webhooks)
const probes = health(webhooks)
app.on('GET', ['/healthz', '/readyz'], (context) => probes.fetch(context.req.raw))
app.get('/', (context) => context.text('acuse example: POST /webhooks/redcumbre\n'))

const server = serve({ fetch: app.fetch, port: Number(PORT), hostname: HOST }, ({ port }) => {
  // Deliveries that an earlier process left are handled at once, not at the first request.
  webhooks.work()
  console.log(`listening on http://${HOST}:${port}`)
}) as Server
hardenServer(server)
// Running handlers finish, what is being answered is answered, and the process ends by itself within 5 s.
closeOn(server, webhooks, { timeoutMs: 5_000 })
