import { anyOf, defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import type { EventRule, Part, Value } from '@acuse/core/provider-kit'
import { type OwnFetch, toFetchLatest } from '../lib/fetch-options.ts'
import { typed } from '../lib/typed.ts'
import { type MercadoPagoEvents, mercadoPagoEventNames } from './events.ts'
import { fetchResource, type MercadoPagoApi } from './fetch-resource.ts'

export type { OwnFetch } from '../lib/fetch-options.ts'
export type * from './events.ts'
export { mercadoPagoEventNames } from './events.ts'
export type { MercadoPagoApi } from './fetch-resource.ts'

const minute = 60_000
const hour = 60 * minute
/** «Demora», attempt by attempt. */
const attemptDelaysMs = [0, 15 * minute, 30 * minute, 6 * hour, 48 * hour, 96 * hour, 96 * hour, 96 * hour]
const timeoutMs = 22_000

/** As the SDKs sign it since June 2026, and as the documentation says: `data.id` as it is, and in lower case. */
const dataId = { query: 'data.id', as: 'id' } as const
const lowerDataId: Value = { ...dataId, lower: true }
const requestId = { header: 'X-Request-Id', as: 'id' } as const
const ts = { field: 'ts', as: 'unix' } as const

/** «id:[data.id];request-id:[x-request-id];ts:[ts];», where what is missing drops out. */
function signs(id: Value): readonly Part[] {
  return [
    { ...id, optional: true, before: 'id:', after: ';' },
    { ...requestId, optional: true, before: 'request-id:', after: ';' },
    { ...ts, before: 'ts:', after: ';' },
  ]
}

const idempotencyKey = [lowerDataId, requestId, ts]
const eventRules: readonly EventRule[] = [
  { when: { query: 'type', exists: true }, type: [{ query: 'type', as: 'id' }], idempotencyKey },
  { type: [{ body: 'type', as: 'id' }], idempotencyKey },
]

/**
 * Mercado Pago: payments, orders, subscriptions and claims.
 *
 * HMAC-SHA256 as hex in `X-Signature: ts=…,v1=…` signs the query's `data.id`, `X-Request-Id` and `ts`, and **nothing of
 * the body**, nor `type`: a notice says that something happened to an id, and what happened is what the API answers. Give
 * an access token and it is fetched before handlers run, as the event's payload; or fetch it yourself with `fetchLatest`.
 * Without either the payload is `{ id }`, in lower case. A captured request under another `type` is the same event.
 * Notices of QR codes, and IPN, are not signed: they are refused.
 *
 * Time is `ts`, in seconds or milliseconds, new in each attempt, as the request's id is: an attempt that was answered too
 * late comes again as another event. Handlers see the state of now either way, so that doing it twice must change
 * nothing.
 *
 * Eight attempts: after 15 min, 30 min, 6 h, 48 h and three times 96 h, each of which waits 22 s for its answer.
 *
 * For the SDK's own types: `mercadoPago<{ payment: PaymentResponse }>(…)`.
 *
 * As of its documentation, read 2026-11-27:
 * https://www.mercadopago.com.mx/developers/es/docs/your-integrations/notifications/webhooks.
 *
 * @param secret the secret signature of «Tus integraciones», or several while one replaces another
 * @param options how what a notice is about is fetched. Default: it is not
 * @throws TypeError when a secret or an option cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { mercadoPago } from '@acuse/providers/mercado-pago'
 *
 * const accessToken = process.env['MERCADO_PAGO_ACCESS_TOKEN']
 * const receiver = createReceiver(mercadoPago(process.env['MERCADO_PAGO_SECRET'], { accessToken }))
 * receiver.on('payment', ({ payload }, { log }) => log.info({ status: payload['status'] }, 'payment'))
 */
export function mercadoPago<Events extends object = MercadoPagoEvents>(
  secret: Secrets | undefined,
  options?: MercadoPagoApi | OwnFetch<Events[keyof Events]>,
): Provider<Events> {
  const fetchLatest = toFetchLatest('mercadoPago', options, { texts: ['accessToken'] }, fetchResource)
  const signature = { header: 'X-Signature', prefix: 'v1=', separator: ',', secret } as const
  const provider = defineProvider<MercadoPagoEvents>({
    name: 'mercado-pago',
    path: '/webhooks/mercado-pago',
    scheme: anyOf([
      hmac({ ...signature, signs: signs(dataId) }),
      hmac({ ...signature, signs: signs(lowerDataId) }),
    ]),
    events: mercadoPagoEventNames,
    time: { of: 'attempt', value: ts, format: ['unix-seconds', 'unix-ms'], required: true },
    eventRules,
    thin: { id: lowerDataId, ...(fetchLatest && { fetchLatest }) },
    limits: {
      retriesForMs: attemptDelaysMs.reduce((sum, delayMs) => sum + delayMs + timeoutMs, 0),
      ackTimeoutMs: timeoutMs,
    },
    sending: {
      attemptDelaysMs,
      timeoutMs,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, id: at.getTime(), date_created: at.toISOString() }),
      headers: (_payload, at) => ({ 'X-Request-Id': `acuse-${at.getTime()}` }),
      query: (payload, _at, event) => ({ 'data.id': idOf(payload), type: event }),
    },
  })
  return typed<Events>(provider)
}

/** The id of what a notice is about. */
function idOf({ data }: JsonObject): string {
  return String(Object(data)['id'])
}
