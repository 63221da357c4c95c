import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, memoryInbox, type Provider, toNodeHandler, type UnknownEvent } from '@acuse/core'
import { afterAll, describe, expect, it } from 'vitest'
import { everyProvider } from '../../../test/providers/every-provider.ts'
import { createSender, type Sender } from '../src/index.ts'

const close: (() => Promise<void>)[] = []
afterAll(() => Promise.all(close.map((each) => each())))

const silent = (): void => {}

interface Bench {
  /** What handlers got since the last look. */
  handled(): Promise<readonly UnknownEvent[]>
  /** A sender as one with a key. */
  senderWith(provider: Provider<object>): Sender<Record<string, object>>
}

/** A receiver of a provider behind a server of Node. */
async function benchOf(provider: Provider<object>): Promise<Bench> {
  const events: UnknownEvent[] = []
  const receiver = createReceiver<object>(provider, {
    inbox: memoryInbox({ maxIdempotencyKeys: 1_000 }),
    on: { '*': (event) => void events.push(event) },
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  const server = createServer(toNodeHandler(receiver)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  close.push(async () => {
    server.closeAllConnections()
    server.close()
    await receiver.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${receiver.path}`
  return {
    async handled() {
      await receiver.onIdle()
      return events.splice(0)
    },
    senderWith: (given) =>
      createSender({ provider: () => given, secret: undefined, url }) as unknown as Sender<
        Record<string, object>
      >,
  }
}

describe.each(Object.entries(everyProvider))('as %s', (_, { secret, provider, sender = provider }) => {
  const [own, other] = [secret(), secret()]
  const receives = provider(own)
  const sends = sender(own)

  it('each of its samples is sent, taken as its event, and is a duplicate when it is resent', async () => {
    const { handled, senderWith } = await benchOf(receives)
    const sending = senderWith(sends)
    const samples = Object.keys((await sends.sending?.samples()) ?? {})
    expect(samples.length).toBeGreaterThan(0)
    for (const event of samples) {
      const report = await sending.send(event, {}, { attempts: 1 })
      expect([event, report.status, report.delivered]).toEqual([event, expect.any(Number), true])
      expect(await handled()).toMatchObject([{ type: event, provider: receives.name }])
      expect([event, (await sending.resend(report, { attempts: 1 })).delivered]).toEqual([event, true])
      expect(await handled()).toEqual([])
      const at = new Date(Date.now() + 1_000)
      expect([event, (await sending.send(event, {}, { attempts: 1, at })).delivered]).toEqual([event, true])
      expect([event, (await handled()).length]).toEqual([event, 1])
    }
  })

  it('nothing of a stranger with another key is taken', async () => {
    const { handled, senderWith } = await benchOf(receives)
    const stranger = senderWith(sender(other))
    for (const event of Object.keys((await sends.sending?.samples()) ?? {}))
      expect([event, (await stranger.send(event, {}, { attempts: 1 })).status]).toEqual([event, 401])
    expect(await handled()).toEqual([])
  })

  const { handshakes = [] } = receives
  if (handshakes.length === 0)
    it('it asks nothing before it sends', async () => {
      const { senderWith } = await benchOf(receives)
      await expect(senderWith(sends).handshake()).rejects.toThrow(`${receives.name} has no handshakes`)
    })
  else
    it('its handshakes are answered, and no event is made of them', async () => {
      const { handled, senderWith } = await benchOf(receives)
      const reports = await senderWith(sends).handshake()
      expect(reports.map(({ method, answered, fault }) => ({ method, answered, fault }))).toEqual(
        handshakes.map(({ method }) => ({ method, answered: true, fault: undefined })),
      )
      const strange = await senderWith(sender(other)).handshake()
      expect(strange.map(({ answered, status }) => (answered ? 'answered' : status))).toEqual(
        handshakes.map(({ proof }) => (proof === 'scheme' ? 401 : 'answered')),
      )
      expect(await handled()).toEqual([])
    })
})
