import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, memoryInbox, type Observation, toNodeHandler, UnrecoverableError } from '@acuse/core'
import { alerts, webhookNotifier } from '@acuse/core/alerts'
import { redcumbre } from '@acuse/providers/redcumbre'
import { standardWebhooks } from '@acuse/providers/standard-webhooks'
import { createSender } from '@acuse/sender'
import { afterEach, describe, expect, it } from 'vitest'

const secret = 'c0ffee00'.repeat(8)
const alertSecret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`

interface AlertEvents {
  readonly 'alert.firing': { readonly data: Record<string, unknown> }
  readonly 'alert.resolved': { readonly data: Record<string, unknown> }
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function listen(handler: ReturnType<typeof toNodeHandler>): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A receiver of alerts, as whoever is on call may have one. */
async function openPager(keys: string) {
  const observations: Observation[] = []
  const heard: Record<string, unknown>[] = []
  const ring = new EventTarget()
  const pager = createReceiver(standardWebhooks<AlertEvents>({ name: 'alerts', secret: keys }), {
    inbox: memoryInbox(),
    observer: (observation) => {
      observations.push(observation)
      ring.dispatchEvent(new Event('ring'))
    },
  })
  for (const name of ['alert.firing', 'alert.resolved'] as const)
    pager.on(name, ({ payload }) => {
      heard.push(payload.data)
    })
  cleanups.push(() => pager.close())
  const seen = async (type: Observation['type'], count: number): Promise<void> => {
    while (observations.filter((each) => each.type === type).length < count) await once(ring, 'ring')
  }
  return { url: (await listen(toNodeHandler(pager))) + pager.path, heard, observations, seen }
}

/** A receiver of bills that cannot be handled, and whose alerts go to an address. */
async function openShop(url: string) {
  const logged: string[] = []
  const drop = (): void => {}
  const logger = {
    debug: drop,
    info: drop,
    error: drop,
    warn: (_details: object, text: string) => logged.push(text),
  }
  const watching = alerts({
    notify: webhookNotifier({ url, secret: alertSecret }),
    windowMs: 10_000,
    attempts: 1,
    logger,
  })
  cleanups.push(() => watching.close())
  const bills = createReceiver(redcumbre(secret), { inbox: memoryInbox(), observer: watching.observer })
  bills.on('bhe.emitida', () => {
    throw new UnrecoverableError('ada@example.com is not known')
  })
  cleanups.push(() => bills.close())
  const sender = createSender({
    provider: redcumbre,
    secret,
    url: (await listen(toNodeHandler(bills))) + bills.path,
  })
  return { watching, sender, bills, logged }
}

describe('an alert as a webhook', () => {
  it('is verified and handled by a receiver of Standard Webhooks, and says nothing of the delivery', async () => {
    const { url, heard, seen, observations } = await openPager(alertSecret)
    const { sender, watching } = await openShop(url)
    const sent = await sender.send('bhe.emitida')
    await seen('handled', 1)
    expect(heard).toEqual([JSON.parse(JSON.stringify(watching.firing()[0]))])
    expect(heard[0]).toMatchObject({ name: 'dead-letters', provider: 'redcumbre', value: 1, state: 'firing' })
    const told = JSON.stringify(heard)
    expect(told).not.toMatch(/ada@|bhe\.emitida/)
    const body = JSON.parse(Buffer.from(sent.request.body).toString()) as { readonly bheId: string }
    expect(told).not.toContain(body.bheId)
    expect(observations.filter(({ type }) => type === 'rejected')).toEqual([])
  })

  it('is refused where the secrets differ: the receiver of deliveries goes on, and the log says so', async () => {
    const { url, observations, seen } = await openPager(`whsec_${Buffer.alloc(32, 6).toString('base64')}`)
    const { sender, bills, logged, watching } = await openShop(url)
    expect((await sender.send('bhe.emitida')).status).toBe(200)
    await seen('rejected', 1)
    expect(observations).toMatchObject([{ type: 'rejected', code: 'signature-mismatch' }])
    expect((await sender.send('bhe.emitida')).status).toBe(200)
    await bills.onIdle()
    await watching.close()
    expect(logged).toEqual([expect.stringMatching(/nobody was told .*127\.0\.0\.1:\d+ answered 401$/)])
  })
})
