import { apiKey, defineProvider, type Provider, type Secrets } from '@acuse/core'
import { encodeForm } from '../lib/encode-form.ts'
import { type OwnFetch, toFetchLatest } from '../lib/fetch-options.ts'
import type { FlowEvents, FlowPayment } from './events.ts'
import { type FlowApi, fetchPayment } from './fetch-payment.ts'

export type { OwnFetch } from '../lib/fetch-options.ts'
export type * from './events.ts'
export type { FlowApi } from './fetch-payment.ts'

const token = { body: 'token', as: 'id' } as const

/**
 * Flow (Chile): confirmations of payments.
 *
 * Flow signs nothing: it posts a token to `urlConfirmation`, and what became of the payment is what the API answers. So
 * the proof is a secret of yours in that URL, `https://app.example.cl/webhooks/flow?k=…`, and the token is only an id:
 * give the keys of the API and the payment is fetched before handlers run, as the event's payload; or fetch it yourself
 * with `fetchLatest`. Without either the payload is `{ id }`. Keep the query of that URL out of the logs of proxies.
 *
 * One token is one event, which comes once, whatever state it is fetched in. No time is told, and no schedule of attempts
 * is documented. Refunds and subscriptions post a token of another kind to a URL of their own: mount another receiver
 * there, with a `fetchLatest` of its own.
 *
 * As of its documentation, read 2026-11-27: https://developers.flow.cl/docs/tutorial-basics/status and
 * https://developers.flow.cl/en/api.
 *
 * @param secret the secret in the URL, at least 16 characters, or several while one replaces another
 * @throws TypeError when a secret or an option cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { flow } from '@acuse/providers/flow'
 *
 * const api = { apiKey: process.env['FLOW_API_KEY'], secretKey: process.env['FLOW_SECRET_KEY'] }
 * const receiver = createReceiver(flow(process.env['FLOW_URL_SECRET'], api))
 * receiver.on('confirmation', ({ payload }, { log }) => log.info({ order: payload.commerceOrder }, 'Flow'))
 */
export function flow(secret: Secrets | undefined): Provider<FlowEvents>
/**
 * With the keys of the API: the payment is fetched, and is the payload.
 * @param secret the secret in the URL
 * @param options the keys of the API
 */
export function flow(secret: Secrets | undefined, options: FlowApi): Provider<FlowEvents<FlowPayment>>
/**
 * With a function of yours: what it answers is the payload.
 * @param secret the secret in the URL
 * @param options a function of yours that fetches
 */
export function flow<Payload>(
  secret: Secrets | undefined,
  options: OwnFetch<Payload>,
): Provider<FlowEvents<Payload>>
export function flow(
  secret: Secrets | undefined,
  options?: FlowApi | OwnFetch<unknown>,
): Provider<FlowEvents<unknown>> {
  const names = { texts: ['apiKey', 'secretKey'], others: ['sandbox'] } as const
  const fetchLatest = toFetchLatest('flow', options, names, fetchPayment)
  return defineProvider<FlowEvents<unknown>>({
    name: 'flow',
    path: '/webhooks/flow',
    scheme: apiKey({ key: secret, query: 'k' }),
    events: ['confirmation'],
    bodies: { 'application/x-www-form-urlencoded': 'form' },
    eventRules: [{ type: [{ text: 'confirmation' }], idempotencyKey: [token] }],
    thin: { id: token, ...(fetchLatest && { fetchLatest }) },
    sending: {
      // Neither is documented.
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, token: `${payload['token']}${at.getTime()}` }),
      encode: encodeForm,
    },
  })
}
