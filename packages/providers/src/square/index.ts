import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { checkOptions } from '@acuse/core/inbox-kit'
import { typed } from '../lib/typed.ts'
import { squareEventNames } from './event-names.ts'
import type { SquareEvents } from './events.ts'

export { squareEventNames } from './event-names.ts'
export type * from './events.ts'

/** Options of {@link square}. */
export interface SquareOptions {
  /** The notification URL of the subscription, without its query, such as `https://app.example.cl/webhooks/square`. */
  readonly publicUrl: string
}

const day = 86_400_000

/**
 * Square: payments, orders, customers, invoices and the rest of its APIs.
 *
 * HMAC-SHA256 as base64 over the notification URL and the raw body, in `X-Square-HmacSha256-Signature`; the key is the
 * subscription's signature key. The event's `event_id` tells copies; nothing signed states the attempt's time. Square
 * retries for 24 hours.
 *
 * As of its documentation, read 2026-11-27: https://developer.squareup.com/docs/webhooks/step3validate and
 * https://developer.squareup.com/docs/webhooks/troubleshooting; names from the package `square` 46.0.0.
 *
 * @param signatureKey the subscription's signature key, or several while one replaces another
 * @throws TypeError when a key or the address cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { square } from '@acuse/providers/square'
 *
 * const publicUrl = 'https://app.example.cl/webhooks/square'
 * const receiver = createReceiver(square(process.env['SQUARE_SIGNATURE_KEY'], { publicUrl }))
 * receiver.on('payment.updated', ({ payload }, { log }) => log.info({ id: payload.data.id }, 'updated'))
 */
export function square<Events extends object = SquareEvents>(
  signatureKey: Secrets | undefined,
  options: SquareOptions,
): Provider<Events> {
  checkOptions('square options', options, { publicUrl: 'text' })
  const provider = defineProvider<SquareEvents>({
    name: 'square',
    path: '/webhooks/square',
    scheme: hmac({
      header: 'X-Square-HmacSha256-Signature',
      encoding: 'base64',
      secret: signatureKey,
      signs: [{ publicUrl: String(options.publicUrl) }, { raw: 'body' }],
    }),
    events: squareEventNames,
    eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'event_id' }] }],
    expose: ['square-retry-number', 'square-retry-reason', 'square-environment'],
    limits: { retriesForMs: day },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({
        ...payload,
        event_id: `${payload['event_id']}-${at.getTime()}`,
        created_at: at.toISOString(),
      }),
    },
  })
  return typed<Events>(provider)
}
