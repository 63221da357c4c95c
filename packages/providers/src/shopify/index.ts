import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { shopifyEventNames } from './event-names.ts'
import type { ShopifyEvents } from './events.ts'

export { shopifyEventNames } from './event-names.ts'
export type * from './events.ts'

const hour = 3_600_000

/**
 * Shopify: orders, products, customers and the rest of a shop.
 *
 * HMAC-SHA256 as base64 over the raw body alone, in `X-Shopify-Hmac-SHA256`; the key is the app's client secret. Topic,
 * shop, ids and time stand in headers that nothing signs: a captured body could come again under another topic or shop,
 * so copies are told by the body, whatever the headers say, and no time is checked. `event.unsigned` has the shop, the
 * event's id and the API version: take the shop from the payload where it matters. Eight retries in four hours, each with
 * the payload of the first; the wait for an answer is 5 s.
 *
 * As of its documentation, read 2026-11-27: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries,
 * https://shopify.dev/changelog/updates-to-webhook-retry-mechanism and https://shopify.dev/docs/api/webhooks/latest (API
 * 2026-10).
 *
 * @param secret the app's client secret, or several while one replaces another: after a rotation Shopify signs with the
 * old one for up to an hour
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { shopify } from '@acuse/providers/shopify'
 *
 * const receiver = createReceiver(shopify(process.env['SHOPIFY_CLIENT_SECRET']))
 * receiver.on('orders/create', ({ payload }, { log }) => log.info({ order: payload.id }, 'ordered'))
 */
export function shopify<Events extends object = ShopifyEvents>(
  secret: Secrets | undefined,
): Provider<Events> {
  const provider = defineProvider<ShopifyEvents>({
    name: 'shopify',
    path: '/webhooks/shopify',
    scheme: hmac({ header: 'X-Shopify-Hmac-SHA256', encoding: 'base64', secret }),
    events: shopifyEventNames,
    eventRules: [{ type: [{ header: 'x-shopify-topic' }] }],
    expose: [
      'x-shopify-shop-domain',
      'x-shopify-api-version',
      'x-shopify-event-id',
      'x-shopify-webhook-id',
      'x-shopify-triggered-at',
    ],
    limits: { retriesForMs: 4 * hour, ackTimeoutMs: 5_000 },
    sending: {
      // Eight retries «using an exponential backoff schedule», which is not stated.
      attemptDelaysMs: [0],
      timeoutMs: 5_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, updated_at: at.toISOString() }),
      headers: (_payload, at, event) => ({
        'x-shopify-topic': event,
        'x-shopify-shop-domain': 'example.myshopify.com',
        'x-shopify-api-version': '2026-10',
        'x-shopify-webhook-id': `9a014656-dece-4d17-b992-${String(at.getTime()).slice(-12)}`,
        'x-shopify-event-id': `98880550-7158-44d4-b7cd-${String(at.getTime()).slice(-12)}`,
        'x-shopify-triggered-at': at.toISOString(),
      }),
    },
  })
  return typed<Events>(provider)
}
