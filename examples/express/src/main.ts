// A receiver of Redcumbre's webhooks in Express. Configured by environment variables, see README.md.
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { hardenServer, UnrecoverableError } from '@acuse/core'
import { closeOn, health } from '@acuse/core/operate'
import { toNodeListener } from '@acuse/dashboard'
import { redcumbreWebhooks } from '@acuse/express'
import { inboxOf, logHandled, openLedger } from 'example-shared'
import express from 'express'
import { openDashboard } from './dashboard.ts'

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
  DASHBOARD,
  FAILS,
} = process.env

const app = express()
const board = DASHBOARD ? openDashboard(DASHBOARD, () => [webhooks]) : undefined
const webhooks = redcumbreWebhooks(REDCUMBRE_WEBHOOK_SECRET, {
  inbox: inboxOf(INBOX, { fallback: FALLBACK, leaseMs: Number(LEASE_MS), retains: board !== undefined }),
  ...(board && { observer: board.observer, capture: { refused: 50, keep: board.keepRefused } }),
})
const ledger = LEDGER ? openLedger(LEDGER) : undefined

webhooks.on('bhe.emitida', ({ id, payload }) => {
  // An event may be handled twice when a crash comes between its handler and the note of it: `id` is then the same.
  ledger?.enter(id, payload.bheId, payload.montos.liquido)
  console.log(`boleta ${payload.folioSii}: ${payload.montos.liquido} CLP net`)
})
webhooks.on('*', async ({ id, type, payload }, { attempt }) => {
  await sleep(Number(HANDLER_DELAY_MS))
  if (type === FAILS) throw new UnrecoverableError('the ledger is closed for this document')
  logHandled(HANDLED_LOG, { id, type, attempt, payload })
})
webhooks.onUnknown(({ type }) => console.log(`an event that this version does not know: ${type}`))

app.use(webhooks)
if (board) app.use(toNodeListener(board))
// GET /healthz and /readyz.
app.use(health(webhooks).node)
app.use(express.json())
app.get('/', (_request, response) => {
  response.send('acuse example: POST /webhooks/redcumbre\n')
})

const server = app.listen(Number(PORT), HOST, (error) => {
  if (error) throw error
  // Deliveries that an earlier process left are handled at once, not at the first request.
  webhooks.work()
  console.log(`listening on http://${HOST}:${(server.address() as AddressInfo).port}`)
})

hardenServer(server)
// Running handlers finish, what is being answered is answered, and the process ends by itself within 5 s.
closeOn(server, webhooks, { timeoutMs: 5_000 })
