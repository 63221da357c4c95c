import { apiKey, defineProvider, type Provider, type Secrets } from '@acuse/core'
import { encodeForm } from '../lib/encode-form.ts'
import { type OwnFetch, toFetchLatest } from '../lib/fetch-options.ts'
import type { KhipuOldEvents, KhipuOldPayment } from './events.ts'
import { fetchOldPayment, type KhipuOldApi } from './fetch-old-payment.ts'

const token = { body: 'notification_token', as: 'id' } as const

/**
 * Khipu, by notifications 1.3 (`notify_api_version: '1.3'`, API 2.0), as `khipu-1`. Where you can, change to 3.0: see
 * `khipu`.
 *
 * Nothing is signed: Khipu posts a token, and what became of the payment is what the API answers. So the proof is a
 * secret of yours in the URL, `https://app.example.cl/webhooks/khipu-1?k=…`: give the credentials of the API and the
 * payment is fetched before handlers run, as the event's payload; or fetch it yourself with `fetchLatest`. Without either
 * the payload is `{ id }`. Keep the query of that URL out of the logs of proxies.
 *
 * One token is one event. No time is told, and no schedule of attempts is documented. Compare `receiver_id` and `amount`
 * with yours before you deliver.
 *
 * As of its documentation, read 2026-11-27: https://khipu.com/page/api and
 * https://github.com/khipu/khipu-api-ruby-client.
 *
 * @param urlSecret the secret in the URL, at least 16 characters, or several while one replaces another
 * @throws TypeError when a secret or an option cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { khipuOld } from '@acuse/providers/khipu'
 *
 * const api = { receiverId: process.env['KHIPU_RECEIVER_ID'], secret: process.env['KHIPU_SECRET'] }
 * const receiver = createReceiver(khipuOld(process.env['KHIPU_URL_SECRET'], api))
 * receiver.on('payment', ({ payload }, { log }) => log.info({ order: payload.transaction_id }, payload.status))
 */
export function khipuOld(urlSecret: Secrets | undefined): Provider<KhipuOldEvents>
/**
 * With the credentials of the API: the payment is fetched, and is the payload.
 * @param urlSecret the secret in the URL
 * @param options the credentials of the API
 */
export function khipuOld(
  urlSecret: Secrets | undefined,
  options: KhipuOldApi,
): Provider<KhipuOldEvents<KhipuOldPayment>>
/**
 * With a function of yours: what it answers is the payload.
 * @param urlSecret the secret in the URL
 * @param options a function of yours that fetches
 */
export function khipuOld<Payload>(
  urlSecret: Secrets | undefined,
  options: OwnFetch<Payload>,
): Provider<KhipuOldEvents<Payload>>
export function khipuOld(
  urlSecret: Secrets | undefined,
  options?: KhipuOldApi | OwnFetch<unknown>,
): Provider<KhipuOldEvents<unknown>> {
  const fetchLatest = toFetchLatest('khipuOld', options, { texts: ['receiverId', 'secret'] }, fetchOldPayment)
  return defineProvider<KhipuOldEvents<unknown>>({
    name: 'khipu-1',
    path: '/webhooks/khipu-1',
    scheme: apiKey({ key: urlSecret, query: 'k' }),
    events: ['payment'],
    bodies: { 'application/x-www-form-urlencoded': 'form' },
    eventRules: [{ type: [{ text: 'payment' }], idempotencyKey: [token] }],
    thin: { id: token, ...(fetchLatest && { fetchLatest }) },
    sending: {
      // Neither is documented.
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).oldSamples,
      stamp: (payload, at) => ({ ...payload, notification_token: `3d6c1abc${at.getTime()}` }),
      encode: encodeForm,
    },
  })
}
