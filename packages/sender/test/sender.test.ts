import { createHmac, generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type Clock,
  createReceiver,
  defineProvider,
  fromRawHeaders,
  hmac,
  memoryInbox,
  type Receiver,
  systemClock,
} from '@acuse/core'
import { readNodeBody } from '@acuse/core/adapter'
import { hmacProvider } from '@acuse/providers/generic'
import { type RedcumbreEvents, redcumbre, redcumbreEventNames } from '@acuse/providers/redcumbre'
import { redcumbreEvents } from '@acuse/providers/redcumbre/schemas'
import { type ZenpliOptions, zenpli } from '@acuse/providers/zenpli'
import { afterEach, describe, expect, it } from 'vitest'
import { createSender } from '../src/index.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const close: (() => void)[] = []

afterEach(() => {
  for (const each of close.splice(0)) each()
})

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A server that answers each request with the next of `statuses`, then with the last one. */
async function target(...statuses: (number | 'hang' | 'reset')[]) {
  const received: Received[] = []
  const answer = (response: ServerResponse, status: number | 'hang' | 'reset' | undefined): void => {
    if (status === 'reset') response.destroy()
    else if (status !== 'hang')
      response.writeHead(status ?? 200, { location: '/elsewhere' }).end(`answer ${status}`)
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push({ headers: request.headers, body: Buffer.concat(chunks) })
    answer(response, statuses[received.length - 1] ?? statuses.at(-1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/redcumbre`, received }
}

function senderTo(url: string, clock: Clock = systemClock) {
  const slept: number[] = []
  const sleep = async (delayMs: number): Promise<void> => {
    slept.push(delayMs)
  }
  return { sender: createSender({ provider: redcumbre, secret, url, clock, sleep }), slept }
}

describe('options of createSender', () => {
  it('are known and of their kinds, or it throws a TypeError that says what it takes', () => {
    const make = (option: object) => () =>
      createSender({ provider: redcumbre, secret, url: 'http://x/', ...option } as never)
    expect(make({ provider: null })).toThrow('provider must be a function')
    expect(make({ provider: undefined })).toThrow(
      'provider must be a function of the secret, such as redcumbre',
    )
    expect(make({ clock: {} })).toThrow('clock must be a Clock')
    expect(make({ sleep: 5 })).toThrow('sleep must be a function')
    expect(make({ url: null })).toThrow('url must be where to post')
    expect(make({ secert: 'x' })).toThrow("has no option 'secert'")
    const sending = { ...redcumbre(secret).sending, timeoutMs: Number.NaN }
    expect(make({ provider: () => ({ ...redcumbre(secret), sending }) })).toThrow(
      'provider.sending.timeoutMs must be a whole number',
    )
  })
})

describe('as Zenpli', () => {
  const rsaKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ways: [string, ZenpliOptions, ZenpliOptions][] = [
    ['RSA', { rsaPrivateKey: rsaKeys.privateKey }, { rsa: rsaKeys.publicKey }],
    ['HMAC', { hmac: secret }, { hmac: secret }],
    ['an API key', { apiKey: secret }, { apiKey: secret }],
  ]
  it.each(ways)(
    'it signs by %s what a receiver takes, and resends what it takes for a duplicate',
    async (_, mine, theirs) => {
      const receiver = createReceiver(zenpli(theirs), { inbox: memoryInbox({ maxIdempotencyKeys: 10 }) })
      const handler = toNodeListener(receiver)
      const server = createServer(handler)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      close.push(() => {
        server.close()
        server.closeAllConnections()
      })
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      const sender = createSender({ provider: zenpli, secret: mine, url })
      const report = await sender.send('callback', { result: { score: 1 } })
      expect(report).toMatchObject({ provider: 'zenpli', event: 'callback', delivered: true, status: 200 })
      expect(JSON.parse((await sender.resend(report)).attempts[0]?.answer ?? '')).toMatchObject({
        duplicate: true,
      })
      expect(
        await sender.send('callback', {}, { tamper: () => Buffer.from('{"session_id":"x"}') }),
      ).toMatchObject({
        status: 401,
        attempts: [{ number: 1 }],
      })
      await receiver.close()
    },
  )
})

/** A bare server's listener for a receiver. */
function toNodeListener(receiver: Pick<Receiver<never>, 'handle'>): RequestListener {
  return async (request, response) => {
    const { status, body } = await receiver.handle({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: fromRawHeaders(request.rawHeaders),
      read: (limits) => readNodeBody(request, limits),
    })
    response.writeHead(status).end(body)
  }
}

describe('createSender', () => {
  it.each(redcumbreEventNames)('signs and posts %s with a fresh time', async (event) => {
    const { url, received } = await target(200)
    const { sender, slept } = senderTo(url)
    const report = await sender.send(event)
    expect(report).toMatchObject({ provider: 'redcumbre', event, delivered: true, status: 200 })
    expect(report.attempts).toMatchObject([{ number: 1, delayMs: 0, status: 200, answer: 'answer 200' }])
    const [{ headers, body }] = received as [Received]
    expect(headers['x-webhook-signature']).toBe(createHmac('sha256', secret).update(body).digest('hex'))
    expect(headers['content-type']).toBe('application/json')
    const payload = redcumbreEvents[event].parse(JSON.parse(body.toString()))
    expect(Math.abs(Date.parse(payload.timestamp) - Date.now())).toBeLessThan(10_000)
    expect(slept).toEqual([])
  })

  it('lays overrides over the sample, field by field, lists whole', async () => {
    const { url, received } = await target(200)
    const { sender } = senderTo(url)
    await sender.send('bhe.emitida', { montos: { liquido: 1 }, correlationId: null })
    await sender.send('validafirma.documento-completado', { firmantes: [] })
    const [bhe, documento] = received.map(({ body }) => JSON.parse(body.toString()))
    expect(bhe).toMatchObject({
      bheId: expect.stringMatching(/^cm5abc123-\d+$/),
      montos: { bruto: 225_000, liquido: 1 },
      correlationId: null,
    })
    expect(documento.firmantes).toEqual([])
  })

  it('never sends one time or one document twice, so that two events are two', async () => {
    const { url, received } = await target(200)
    const { sender } = senderTo(url, { ...systemClock, now: () => 1_765_380_600_000 })
    for (let n = 0; n < 3; n++) await sender.send('bhe.emitida')
    expect(received.map(({ body }) => JSON.parse(body.toString()).timestamp)).toEqual([
      '2025-12-10T15:30:00.000Z',
      '2025-12-10T15:30:00.001Z',
      '2025-12-10T15:30:00.002Z',
    ])
    expect(new Set(received.map(({ body }) => JSON.parse(body.toString()).bheId)).size).toBe(3)
  })

  it.each([
    ['4xx', [400, 401, 404, 408, 409, 429]],
    ['5xx', [500, 501, 502, 503, 504, 599]],
    ['3xx, which it does not follow', [301, 302, 303, 307, 308, 300]],
  ])(
    "retries %s by Redcumbre's table, the same bytes each time, and gives up after six",
    async (_, statuses) => {
      const { url, received } = await target(...statuses)
      const { sender, slept } = senderTo(url)
      const report = await sender.send('bhe.emitida')
      expect(report).toMatchObject({ delivered: false, status: statuses[5] })
      expect(report.attempts.map(({ status }) => status)).toEqual(statuses)
      expect(report.attempts.map(({ delayMs }) => delayMs)).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000])
      expect(slept).toEqual([1_000, 2_000, 4_000, 8_000, 16_000])
      expect(new Set(received.map(({ body }) => body.toString())).size).toBe(1)
      expect(new Set(received.map(({ headers }) => headers['x-webhook-signature'])).size).toBe(1)
    },
  )

  it.each([200, 201, 204, 299])('ends with a %i', async (status) => {
    const { url, received } = await target(500, 503, status)
    const { sender, slept } = senderTo(url)
    const report = await sender.send('bhe.emitida')
    expect(report).toMatchObject({ delivered: true, status })
    expect(slept).toEqual([1_000, 2_000])
    expect(received).toHaveLength(3)
  })

  it('waits 30 s for an answer, and retries after none and after a lost connection', async () => {
    const { url } = await target('hang', 'reset', 200)
    const deadlines: number[] = []
    const clock: Clock = {
      ...systemClock,
      schedule: (delayMs, task) => systemClock.schedule(deadlines.push(delayMs) === 1 ? 50 : delayMs, task),
    }
    const { sender } = senderTo(url, clock)
    const report = await sender.send('bhe.emitida')
    expect(deadlines).toEqual([30_000, 30_000, 30_000])
    expect(report.attempts).toMatchObject([{ failure: 'timeout' }, { failure: 'network' }, { status: 200 }])
    expect(report.attempts[0]).not.toHaveProperty('status')
    const nobody = await senderTo('http://127.0.0.1:1/').sender.send('bhe.emitida')
    expect(nobody).toMatchObject({ delivered: false, status: undefined })
  })

  it('sends at another time, fewer attempts, or a body that somebody changed after it was signed', async () => {
    const { url, received } = await target(500)
    const { sender } = senderTo(url)
    const old = await sender.send('bhe.emitida', {}, { at: new Date('2020-01-01T00:00:00Z'), attempts: 1 })
    expect(old.attempts).toHaveLength(1)
    expect(JSON.parse(received[0]?.body.toString() ?? '').timestamp).toBe('2020-01-01T00:00:00.000Z')
    await sender.send('bhe.emitida', {}, { tamper: () => Buffer.from('{}'), attempts: 1 })
    expect(received[1]?.body.toString()).toBe('{}')
    expect(received[1]?.headers['x-webhook-signature']).not.toBe(
      createHmac('sha256', secret).update('{}').digest('hex'),
    )
  })

  it('resends the same bytes under the same signature', async () => {
    const { url, received } = await target(200)
    const { sender } = senderTo(url)
    await sender.resend(await sender.send('bhe.emitida'))
    expect(received[1]?.body).toEqual(received[0]?.body)
    expect(received[1]?.headers['x-webhook-signature']).toBe(received[0]?.headers['x-webhook-signature'])
  })

  it('waits for real where no sleep is given', async () => {
    const { url } = await target(500, 200)
    const short = (key: string) => {
      const provider = redcumbre(key)
      return { ...provider, sending: { ...(provider.sending as object), attemptDelaysMs: [0, 30] } as never }
    }
    const sender = createSender<RedcumbreEvents, string>({ provider: short, secret, url })
    const startedAt = performance.now()
    expect((await sender.send('bhe.emitida')).delivered).toBe(true)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(28)
  })

  it('says what to give a provider that has no sample of any event', async () => {
    const provider = (key: string) => hmacProvider({ name: 'orders', secret: key })
    const sender = createSender({ provider, secret, url: 'http://127.0.0.1:1/' })
    await expect(sender.send('paid')).rejects.toThrow(
      "orders documents no event 'paid'. It documents none: give it a sample of each, such as the option samples of hmacProvider",
    )
  })

  it('refuses events, secrets, URLs and providers that cannot be used', async () => {
    const { sender } = senderTo('http://127.0.0.1:1/')
    await expect(sender.send('bhe.emitidaa' as 'bhe.emitida')).rejects.toThrow(
      "redcumbre documents no event 'bhe.emitidaa'. Did you mean 'bhe.emitida'?",
    )
    expect(() => createSender({ provider: redcumbre, secret: 'short', url: 'http://127.0.0.1/' })).toThrow(
      TypeError,
    )
    expect(() => createSender({ provider: redcumbre, secret, url: 'nonsense' })).toThrow(TypeError)
    const mute = (key: string) =>
      defineProvider<{ a: object }>({
        name: 'mute',
        path: '/',
        scheme: hmac({ header: 'x', secret: key }),
        events: { a: redcumbreEvents['bhe.emitida'] },
        envelope: () => ({ code: 'envelope-invalid' }),
      })
    expect(() => createSender({ provider: mute, secret, url: 'http://127.0.0.1/' })).toThrow(
      'mute does not state how it sends',
    )
  })
})
