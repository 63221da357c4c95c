import type { Provider } from '../model/provider.ts'
import { checkProvider } from './check-provider.ts'

/**
 * Checks and freezes what a provider states. The place to start when you add one.
 * @throws TypeError when a field is unknown or cannot be used
 * @example
 * import { defineProvider, type EventSchema, hmac } from '@acuse/core'
 *
 * interface Paid {
 *   readonly type: 'order.paid'
 *   readonly id: string
 * }
 * // `paid` is a schema of any library that keeps to Standard Schema.
 * export const acme = (secret: string, paid: EventSchema<Paid>) =>
 *   defineProvider<{ 'order.paid': Paid }>({
 *     name: 'acme',
 *     path: '/webhooks/acme',
 *     scheme: hmac({ header: 'X-Signature', secret }),
 *     events: { 'order.paid': paid },
 *     time: { of: 'event', format: 'rfc3339', required: true, signed: true },
 *     envelope({ type, id, at }) {
 *       if (typeof type !== 'string' || typeof id !== 'string') return { code: 'envelope-invalid' }
 *       return { type, time: at, idempotencyKey: [id] }
 *     },
 *   })
 */
export function defineProvider<Events extends object>(provider: Provider<Events>): Provider<Events> {
  checkProvider(provider)
  return Object.freeze({ ...provider })
}
