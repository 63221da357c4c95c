// A provider's API is asked for what its webhooks missed. See README.md.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, toNodeHandler } from '@acuse/core'
import { type ReconcileRound, reconcile } from '@acuse/core/reconcile'
import { redcumbre } from '@acuse/providers/redcumbre'
import { inboxOf } from 'example-shared'
import { type EventPage, startFakeProvider } from './fake-provider.ts'

const { INBOX = 'memory' } = process.env
/** Of this run and its provider, which are one process. */
const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')

const receiver = createReceiver(redcumbre(secret), { inbox: inboxOf(INBOX, { leaseMs: 30_000 }) })
const handled: unknown[] = []
receiver.on('bhe.emitida', ({ payload }, { trust }) => {
  handled.push(payload.bheId)
  console.log(`handled ${payload.bheId}: ${trust}`)
})

const server = createServer(toNodeHandler(receiver)).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const provider = await startFakeProvider(secret, `http://127.0.0.1:${port}${receiver.path}`)

const reconciler = reconcile(receiver, {
  async list(since, cursor, signal) {
    const query = new URLSearchParams({ since: since.toISOString(), ...(cursor !== undefined && { cursor }) })
    const response = await fetch(`${provider.events}?${query}`, { signal })
    if (!response.ok) throw new Error(`The API answered ${response.status}`)
    const { events, next } = (await response.json()) as EventPage
    return {
      items: events.map((event) => ({ body: JSON.stringify(event) })),
      ...(next !== undefined && { next }),
    }
  },
})

await provider.sendAllButOne()
await receiver.onIdle()
// A service says start(), and has a round every 15 minutes.
print(await reconciler.round())
await receiver.onIdle()
print(await reconciler.round())
await receiver.onIdle()

await reconciler.close()
provider.close()
server.close()
server.closeAllConnections()
await receiver.close()
process.exitCode = new Set(handled).size === 3 && handled.length === 3 ? 0 : 1

function print({ complete, listed, accepted, duplicates }: ReconcileRound): void {
  const outcome = complete ? 'complete' : 'not complete'
  console.log(`round ${outcome}: ${listed} listed, ${accepted} accepted, ${duplicates} had come`)
}
