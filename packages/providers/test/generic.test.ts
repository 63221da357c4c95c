import { createHmac } from 'node:crypto'
import { type EventSchema, toFetchHandler } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { type HmacProviderOptions, hmacProvider } from '../src/generic/index.ts'
import { receiverOf, sentBy } from './support/inbound.ts'

const secret = '4f1c9d7e2a6b8035c1d9e8f7a6b5c4d3'
const now = 1_795_633_156_000
const time = String(now / 1_000)

interface Orders {
  readonly 'v1.order.paid': { readonly id: string; readonly total: number }
  readonly 'v2.order.paid': { readonly id: string; readonly amount: { readonly value: number } }
  readonly 'order.seen': { readonly id: string }
}

const sha512 = (signed: string) => createHmac('sha512', secret).update(signed).digest('hex')

function headers(body: string, type: string, version?: string): Record<string, string> {
  return {
    'X-Timestamp': time,
    'X-Event-Type': type,
    'X-Signature': sha512(`${time}.${body}`),
    ...(version === undefined ? undefined : { 'X-Webhook-Version': version }),
  }
}

/** A schema that demands one field. */
function demanding<Payload>(field: string): EventSchema<Payload> {
  const validate = (value: unknown) =>
    Object.hasOwn(Object(value), field)
      ? { value: value as Payload }
      : { issues: [{ message: `${field} is missing` }] }
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

describe('hmacProvider', () => {
  it('receives old and new versions of an event side by side, each with its handlers', async () => {
    const { receiver, post } = receiverOf(hmacProvider<Orders>({ name: 'orders', secret }), now)
    const paid: number[] = []
    receiver.on('v1.order.paid', ({ payload }) => paid.push(payload.total))
    receiver.on('v2.order.paid', ({ payload }) => paid.push(payload.amount.value))
    receiver.on('order.seen', () => paid.push(0))
    const [first, second, third] = [
      '{"id":"o1","total":1000}',
      '{"id":"o2","amount":{"value":2000}}',
      '{"id":"o3"}',
    ]
    await post(first, headers(first, 'order.paid', '1'))
    await post(second, headers(second, 'order.paid', '2'))
    await post(third, headers(third, 'order.seen'))
    await receiver.onIdle()
    expect(paid).toEqual([1000, 2000, 0])
  })

  it('has each version fit its schema', async () => {
    const events = {
      'v1.order.paid': demanding<Orders['v1.order.paid']>('total'),
      'v2.order.paid': async () => demanding<Orders['v2.order.paid']>('amount'),
      'order.seen': demanding<Orders['order.seen']>('id'),
    }
    const { receiver, post, observations } = receiverOf(
      hmacProvider<Orders>({ name: 'orders', secret, events }),
      now,
    )
    const body = '{"id":"o1","total":1000}'
    await post(body, headers(body, 'order.paid', '2'))
    await receiver.onIdle()
    expect(observations.at(-1)).toMatchObject({ type: 'dead', reason: 'schema-mismatch' })
  })

  it('takes a captured request under another type or version for the event that it was', async () => {
    const { post, accepted } = receiverOf(hmacProvider<Orders>({ name: 'orders', secret }), now)
    const body = '{"id":"o1","total":1000}'
    await post(body, headers(body, 'order.paid', '1'))
    await post(body, headers(body, 'order.paid', '2'))
    await post(body, headers(body, 'order.refunded', '1'))
    expect(accepted()).toEqual(['v1.order.paid'])
  })

  it('takes an event without an id by its body', async () => {
    const { post } = receiverOf(hmacProvider({ name: 'orders', secret }), now)
    expect(await post('{"total":1}', headers('{"total":1}', 'order.paid'))).toMatchObject({
      kind: 'accepted',
    })
    expect(await post('{"total":1}', headers('{"total":1}', 'order.paid'))).toMatchObject({
      kind: 'duplicate',
    })
    expect(await post('{"total":2}', headers('{"total":2}', 'order.paid'))).toMatchObject({
      kind: 'accepted',
    })
  })

  it('refuses a request without a time, one of an hour ago, and one without a type', async () => {
    const { post } = receiverOf(hmacProvider({ name: 'orders', secret }), now)
    const { 'X-Timestamp': _, ...timeless } = headers('{}', 'order.paid')
    const { 'X-Event-Type': __, ...untyped } = headers('{}', 'order.paid')
    expect(await post('{}', timeless)).toMatchObject({ status: 401 })
    expect(await post('{}', untyped)).toMatchObject({ status: 400 })
    const late = receiverOf(hmacProvider({ name: 'orders', secret }), now + 3_600_000)
    expect(await late.post('{}', headers('{}', 'order.paid'))).toMatchObject({ status: 401 })
  })

  it('takes other headers, another hash, an encoding, a prefix, a format of time and a field', async () => {
    const provider = hmacProvider({
      name: 'erp',
      path: '/webhooks/payments',
      secret,
      signatureHeader: 'ERP-Signature',
      hash: 'sha256',
      encoding: 'base64',
      prefix: 'sha256=',
      timestampHeader: 'ERP-Time',
      timestampFormat: 'rfc3339',
      typeHeader: 'ERP-Event',
      versionHeader: 'ERP-Version',
      idField: 'event.id',
    })
    expect(provider.path).toBe('/webhooks/payments')
    const { post, accepted } = receiverOf(provider, now)
    const at = new Date(now).toISOString()
    const body = '{"event":{"id":"e1"}}'
    const mac = createHmac('sha256', secret).update(`${at}.${body}`).digest('base64')
    const request = {
      'ERP-Time': at,
      'ERP-Event': 'paid',
      'ERP-Version': '2026-11',
      'ERP-Signature': `sha256=${mac}`,
    }
    expect(await post(body, request)).toMatchObject({ kind: 'accepted' })
    expect(accepted()).toEqual(['v2026-11.paid'])
  })

  it('keeps the type where your senders sign it', async () => {
    const provider = hmacProvider({
      name: 'orders',
      secret,
      versionHeader: false,
      signs: [
        { header: 'X-Timestamp', as: 'unix-seconds' },
        { text: '.' },
        { header: 'X-Event-Type', as: 'token' },
        { text: ' ' },
        { raw: 'body' },
      ],
    })
    const { post, accepted } = receiverOf(provider, now)
    expect(provider.sending?.headers?.({}, new Date(now), 'v1.order')).toEqual({ 'X-Event-Type': 'v1.order' })
    const body = '{"id":"o1"}'
    const of = (type: string) => ({
      'X-Timestamp': time,
      'X-Event-Type': type,
      'X-Signature': sha512(`${time}.${type} ${body}`),
    })
    await post(body, of('order.paid'))
    await post(body, of('order.shipped'))
    expect(await post(body, { ...of('order.paid'), 'X-Event-Type': 'order.shipped' })).toMatchObject({
      status: 401,
    })
    expect(accepted()).toEqual(['order.paid', 'order.shipped'])
  })

  it('takes several signatures in a header, and a secret in base64', async () => {
    const key = Buffer.from(secret).toString('base64')
    const options = {
      name: 'orders',
      secret: key,
      secretEncoding: 'base64',
      prefix: 'v1=',
      separator: ',',
    } as const
    const { post } = receiverOf(hmacProvider(options), now)
    const signature = `v1=${'0'.repeat(128)},v1=${sha512(`${time}.{}`)}`
    expect(await post('{}', { ...headers('{}', 'ping'), 'X-Signature': signature })).toMatchObject({
      kind: 'accepted',
    })
  })

  it('reads a batch, each of whose elements is an event', async () => {
    const { post, accepted } = receiverOf(hmacProvider({ name: 'orders', secret, items: 'events.*' }), now)
    const body = '{"events":[{"id":"o1"},{"id":"o2"}]}'
    expect(await post(body, headers(body, 'order.paid'))).toMatchObject({ ids: { length: 2 } })
    expect(accepted()).toEqual(['order.paid', 'order.paid'])
  })

  it('fetches what a notice is about, and answers a sender that checks its endpoint', async () => {
    const provider = hmacProvider({
      name: 'orders',
      secret,
      thin: { id: { body: 'id' }, fetchLatest: async (id) => ({ id, total: 1000 }) },
      handshakes: [{ method: 'GET', proof: 'none', answer: { text: { query: 'challenge', as: 'id' } } }],
    })
    const { receiver, post } = receiverOf(provider, now)
    const payloads: unknown[] = []
    receiver.on('*', ({ payload }) => payloads.push(payload))
    await post('{"id":"o1"}', headers('{"id":"o1"}', 'order.paid'))
    await receiver.onIdle()
    expect(payloads).toEqual([{ id: 'o1', total: 1000 }])
    const asked = await toFetchHandler(receiver)(new Request('https://app.example.cl/?challenge=abc'))
    expect(await asked.text()).toBe('abc')
  })

  it('sends your samples, each time another event, with type and version', async () => {
    const provider = hmacProvider<Orders>({
      name: 'orders',
      secret,
      samples: { 'v2.order.paid': { id: 'o1', amount: { value: 1 } }, 'order.seen': { id: 'o2' } },
    })
    const { post, accepted } = receiverOf(provider, now)
    await post(...(await sentBy(provider, 'v2.order.paid', new Date(now))))
    await post(...(await sentBy(provider, 'v2.order.paid', new Date(now + 1))))
    await post(...(await sentBy(provider, 'order.seen', new Date(now))))
    expect(accepted()).toEqual(['v2.order.paid', 'v2.order.paid', 'order.seen'])
  })

  it('names what it sends without samples, in the field that you say', async () => {
    const { sending } = hmacProvider({ name: 'orders', secret, idField: 'event.id' })
    expect(await sending?.samples()).toEqual({})
    expect(sending?.stamp?.({ total: 1 }, new Date(5))).toEqual({ total: 1, event: { id: 'event-5' } })
  })

  it.each<[string, Record<string, unknown>]>([
    ['no secret', { secret: undefined }],
    ['a misspelt option', { secrets: [secret] }],
    ['a name that is none', { name: 'My Orders' }],
    ['a hash that is none', { hash: 'md5' }],
    ['a format of time that is none', { timestampFormat: 'epoch' }],
    ['a header that is none', { typeHeader: 'X Event' }],
  ])('throws on %s', (_, options) => {
    const given = { name: 'orders', secret, ...options } as unknown as HmacProviderOptions
    expect(() => hmacProvider(given)).toThrow(TypeError)
  })
})
