import { defineProvider, hmac, type Provider } from '@acuse/core'
import type { HmacOptions, Value } from '@acuse/core/provider-kit'
import { extrasOf, type GenericEvents, type HmacProviderOptions } from './options.ts'
import { toSending } from './sending.ts'

export type { GenericEvents, GenericExtras, HmacProviderOptions } from './options.ts'

/**
 * A provider for senders of your own: signed, dated, typed and versioned by headers.
 *
 * By default `<X-Timestamp>.<body>` is signed with HMAC-SHA512, as hex in `X-Signature`; the time is the attempt's, in
 * Unix seconds; `X-Event-Type` names the event and `X-Webhook-Version`, where there is one, the version of its payload.
 * An event is its `id`. Every name can be another one, and the rest of a provider can be added: `items` for batches,
 * `thin` for notices whose payload is fetched, `handshakes` for a sender that checks its endpoint first, `limits` for how
 * long it retries.
 *
 * @typeParam Events the payloads by name, with their versions, such as
 * `{ 'v1.order.paid': PaidV1; 'v2.order.paid': PaidV2 }`
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { hmacProvider } from '@acuse/providers/generic'
 *
 * interface Orders {
 *   readonly 'v1.order.paid': { readonly id: string; readonly total: number }
 *   readonly 'v2.order.paid': { readonly id: string; readonly amount: { readonly value: number; readonly currency: string } }
 * }
 * const orders = hmacProvider<Orders>({ name: 'orders', secret: process.env['ORDERS_SECRET'] })
 * const receiver = createReceiver(orders)
 * receiver.on('v1.order.paid', ({ payload }, { log }) => log.info({ total: payload.total }, 'paid'))
 * receiver.on('v2.order.paid', ({ payload }, { log }) => log.info({ total: payload.amount.value }, 'paid'))
 */
export function hmacProvider<Events extends object = GenericEvents>(
  options: HmacProviderOptions<Events>,
): Provider<Events> {
  const extras = extrasOf(options)
  const { name, events } = options
  const { path = `/webhooks/${name}`, timestampHeader = 'X-Timestamp' } = options
  const { timestampFormat = 'unix-seconds', idField = 'id' } = options
  const { typeHeader = 'X-Event-Type', versionHeader = 'X-Webhook-Version' } = options
  const timestamp = { header: timestampHeader, as: timestampFormat } as const
  return defineProvider<Events>({
    ...extras,
    name,
    path,
    scheme: hmac(toHmacOptions(options, timestamp)),
    ...(events === undefined ? undefined : { events }),
    time: { of: 'attempt', value: timestamp, format: timestampFormat, required: true },
    eventRules: [
      {
        type: [{ header: typeHeader, as: 'token' }],
        ...(versionHeader === false
          ? undefined
          : { version: { header: versionHeader, as: 'token' } as const }),
        idempotencyKey: [{ body: idField }],
      },
    ],
    sending: toSending<Events>({ typeHeader, versionHeader, idField, samples: options.samples }),
  })
}

function toHmacOptions<Events extends object>(
  { signatureHeader = 'X-Signature', hash = 'sha512', ...options }: HmacProviderOptions<Events>,
  timestamp: Value & { readonly as: 'unix-seconds' | 'unix-ms' | 'rfc3339' },
): HmacOptions {
  const { secret, prefix, separator, encoding, secretEncoding } = options
  const { signs = [timestamp, { text: '.' }, { raw: 'body' }] } = options
  return {
    secret,
    header: signatureHeader,
    hash,
    signs,
    ...(prefix === undefined ? undefined : { prefix }),
    ...(separator === undefined ? undefined : { separator }),
    ...(encoding === undefined ? undefined : { encoding }),
    ...(secretEncoding === undefined ? undefined : { secretEncoding }),
  }
}
