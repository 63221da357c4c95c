import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { type JumpsellerEvents, jumpsellerEventNames } from './events.ts'

export type * from './events.ts'
export { jumpsellerEventNames } from './events.ts'

/**
 * Jumpseller: orders, products, customers and subscriptions of a store.
 *
 * HMAC-SHA256 of the raw body, base64, in `Jumpseller-Hmac-Sha256`. The event's name stands in `Jumpseller-Event`, which
 * is not signed, and neither is `Jumpseller-Store-Code`, which handlers see as `event.unsigned`. No time and no id of an
 * event are told, so that one body is one event: a captured request under another name is refused.
 *
 * **One body, one event.** A paid order gives `order_paid` and `order_updated`, which may be equal to the byte, and then
 * nobody can tell the second from a replay under another name. Subscribe to `order_updated` alone and read the signed
 * `order.status`, or to the events of single states without it.
 *
 * Neither how long it waits for an answer nor when it tries again is documented.
 *
 * As of its documentation, read 2026-11-27: https://jumpseller.com/support/webhooks/.
 *
 * @param secret the hooks token of the store (Config > Notifications), or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { jumpseller } from '@acuse/providers/jumpseller'
 *
 * const receiver = createReceiver(jumpseller(process.env['JUMPSELLER_HOOKS_TOKEN']))
 * receiver.on('order_paid', ({ payload }, { log }) => log.info({ order: payload.order.id }, 'paid'))
 */
export function jumpseller<Events extends object = JumpsellerEvents>(
  secret: Secrets | undefined,
): Provider<Events> {
  const provider = defineProvider<JumpsellerEvents>({
    name: 'jumpseller',
    path: '/webhooks/jumpseller',
    scheme: hmac({ header: 'Jumpseller-Hmac-Sha256', encoding: 'base64', secret }),
    events: jumpsellerEventNames,
    eventRules: [{ type: [{ header: 'Jumpseller-Event', as: 'id' }] }],
    expose: ['Jumpseller-Store-Code'],
    sending: {
      // Neither is documented.
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
      headers: (_payload, _at, event) => ({
        'Jumpseller-Event': event,
        'Jumpseller-Store-Code': 'mi-tienda',
      }),
    },
  })
  return typed<Events>(provider)
}

/** Another resource at another time. */
function stamp(payload: JsonObject, at: Date): JsonObject {
  const named = Object.entries(payload).map(([name, resource]) => [
    name,
    { ...Object(resource), id: at.getTime() },
  ])
  return Object.fromEntries(named)
}
