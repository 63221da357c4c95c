import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import type { KhipuEvents } from './events.ts'

export type { OwnFetch } from '../lib/fetch-options.ts'
export type * from './events.ts'
export type { KhipuOldApi } from './fetch-old-payment.ts'
export { khipuOld } from './khipu-old.ts'

const t = { field: 't', as: 'unix-ms' } as const

/**
 * Khipu: payments that were reconciled, by notifications 3.0 (`notify_api_version: '3.0'`). For 1.3 see {@link khipuOld}.
 *
 * HMAC-SHA256 of `t`, a full stop and the raw body, base64 in `x-khipu-signature: t=…,s=…`; time is `t`, in milliseconds.
 * The body is the payment. Its idempotency key is the payment's id and when it was reconciled. No schedule of attempts is
 * documented.
 *
 * As of its documentation, read 2026-11-27: https://docs.khipu.com/payment-solutions/instant-payments/payment-webhook.md.
 *
 * @param secret the secret («llave») of the account that is paid, 40 hexadecimal characters, which is not the API key; or
 * several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { khipu } from '@acuse/providers/khipu'
 *
 * const receiver = createReceiver(khipu(process.env['KHIPU_SECRET']))
 * receiver.on('payment', ({ payload }, { log }) => log.info({ order: payload.transaction_id }, 'paid'))
 */
export function khipu(secret: Secrets | undefined): Provider<KhipuEvents> {
  return defineProvider<KhipuEvents>({
    name: 'khipu',
    path: '/webhooks/khipu',
    scheme: hmac({
      header: 'X-Khipu-Signature',
      prefix: 's=',
      separator: ',',
      encoding: 'base64',
      secret,
      signs: [t, { text: '.' }, { raw: 'body' }],
    }),
    events: ['payment'],
    time: { of: 'attempt', value: t, format: 'unix-ms', required: true },
    eventRules: [
      {
        type: [{ text: 'payment' }],
        idempotencyKey: [{ body: 'payment_id' }, { body: 'conciliation_date' }],
      },
    ],
    sending: {
      // Neither is documented.
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({
        ...payload,
        payment_id: `zfx${at.getTime()}`,
        conciliation_date: at.toISOString(),
      }),
    },
  })
}
