import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createReceiver,
  defineProvider,
  memoryInbox,
  type Provider,
  type Scheme,
  toNodeHandler,
} from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { schemeCases } from '../../../test/support/schemes.ts'
import { createSender } from '../src/index.ts'

interface Events {
  'order.paid': { type: 'order.paid'; id: number }
}

/** A provider that states nothing but its scheme, or headers of its own. */
function acme(scheme: Scheme, headers?: () => Record<string, string>): Provider<Events> {
  const validate = (value: unknown) => ({ value: value as Events['order.paid'] })
  return defineProvider<Events>({
    name: 'acme',
    path: '/webhooks/acme',
    scheme,
    events: { 'order.paid': { '~standard': { version: 1, vendor: 'test', validate } } },
    envelope: () => ({ type: 'order.paid' }),
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 5_000,
      samples: async () => ({ 'order.paid': { type: 'order.paid', id: 1 } }),
      stamp: (payload, at) => ({ ...payload, id: at.getTime() }),
      ...(headers ? { headers } : undefined),
    },
  })
}

async function sendingTo(receiving: Scheme, sending: Scheme, headers?: () => Record<string, string>) {
  const inbox = memoryInbox({ maxIdempotencyKeys: 10 })
  const receiver = createReceiver(acme(receiving), { inbox, handle: 'all' })
  const seen: Record<string, unknown>[] = []
  const handler = toNodeHandler(receiver)
  const server = createServer((request, response) => {
    seen.push(request.headers)
    return handler(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const sender = createSender({ provider: () => acme(sending, headers), secret: undefined, url })
  const stop = (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    return receiver.close()
  }
  return { sender, seen, stop }
}

describe.each(schemeCases)('by $name', ({ receiver, sender: scheme, header }) => {
  it('it sends what a receiver takes, each a delivery of its own, and resends a duplicate', async () => {
    const { sender, stop } = await sendingTo(receiver, scheme)
    const first = await sender.send('order.paid')
    expect(first).toMatchObject({ delivered: true, status: 200 })
    expect((await sender.send('order.paid')).attempts[0]?.answer).not.toContain('duplicate')
    expect((await sender.resend(first)).attempts[0]?.answer).toContain('"duplicate":true')
    expect(first.request.headers).toHaveProperty(header)
    await stop()
  })
})

describe('headers that are signed', () => {
  const standard = schemeCases.find(({ name }) => name === 'hmac id.t.body')

  it("are the provider's where it states them, in any case, and fresh where it does not", async () => {
    if (!standard) throw new Error('no case signs headers')
    const headers = () => ({ 'Webhook-Id': 'msg_stated' })
    const { sender, seen, stop } = await sendingTo(standard.receiver, standard.sender, headers)
    const at = new Date('2025-12-10T15:30:00.900Z')
    expect((await sender.send('order.paid', {}, { at })).status).toBe(200)
    expect(seen).toMatchObject([{ 'webhook-id': 'msg_stated', 'webhook-timestamp': '1765380600' }])
    await stop()
  })
})
