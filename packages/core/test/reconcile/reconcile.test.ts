import { describe, expect, it } from 'vitest'
import {
  type Delivery,
  fromRawHeaders,
  type HandlerContext,
  hmac,
  type ReceiverOptions,
} from '../../src/index.ts'
import { type ListedItem, type ReconcileOptions, reconcile } from '../../src/reconcile.ts'
import { type AcmeEvents, type acme, bench, paid, secret, signed } from '../support/acme.ts'

const json = (payload: unknown): ListedItem => ({ body: JSON.stringify(payload) })
const order = (id: string, changes: object = {}) => ({ ...paid, id, ...changes })

type Listed = readonly unknown[]

/** A receiver, and a reconciler whose API has these items. */
function reconciling(
  items: Listed,
  options: ReceiverOptions<AcmeEvents> = {},
  changes: Parameters<typeof acme>[0] = {},
  own: Partial<ReconcileOptions> = {},
) {
  const handled: { readonly id: unknown; readonly trust: HandlerContext['trust']; readonly keyId: string }[] =
    []
  const on = bench(options, changes)
  on.receiver.onUnknown(() => {})
  for (const name of ['order.paid', 'user-created'] as const)
    on.receiver.on(name, ({ payload }, { trust, keyId }) => {
      handled.push({ id: payload.id, trust, keyId })
    })
  const reconciler = reconcile(on.receiver, { list: async () => ({ items: items as ListedItem[] }), ...own })
  return { ...on, handled, reconciler }
}

const none = { listed: 0, accepted: 0, duplicates: 0, conflicts: 0, unreadable: 0 }

describe('an item of the API', () => {
  it('that the webhook missed is accepted and handled as reconciled, and those that came are not', async () => {
    const { receiver, reconciler, handled, observations } = reconciling([json(order('a')), json(order('b'))])
    await receiver.receive(signed(order('a')))
    expect(await reconciler.round()).toEqual({
      ...none,
      complete: true,
      listed: 2,
      accepted: 1,
      duplicates: 1,
    })
    await receiver.onIdle()
    expect(handled).toEqual([
      { id: 'a', trust: 'signed', keyId: 'default' },
      { id: 'b', trust: 'reconciled', keyId: 'default' },
    ])
    expect(observations.filter(({ type }) => type === 'accepted')).toHaveLength(2)
    expect(await reconciler.round()).toMatchObject({ accepted: 0, duplicates: 2 })
    await receiver.onIdle()
    expect(handled).toHaveLength(2)
  })

  it('whose webhook comes later is a duplicate then', async () => {
    const { receiver, reconciler } = reconciling([json(order('a'))])
    await reconciler.round()
    expect(await receiver.receive(signed(order('a')))).toMatchObject({ kind: 'duplicate' })
  })

  it('whose body is another than the one that was accepted is counted, and not kept', async () => {
    const { receiver, reconciler, observations } = reconciling([json(order('a', { amount: 13 }))])
    await receiver.receive(signed(order('a')))
    expect(await reconciler.round()).toEqual({ ...none, complete: true, listed: 1, conflicts: 1 })
    expect((await receiver.inbox?.deadLetters.list())?.letters).toEqual([])
    expect(observations.filter(({ type }) => type === 'rejected' || type === 'dead')).toEqual([])
  })

  it('is taken whatever its time, which is kept', async () => {
    const kept: Delivery[] = []
    const late = { at: '2025-12-10T12:00:00Z' }
    const { reconciler, receiver } = reconciling([json(order('a', late)), json(order('b', { at: 'noon' }))], {
      orderingKey: ({ occurredAt }) => {
        kept.push({ occurredAt } as Delivery)
        return undefined
      },
    })
    expect(await reconciler.round()).toMatchObject({ accepted: 2, unreadable: 0 })
    await receiver.onIdle()
    expect(kept).toEqual([{ occurredAt: new Date(late.at) }, { occurredAt: undefined }])
  })

  it('is bytes as well as text, and meets its webhook by its headers too', async () => {
    const body = Buffer.from('{}')
    const scheme = hmac({ header: 'X-Sign', secret, signs: [{ header: 'X-Id', as: 'id' }, { raw: 'body' }] })
    const { receiver, reconciler } = reconciling(
      ['a', 'b'].map((id) => ({ body, headers: { 'X-ID': id, 'Content-Type': 'application/json' } })),
      {},
      {
        scheme,
        eventRules: [{ type: [{ text: 'order.paid' }], idempotencyKey: [{ header: 'X-Id' }] }],
        envelope: undefined as never,
        time: undefined as never,
      },
    )
    const headers = { 'x-id': 'a', ...scheme.sign?.(body, { headers: { 'x-id': 'a' } }) }
    const request = {
      method: 'POST',
      url: '/',
      headers: fromRawHeaders(Object.entries(headers).flat()),
      body,
    }
    expect(await receiver.receive(request)).toMatchObject({ kind: 'accepted' })
    expect(await reconciler.round()).toMatchObject({ accepted: 1, duplicates: 1, unreadable: 0 })
  })

  it('that is a batch has each of its events accepted', async () => {
    const items = [json({ events: [order('a'), order('b')] }), json({ events: [] })]
    const eventRules = [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'id' }] }]
    const { reconciler } = reconciling(
      items,
      {},
      { items: 'events.*', eventRules, envelope: undefined as never, time: undefined as never },
    )
    expect(await reconciler.round()).toEqual({ ...none, complete: true, listed: 2, accepted: 2 })
  })

  it('that cannot be read is counted, stops nothing, and is told to the log once', async () => {
    const lines: string[] = []
    const error = (_: object, message: string) => lines.push(message)
    const silent = () => {}
    const items = [
      null,
      7,
      {},
      { body: 5 },
      { body: 'no JSON' },
      json({ id: 'no type' }),
      json(order('x', { note: 'x'.repeat(2_000) })),
      json(order('old', { at: '2020-12-10T15:30:00Z' })),
      {
        get body() {
          return expect.unreachable()
        },
      },
      json(order('a')),
    ]
    const { reconciler } = reconciling(items, {
      maxBodyBytes: 1_000,
      logger: { debug: silent, info: silent, warn: silent, error },
    })
    expect(await reconciler.round()).toEqual({
      ...none,
      complete: true,
      listed: 10,
      accepted: 1,
      unreadable: 9,
    })
    expect(lines).toEqual([expect.stringMatching(/^acme: an item that list gave cannot be read: /)])
  })

  it('that the code of the provider fails at is unreadable', async () => {
    const envelope = () => expect.unreachable()
    const { reconciler } = reconciling([json(paid)], {}, { envelope })
    expect(await reconciler.round()).toMatchObject({ complete: true, unreadable: 1 })
  })
})

describe('the tenant', () => {
  const scheme = hmac({ header: 'X-Acme-Signature', secret: (_) => ({ north: secret }) })

  it('makes the keys of what is reconciled those of its webhooks', async () => {
    const { receiver, reconciler, handled } = reconciling(
      [json(order('a')), json(order('b'))],
      {},
      { scheme },
      { tenant: 'north' },
    )
    await receiver.receive(signed(order('a')))
    expect(await reconciler.round()).toMatchObject({ accepted: 1, duplicates: 1 })
    await receiver.onIdle()
    expect(handled).toContainEqual({ id: 'b', trust: 'reconciled', keyId: 'north' })
  })

  it('must be the one that an item names', async () => {
    const { reconciler } = reconciling(
      [json(order('a', { owner: 'north' })), json(order('b', { owner: 'south' }))],
      {},
      { scheme, tenantOf: 'owner' },
      { tenant: 'north' },
    )
    expect(await reconciler.round()).toMatchObject({ accepted: 1, unreadable: 1 })
  })

  it('must be named where the provider reads it', () => {
    expect(() => reconciling([], {}, { scheme, tenantOf: 'owner' })).toThrow(/needs the option tenant/)
    expect(() => reconciling([], {}, { scheme }, { tenant: '' })).toThrow(/tenant must be the name of a key/)
  })
})

describe('nothing from the network', () => {
  it('chooses the trust of a delivery', async () => {
    const { receiver, reconciler, handled } = reconciling([json(order('b', { trust: 'signed' }))])
    await receiver.receive(signed(order('a', { trust: 'reconciled' }), ['trust', 'reconciled']))
    await reconciler.round()
    await receiver.onIdle()
    expect(handled.map(({ id, trust }) => [id, trust])).toEqual([
      ['a', 'signed'],
      ['b', 'reconciled'],
    ])
  })

  it('is of use to who has only what a receiver shows', () => {
    const { receiver } = bench()
    for (const other of [null, undefined, 'text', {}, { ...receiver }, () => {}])
      expect(() => reconcile(other as never, { list: async () => ({ items: [] }) })).toThrow(
        /must be given a receiver that createReceiver/,
      )
  })
})
