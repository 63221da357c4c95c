import { describe, expect, it } from 'vitest'
import type { AcceptResult } from '../../src/inbox/inbox.ts'
import type { Awaitable, Delivery, RejectionCode } from '../../src/index.ts'
import { bench, incoming, paid, signed, startAt } from '../support/acme.ts'
import { inboxThat } from '../support/receiving.ts'

describe('an inbox that answers none of the words of the contract', () => {
  it.each([undefined, 'maybe', true, {}])('(%j) is 503: it vouches for nothing', async (answer) => {
    for (const accept of [() => answer as never, async () => answer as never]) {
      const { receiver, codes } = bench({ inbox: inboxThat(accept) })
      expect((await receiver.receive(signed(paid))).status).toBe(503)
      expect(codes()).toEqual(['inbox-failed'])
    }
  })
})

describe('the idempotency key', () => {
  it('without an id is the body hash: the same bytes are the same event', async () => {
    const { receiver } = bench()
    const anonymous = { type: 'order.paid', amount: 1, at: startAt }
    expect((await receiver.receive(signed(anonymous))).kind).toBe('accepted')
    expect((await receiver.receive(signed(anonymous))).kind).toBe('duplicate')
    expect((await receiver.receive(signed({ ...anonymous, amount: 2 }))).kind).toBe('accepted')
  })

  it('does not let separators inside one part pass for two parts', async () => {
    const { receiver } = bench(
      {},
      { envelope: ({ parts, at }) => ({ type: 'order.paid', time: at, idempotencyKey: parts as string[] }) },
    )
    const kinds: string[] = []
    for (const parts of [['a.b', 'c'], ['a', 'b.c'], ['a"', '"b'], ['a","b'], ['a', 'b']]) {
      kinds.push((await receiver.receive(signed({ parts, at: startAt, amount: 1 }))).kind)
    }
    expect(kinds).toEqual(Array(5).fill('accepted'))
  })

  it('and body hash go to the inbox with the bytes as they came', async () => {
    const deliveries: Delivery[] = []
    const { receiver } = bench({ inbox: inboxThat((delivery) => (deliveries.push(delivery), 'accepted')) })
    const body = Buffer.from(`{ "type":"order.paid", "id":"o-1", "amount":1.0, "at":"${startAt}" }\n`)
    await receiver.receive(signed(body))
    expect(deliveries[0]?.body).toBe(body)
    expect(deliveries[0]).toMatchObject({ provider: 'acme', type: 'order.paid', keyId: 'default' })
    expect(deliveries[0]?.id).toMatch(/^[\w-]{22}$/)
    expect(deliveries[0]?.bodyHash).toMatch(/^[\w-]{43}$/)
  })
})

describe('the inbox', () => {
  it.each<[string, () => Awaitable<AcceptResult>, RejectionCode]>([
    ['is full', () => 'full', 'inbox-full'],
    ['is full, later', async () => 'full' as const, 'inbox-full'],
    [
      'throws',
      () => {
        throw new Error('disk')
      },
      'inbox-failed',
    ],
    [
      'rejects',
      async () => {
        throw new Error('disk')
      },
      'inbox-failed',
    ],
  ])('that %s is 503 with Retry-After', async (_, accept, code) => {
    const { receiver, codes } = bench({ inbox: inboxThat(accept) })
    expect(await receiver.receive(signed(paid))).toMatchObject({
      status: 503,
      body: '{"error":"unavailable"}',
      headers: { 'retry-after': '1' },
    })
    expect(codes()).toEqual([code])
  })

  it('that accepts later is waited for', async () => {
    const { receiver } = bench({ inbox: inboxThat(async () => 'accepted' as const) })
    expect(await receiver.receive(signed(paid))).toMatchObject({ status: 200, kind: 'accepted' })
  })

  it('that is silent is 503 after its own deadline', async () => {
    const { receiver, clock, codes } = bench({ inbox: inboxThat(() => new Promise(() => {})) })
    const outcome = Promise.resolve(receiver.receive(signed(paid)))
    await clock.advance(799)
    expect(codes()).toEqual([])
    await clock.advance(1)
    expect((await outcome).status).toBe(503)
    expect(codes()).toEqual(['inbox-timeout'])
  })

  it('has what the body left of the budget, and no more', async () => {
    const { receiver, clock, codes } = bench({
      ackTimeoutMs: 3_500,
      inbox: inboxThat(() => new Promise(() => {})),
    })
    const request = signed(paid)
    const slow = () =>
      new Promise<Uint8Array>((resolve) => clock.schedule(2_900, () => resolve(request.body)))
    const outcome = receiver.handle(incoming(request, { read: slow }))
    await clock.advance(3_499)
    expect(codes()).toEqual([])
    await clock.advance(1)
    expect((await outcome).status).toBe(503)
  })

  it('is asked to remember an idempotency key for as long as a copy is fresh, or 7 days without a time', async () => {
    const asked: number[] = []
    const inbox = inboxThat((_, { minRetentionMs }) => (asked.push(minRetentionMs), 'accepted'))
    const optional = { time: { of: 'event', format: 'rfc3339', required: false, signed: true } } as const
    const window = { tolerance: { pastMs: 10_000, futureMs: 20_000 } }
    for (const { receiver } of [bench({ inbox }), bench({ inbox, ...window }), bench({ inbox }, optional)]) {
      await receiver.receive(signed(paid))
    }
    expect(asked).toEqual([360_000, 30_000, 7 * 86_400_000])
  })
})
