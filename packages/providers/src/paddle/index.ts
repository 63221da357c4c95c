import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { paddleEventNames } from './event-names.ts'
import type { PaddleEvents } from './events.ts'

export { paddleEventNames } from './event-names.ts'
export type * from './events.ts'

const day = 86_400_000

/**
 * Paddle Billing: transactions, subscriptions, customers. Paddle Classic signs another way, and is refused.
 *
 * HMAC-SHA256 as hex over `ts`, a colon and the raw body, in `Paddle-Signature: ts=…;h1=…`; a secret that is being
 * rotated gives a second `h1`. `ts` is the attempt's. The event's `event_id` tells copies, also one that was replayed by
 * hand, whose `notification_id` is another one. 60 retries in three days (in the sandbox three in 15 min), at intervals
 * that are not stated; the wait for an answer is 5 s.
 *
 * As of its documentation, read 2026-11-27: https://developer.paddle.com/webhooks/about/signature-verification and
 * https://developer.paddle.com/webhooks/about/respond-to-webhooks; names from the package `@paddle/paddle-node-sdk`
 * 3.10.0.
 *
 * @param secret the destination's secret key, such as `pdl_ntfset_…`, or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { paddle } from '@acuse/providers/paddle'
 *
 * const receiver = createReceiver(paddle(process.env['PADDLE_WEBHOOK_SECRET']))
 * receiver.on('transaction.completed', ({ payload }, { log }) => log.info({ id: payload.data.id }, 'paid'))
 */
export function paddle<Events extends object = PaddleEvents>(secret: Secrets | undefined): Provider<Events> {
  const provider = defineProvider<PaddleEvents>({
    name: 'paddle',
    path: '/webhooks/paddle',
    scheme: hmac({
      header: 'Paddle-Signature',
      prefix: 'h1=',
      separator: ';',
      secret,
      signs: [{ field: 'ts', as: 'unix-seconds' }, { text: ':' }, { raw: 'body' }],
    }),
    events: paddleEventNames,
    time: { of: 'attempt', value: { field: 'ts' }, format: 'unix-seconds', required: true },
    eventRules: [{ type: [{ body: 'event_type' }], idempotencyKey: [{ body: 'event_id' }] }],
    volatile: ['notification_id'],
    limits: { retriesForMs: 3 * day, ackTimeoutMs: 5_000 },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 5_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({
        ...payload,
        event_id: `${payload['event_id']}${at.getTime()}`,
        occurred_at: at.toISOString(),
      }),
    },
  })
  return typed<Events>(provider)
}
