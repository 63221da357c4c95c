import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  apiKey,
  createReceiver,
  defineProvider,
  hmac,
  memoryInbox,
  type Provider,
  toNodeHandler,
} from '@acuse/core'
import type { Handshake } from '@acuse/core/provider-kit'
import { eventGrid } from '@acuse/providers/event-grid'
import { flow } from '@acuse/providers/flow'
import { meta } from '@acuse/providers/meta'
import { slack } from '@acuse/providers/slack'
import { trello } from '@acuse/providers/trello'
import { twilio } from '@acuse/providers/twilio'
import { zoom } from '@acuse/providers/zoom'
import { afterAll, describe, expect, it } from 'vitest'
import { createSender } from '../src/index.ts'

const secret = '6f2d7c1b9a4e8035c1d9e8f7a6b5c4d3'
const close: (() => void)[] = []
afterAll(() => {
  for (const each of close) each()
})

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  close.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function receiverOf(provider: Provider<object>): Promise<string> {
  const silent = (): void => {}
  const logger = { debug: silent, info: silent, warn: silent, error: silent }
  const receiver = createReceiver(provider, { inbox: memoryInbox(), logger, handle: 'all' })
  return (await listen(toNodeHandler(receiver))) + receiver.path
}

/** A provider with one handshake. */
function acme(handshake: Handshake, more: Partial<Provider<object>> = {}) {
  return () =>
    defineProvider<object>({
      name: 'acme',
      path: '/webhooks/acme',
      scheme: hmac({ header: 'X-Signature', secret }),
      eventRules: [{ type: [{ body: 'type' }] }],
      handshakes: [handshake],
      sending: { attemptDelaysMs: [0], timeoutMs: 5_000, samples: async () => ({}) },
      ...more,
    })
}

describe('the answer to a handshake', () => {
  const provider = (key: string) => meta({ appSecret: secret, verifyToken: key })

  it('is right where the receiver has the same token, and refused where it has another', async () => {
    const url = await receiverOf(provider('a-token-of-ours'))
    const [right] = await createSender({ provider, secret: 'a-token-of-ours', url }).handshake()
    expect(right).toMatchObject({ provider: 'meta', method: 'GET', answered: true, status: 200 })
    expect(right).not.toHaveProperty('fault')
    expect(right?.answer).toMatch(/^acuse-[0-9a-f-]{36}$/)
    const asked = new URL(String(right?.request.url)).searchParams
    expect(Object.fromEntries(asked)).toEqual({
      'hub.mode': 'subscribe',
      'hub.verify_token': 'a-token-of-ours',
      'hub.challenge': right?.answer,
    })
    const [wrong] = await createSender({ provider, secret: 'another-token', url }).handshake()
    expect(wrong).toMatchObject({ answered: false, status: 403, fault: 'the status is 403, not 200' })
  })

  it('is wrong where it tells back something else', async () => {
    const url = await listen((_request, response) => response.end('a challenge of last week'))
    const [report] = await createSender({ provider, secret: 'a-token-of-ours', url }).handshake()
    expect(report).toMatchObject({ answered: false, fault: 'the body is not the text that it must be' })
  })

  it.each([
    ['{"plainToken":"old","encryptedToken":"00"}', "'plainToken' of the JSON is not what it must be"],
    ['no JSON', "'plainToken' of the JSON is not what it must be"],
  ])('is wrong as %s', async (answer, fault) => {
    const url = await listen((_request, response) => response.end(answer))
    expect(await createSender({ provider: zoom, secret, url }).handshake()).toMatchObject([
      { answered: false, fault },
    ])
  })

  it('is wrong where its MAC is made with another key', async () => {
    const url = await listen(async (request, response) => {
      const { payload } = JSON.parse(await text(request)) as { payload: { plainToken: string } }
      response.end(JSON.stringify({ ...payload, encryptedToken: 'ab'.repeat(32) }))
    })
    expect(await createSender({ provider: zoom, secret, url }).handshake()).toMatchObject([
      { answered: false, fault: "'encryptedToken' of the JSON is not what it must be" },
    ])
  })

  it('is wrong without the headers that it must have', async () => {
    const url = await listen((_request, response) => response.end())
    const reports = await createSender({ provider: eventGrid, secret, url }).handshake()
    expect(reports).toMatchObject([
      { method: 'POST', fault: "'validationResponse' of the JSON is not what it must be" },
      { method: 'OPTIONS', fault: "the header 'allow' is not what it must be" },
    ])
  })

  it('is none where the connection is lost', async () => {
    const url = await listen((request) => request.socket.destroy())
    expect(await createSender({ provider: slack, secret, url }).handshake()).toMatchObject([
      { answered: false, status: undefined, fault: 'there was no answer: network' },
      { answered: false, answer: '' },
    ])
  })

  it('has no body where HEAD asks', async () => {
    const url = await listen((request, response) =>
      response.writeHead(request.method === 'HEAD' ? 200 : 405).end(),
    )
    const provider = (key: string) => trello(key, { publicUrl: 'https://app.example.cl/webhooks/trello' })
    expect(await createSender({ provider, secret, url }).handshake()).toMatchObject([
      { method: 'HEAD', answered: true, answer: '' },
    ])
  })
})

describe('a handshake', () => {
  const told = { json: { n: { body: 'n', as: 'unix-seconds' } } } as const
  const when = { body: 'kind', is: 'hello' } as const

  it.each([
    ['rfc3339', (time: unknown) => Date.parse(String(time))],
    ['unix-ms', Number],
    ['unix-seconds', (time: unknown) => Number(time) * 1_000],
  ] as const)('states its time as %s where that stands in the body, and is fresh', async (format, toMs) => {
    const provider = acme(
      { method: 'POST', proof: 'scheme', when, answer: told },
      { time: { of: 'attempt', value: { body: 'at' }, format: [format], required: true } },
    )
    const url = await receiverOf(provider())
    const [report] = await createSender({ provider, secret, url }).handshake()
    expect(report).toMatchObject({ answered: true })
    const sent = JSON.parse(Buffer.from(report?.request.body ?? []).toString()) as Record<string, unknown>
    expect(Math.abs(toMs(sent['at']) - Date.now())).toBeLessThan(10_000)
    expect(sent).toMatchObject({ kind: 'hello', n: expect.any(Number) })
  })

  it.each([
    [{ 'application/x-www-form-urlencoded': 'form' }, /^application\/x-www-form-urlencoded$/],
    [{ 'application/x-www-form-urlencoded': 'form', '*': 'json' }, /^application\/json$/],
    [{ 'application/vnd.acme+json': 'json' }, /^application\/vnd\.acme\+json$/],
  ] as const)('is written as bodies of its provider are: %j', async (bodies, mediaType) => {
    const provider = acme({ method: 'POST', proof: 'scheme', when, answer: told }, { bodies })
    const url = await receiverOf(provider())
    const [report] = await createSender({ provider, secret, url }).handshake()
    expect(report).toMatchObject({ answered: true, status: 200 })
    expect(report?.request.headers['content-type']).toMatch(mediaType)
  })

  it("may want a field of the signature's header told back", async () => {
    const field = { field: 't', as: 'unix-seconds' } as const
    const handshake = { method: 'POST', proof: 'scheme', when, answer: { json: { t: field } } } as const
    const scheme = hmac({
      header: 'X-Signature',
      prefix: 'v1=',
      separator: ',',
      secret,
      signs: [field, { text: '.' }, { raw: 'body' }],
    })
    const provider = acme(handshake, { scheme })
    const url = await receiverOf(provider())
    const [report] = await createSender({ provider, secret, url }).handshake()
    expect(report).toMatchObject({ answered: true, answer: expect.stringMatching(/^\{"t":"\d{10}"\}$/) })
    const withKey = acme(handshake, { scheme: apiKey({ key: secret }) })
    const silent = await listen((_request, response) => response.end('{}'))
    expect(await createSender({ provider: withKey, secret, url: silent }).handshake()).toMatchObject([
      { answered: false, fault: "'t' of the JSON is not what it must be" },
    ])
  })

  it('cannot be made where bodies are of another kind', async () => {
    const bodies = { 'text/plain': 'text' } as const
    const provider = acme({ method: 'POST', proof: 'scheme', when, answer: told }, { bodies })
    const sender = createSender({ provider, secret, url: 'http://127.0.0.1:1/' })
    await expect(sender.handshake()).rejects.toThrow('acme states a handshake, and bodies that are neither')
  })

  it('tells a POST by a header, and needs no body', async () => {
    const answer = { status: 202, headers: { 'x-echo': { header: 'X-Hello', as: 'token' } } } as const
    const exists = { header: 'X-Hello', exists: true } as const
    const provider = acme({ method: 'POST', proof: 'none', when: [exists], answer })
    const url = await receiverOf(provider())
    const [report] = await createSender({ provider, secret, url }).handshake()
    expect(report).toMatchObject({ answered: true, status: 202, request: { body: Buffer.from('{}') } })
  })
})

describe('the address', () => {
  it('may have a query of its own, which is signed where the scheme signs it; a fragment is not sent', async () => {
    const provider = (key: string) => twilio(key, { publicUrl: 'https://app.example.cl/webhooks/twilio' })
    const url = `${await receiverOf(provider(secret))}?canal=soporte%20t%C3%A9cnico#x`
    const report = await createSender({ provider, secret, url }).send('message.received')
    expect(report).toMatchObject({ delivered: true, request: { url: url.slice(0, -2) } })
  })

  it('may carry the key already, which is then not added', async () => {
    const url = await receiverOf(flow(secret))
    const provider = (key: string) => flow(key)
    const without = await createSender({ provider, secret, url }).send('confirmation')
    const withKey = await createSender({ provider, secret, url: `${url}?k=${secret}` }).send('confirmation')
    expect([without, withKey]).toMatchObject([
      { delivered: true, request: { url: `${url}?k=${secret}` } },
      { delivered: true, request: { url: `${url}?k=${secret}` } },
    ])
    const wrong = createSender({ provider, secret, url: `${url}?k=another` })
    await expect(wrong.send('confirmation')).rejects.toThrow("parameter 'k' is the key")
  })
})

it('several secrets cannot sign, and createSender says what to give', () => {
  const provider = (key: string) => flow([key, `${key}2`])
  expect(() => createSender({ provider, secret, url: 'http://127.0.0.1:1/' })).toThrow('Give one secret')
})
