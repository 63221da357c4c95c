import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { type StripeEvents, stripeEventNames } from './events.ts'

export type * from './events.ts'
export { stripeEventNames, stripeSnapshotEventNames, stripeThinEventNames } from './events.ts'

const day = 86_400_000

/**
 * Stripe: snapshot events and thin events.
 *
 * HMAC-SHA256 as hex over `t`, a full stop and the raw body, in `Stripe-Signature: t=…,v1=…`; a secret that was rolled
 * gives a second `v1`, and `v0` is of test events only. The key is the text of the secret, `whsec_` included. Each
 * attempt is signed anew, so `t` is the attempt's. The event's `id` tells copies; `pending_webhooks` differs between
 * them. Stripe retries for three days, at growing intervals that it does not state.
 *
 * Stripe publishes types of its payloads: `stripe<{ [E in Stripe.Event as E['type']]: E }>(secret)`.
 *
 * As of its documentation, read 2026-11-27: https://docs.stripe.com/webhooks and
 * https://docs.stripe.com/webhooks/signature; names from the package `stripe` 23.1.0.
 *
 * @param secret the endpoint's signing secret, such as `whsec_…`, or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { stripe } from '@acuse/providers/stripe'
 *
 * const receiver = createReceiver(stripe(process.env['STRIPE_WEBHOOK_SECRET']))
 * receiver.on('invoice.paid', ({ payload }, { log }) => log.info({ event: payload.id }, 'paid'))
 */
export function stripe<Events extends object = StripeEvents>(secret: Secrets | undefined): Provider<Events> {
  const provider = defineProvider<StripeEvents>({
    name: 'stripe',
    path: '/webhooks/stripe',
    scheme: hmac({
      header: 'Stripe-Signature',
      prefix: 'v1=',
      separator: ',',
      secret,
      signs: [{ field: 't', as: 'unix-seconds' }, { text: '.' }, { raw: 'body' }],
    }),
    events: stripeEventNames,
    time: { of: 'attempt', value: { field: 't' }, format: 'unix-seconds', required: true },
    eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'id' }] }],
    volatile: ['pending_webhooks'],
    limits: { retriesForMs: 3 * day },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
    },
  })
  return typed<Events>(provider)
}

/** A thin event writes its time in RFC 3339. */
function stamp(payload: JsonObject, at: Date): JsonObject {
  const created = payload['object'] === 'event' ? Math.floor(at.getTime() / 1000) : at.toISOString()
  return { ...payload, id: `${payload['id']}${at.getTime()}`, created }
}
