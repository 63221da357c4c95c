import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type StripeEvents,
  stripe,
  stripeEventNames,
  stripeSnapshotEventNames,
  stripeThinEventNames,
} from '../src/stripe/index.ts'
import { bench, now, secret, stamped, verdict } from './support/payments.ts'

describe('stripe', () => {
  it('hands on snapshot events and thin events, whose times it writes as Stripe does', async () => {
    const provider = stripe(secret)
    const { send, events } = bench(provider)
    const samples = await stamped(provider)
    for (const [, payload] of samples) expect(await send({ payload })).toMatchObject({ kind: 'accepted' })
    const handled = await events()
    expect(handled.map(({ type }) => type)).toEqual(samples.map(([event]) => event))
    expect(handled[0]?.payload).toMatchObject({ created: Math.floor(now / 1000) })
    expect(handled.at(-1)?.payload).toMatchObject({ created: '2026-11-25T18:59:17.156Z' })
  })

  it('takes an attempt that is signed anew, with fewer pending webhooks, for the same event', async () => {
    const { send } = bench(stripe(secret))
    const payload = { id: 'evt_1', object: 'event', type: 'invoice.paid', pending_webhooks: 2 }
    const minuteAgo = new Date(now - 60_000)
    expect(verdict(await send({ payload, at: minuteAgo }))).toBe('accepted')
    expect(verdict(await send({ payload: { ...payload, pending_webhooks: 1 } }))).toBe('duplicate')
  })

  it('refuses an attempt that is ten minutes old', async () => {
    const { send } = bench(stripe(secret))
    const payload = { id: 'evt_1', object: 'event', type: 'invoice.paid' }
    expect(verdict(await send({ payload, at: new Date(now - 600_000) }))).toBe('time-past')
  })

  it('names every event of the API once', () => {
    expect(stripeSnapshotEventNames).toContain('payment_intent.succeeded')
    expect(stripeThinEventNames).toContain('v1.payment_intent.succeeded')
    expect(stripeThinEventNames).toContain('v2.core.account[requirements].updated')
    expect(new Set(stripeEventNames).size).toBe(stripeEventNames.length)
    expect(stripeEventNames).toHaveLength(stripeSnapshotEventNames.length + stripeThinEventNames.length)
  })

  it("types payloads by name, or by the caller's own types", () => {
    expectTypeOf<StripeEvents['invoice.paid']['type']>().toEqualTypeOf<'invoice.paid'>()
    const own = stripe<{ 'invoice.paid': { amount: number } }>(secret)
    own satisfies { readonly name: string }
    bench(own).receiver.on('invoice.paid', ({ payload }) => {
      expectTypeOf(payload.amount).toEqualTypeOf<number>()
    })
  })

  it('throws without a secret', () => {
    expect(() => stripe(undefined)).toThrow(TypeError)
  })
})
