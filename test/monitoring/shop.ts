import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, memoryInbox, toNodeHandler, UnrecoverableError } from '@acuse/core'
import { prometheusMetrics } from '@acuse/prometheus'
import { redcumbre } from '@acuse/providers/redcumbre'
import { standardWebhooks } from '@acuse/providers/standard-webhooks'
import { createSender } from '@acuse/sender'
import { Registry } from 'prom-client'

/** Planted where no metric may have it. */
export const planted = {
  secret: 'f4b8c2e1'.repeat(8),
  whsec: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
  person: 'ada@example.com',
} as const

/** A server with two receivers that share their metrics, and `/metrics`. */
export async function openShop() {
  // As many as the shop sends: its memory passes its mark.
  const inbox = memoryInbox({ maxIdempotencyKeys: 4 })
  const { observer, register } = prometheusMetrics({
    register: new Registry(),
    inboxes: { main: inbox },
    statsCacheMs: 0,
  })
  const options = { inbox, observer, retry: { attempts: 2, minDelayMs: 0, maxDelayMs: 0 } }
  const bills = createReceiver(redcumbre(planted.secret), options)
  bills.on('bhe.emitida', function bill() {})
  bills.on('bhe.emision_terminada', function book() {
    throw new UnrecoverableError(`no bill of ${planted.person}`)
  })
  const orders = createReceiver(standardWebhooks({ secret: planted.whsec, name: 'acme' }), options)
  let failures = 1
  orders.on('contact.created', function ship() {
    if (failures-- > 0) throw new Error(`${planted.person} is not known yet`)
  })
  const handlers = new Map([bills, orders].map((receiver) => [receiver.path, toNodeHandler(receiver)]))
  const server = createServer(async (request, response) => {
    const handler = handlers.get(request.url ?? '')
    if (handler) return handler(request, response)
    response.setHeader('content-type', register.contentType)
    return response.end(await register.metrics())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    paths: { bills: bills.path, orders: orders.path },
    onIdle: () => Promise.all([bills.onIdle(), orders.onIdle()]),
    async close() {
      await Promise.all([bills.close(), orders.close()])
      await inbox.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A shop that is open. */
export type Shop = Awaited<ReturnType<typeof openShop>>

/** Lets everything happen once that metrics tell of. */
export async function visit(shop: Shop): Promise<void> {
  const url = shop.origin + shop.paths.bills
  const sender = createSender({ provider: redcumbre, secret: planted.secret, url })
  const sent = await sender.send('bhe.emitida')
  await sender.resend(sent)
  await sender.send('bhe.emision_terminada')
  await sender.send('bhe.emitida', {}, { at: new Date(Date.now() - 86_400_000 * 30), attempts: 1 })
  await sender.send('bhe.emision_fallida')
  const forger = createSender({ provider: redcumbre, secret: 'e5d4c3b2'.repeat(8), url })
  await forger.send('bhe.emitida', {}, { attempts: 1 })
  const acme = createSender({
    provider: (secret: string) => standardWebhooks({ secret, name: 'acme' }),
    secret: planted.whsec,
    url: shop.origin + shop.paths.orders,
  })
  await acme.send('contact.created', { data: { fullName: planted.person } })
  await shop.onIdle()
}
