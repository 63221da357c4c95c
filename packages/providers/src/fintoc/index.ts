import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { fintocEventNames } from './event-names.ts'
import type { FintocEvents } from './events.ts'

export { fintocEventNames } from './event-names.ts'
export type * from './events.ts'

const t = { field: 't', as: 'unix-seconds' } as const

/**
 * Fintoc: payments, transfers and bank accounts in Chile and Mexico.
 *
 * HMAC-SHA256 of `t`, a full stop and the raw body, as hex in `Fintoc-Signature: t=…,v1=…`; time is `t`, in seconds. An
 * event has an id, the same in each attempt, which is its idempotency key. Fintoc tries up to 17 times again, «using
 * exponential backoff, starting 3 seconds after the failed attempt», over several days.
 *
 * Fintoc publishes no types of events; for your own: `fintoc<{ 'charge.succeeded': MyCharge }>(secret)`.
 *
 * As of its documentation, read 2026-11-27:
 * https://docs.fintoc.com/guides/resources/webhooks-walkthrough/webhooks-validating, `webhooks-creating-guide` beside it
 * and https://docs.fintoc.com/api/main-resources/events-reference/types-of-events.
 *
 * @param secret the secret that Fintoc shows once, when the endpoint is made; or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { fintoc } from '@acuse/providers/fintoc'
 *
 * const receiver = createReceiver(fintoc(process.env['FINTOC_WEBHOOK_SECRET']))
 * receiver.on('payment_intent.succeeded', ({ payload }, { log }) => log.info({ id: payload.data.id }, 'paid'))
 */
export function fintoc<Events extends object = FintocEvents>(secret: Secrets | undefined): Provider<Events> {
  const provider = defineProvider<FintocEvents>({
    name: 'fintoc',
    path: '/webhooks/fintoc',
    scheme: hmac({
      header: 'Fintoc-Signature',
      prefix: 'v1=',
      separator: ',',
      secret,
      signs: [t, { text: '.' }, { raw: 'body' }],
    }),
    events: fintocEventNames,
    time: { of: 'attempt', value: t, format: 'unix-seconds', required: true },
    eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'id' }] }],
    sending: {
      // By what they grow is not documented. That they double is assumed: it makes the «multiple days» of older pages.
      attemptDelaysMs: [0, ...Array.from({ length: 17 }, (_, before) => 3_000 * 2 ** before)],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, id: `evt_${at.getTime()}`, created_at: at.toISOString() }),
    },
  })
  return typed<Events>(provider)
}
