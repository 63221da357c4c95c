import { createReceiver } from '@acuse/core'
import { hmacProvider } from '@acuse/providers/generic'
import { type GithubPush, github } from '@acuse/providers/github'
import { type StripeEvent, stripe } from '@acuse/providers/stripe'
import { describe, expectTypeOf, test } from 'vitest'

const secret = 'a-secret-of-more-than-sixteen-bytes'

describe('a provider of the catalogue', () => {
  test('types its events by name', () => {
    const code = createReceiver(github(secret))
    code.on('push', ({ type, payload }) => {
      expectTypeOf(type).toEqualTypeOf<'push'>()
      expectTypeOf(payload).toEqualTypeOf<GithubPush>()
    })
    const payments = createReceiver(stripe(secret))
    payments.on('invoice.paid', ({ payload, unsigned }) => {
      expectTypeOf(payload).toEqualTypeOf<StripeEvent<'invoice.paid'>>()
      expectTypeOf(unsigned).toEqualTypeOf<Readonly<Record<string, string>>>()
    })
    payments.on('invoice.*', ({ type }) => {
      expectTypeOf<'invoice.paid'>().toMatchTypeOf<typeof type>()
    })
  })

  test('does not compile with a name that the sender does not document', () => {
    const code = createReceiver(github(secret))
    // @ts-expect-error: a letter is wrong
    code.on('pusj', () => {})
    const payments = createReceiver(stripe(secret))
    // @ts-expect-error: a letter is missing
    payments.on('invoice.payd', () => {})
  })

  test('does not compile with a handler of another payload', () => {
    const payments = createReceiver(stripe(secret))
    // @ts-expect-error: an event is no text
    payments.on('invoice.paid', (_: string) => {})
  })

  test("takes the vendor's types, or one's own", () => {
    interface Paid {
      readonly id: string
      readonly total: number
    }
    const own = createReceiver(stripe<{ 'invoice.paid': Paid }>(secret))
    own.on('invoice.paid', ({ payload }) => expectTypeOf(payload).toEqualTypeOf<Paid>())
    const orders = createReceiver(hmacProvider<{ 'v1.order.paid': Paid }>({ name: 'orders', secret }))
    orders.on('v1.order.paid', ({ payload }) => expectTypeOf(payload.total).toEqualTypeOf<number>())
  })

  test('may have any name, where names are the sender’s', () => {
    const orders = createReceiver(hmacProvider({ name: 'orders', secret }))
    orders.on('order.paid', ({ type, payload }) => {
      expectTypeOf(type).toEqualTypeOf<'order.paid'>()
      expectTypeOf(payload['id']).toEqualTypeOf<unknown>()
    })
  })
})
