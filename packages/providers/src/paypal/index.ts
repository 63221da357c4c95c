import { type AsymmetricKeyInput, defineProvider, fetchedKey, type Provider, rsa } from '@acuse/core'
import { checkOptions } from '@acuse/core/inbox-kit'
import type { FetchedKeyOptions, FetchedKeys } from '@acuse/core/provider-kit'
import { typed } from '../lib/typed.ts'
import { paypalEventNames } from './event-names.ts'
import type { PaypalEvents } from './events.ts'

export { paypalEventNames } from './event-names.ts'
export type * from './events.ts'

/** Options of {@link paypal}. */
export interface PaypalOptions {
  /** Takes the certificates of PayPal's sandbox, and no others. Default `false`: those of the live environment alone. */
  readonly sandbox?: boolean
  /** Fetches the certificate. Default: the `fetch` of the runtime. */
  readonly fetch?: NonNullable<FetchedKeyOptions['fetch']>
  /** A private key instead of PayPal's certificates, to sign as PayPal does: for `createSender` in tests. */
  readonly privateKey?: AsymmetricKeyInput
}

const day = 86_400_000
const transmissionId = { header: 'paypal-transmission-id', as: 'id' } as const
const transmissionTime = { header: 'paypal-transmission-time', as: 'rfc3339' } as const

/**
 * PayPal: the webhooks of its REST APIs.
 *
 * RSA (PKCS #1 v1.5, SHA-256) as base64 in `PAYPAL-TRANSMISSION-SIG`, over the transmission's id and time, your webhook's
 * id and the CRC-32 of the body; the key is the certificate at `PAYPAL-CERT-URL`, which is fetched from PayPal's own
 * hosts alone. **A CRC-32 proves nothing**: who holds a captured delivery can rewrite its body and keep the sum. So the
 * idempotency key comes from the transmission's id and never from the body, each transmission is handled once, and a
 * handler should fetch what it pays for from PayPal's API by `payload.resource.id`.
 *
 * PayPal retries 25 times in three days. It does not document whether a retry keeps its transmission: records of its API
 * show retries with the id and the time of the first attempt, and one that was sent later under a new id with the first
 * time. So the time is taken for the event's, and a handler that must not run twice looks at `payload.id`, too.
 *
 * As of its documentation, read 2026-11-27: https://developer.paypal.com/api/rest/webhooks/rest and
 * https://developer.paypal.com/api/rest/webhooks/event-names.
 *
 * @param webhookId the id that PayPal gave the listener, such as `8PT597110X687430LKGECATA`: it is signed, and no secret
 * @throws TypeError when the id is missing, or an option is unknown or cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { paypal } from '@acuse/providers/paypal'
 *
 * const receiver = createReceiver(paypal(process.env['PAYPAL_WEBHOOK_ID'], { sandbox: true }))
 * receiver.on('PAYMENT.CAPTURE.COMPLETED', ({ payload }, { log }) => log.info({ id: payload.id }, 'captured'))
 */
export function paypal<Events extends object = PaypalEvents>(
  webhookId: string | undefined,
  options: PaypalOptions = {},
): Provider<Events> {
  const kinds = { sandbox: 'true or false', fetch: 'function', privateKey: 'checked' } as const
  checkOptions('paypal options', options, kinds)
  const { privateKey } = options
  const provider = defineProvider<PaypalEvents>({
    name: 'paypal',
    path: '/webhooks/paypal',
    scheme: rsa({
      header: 'PAYPAL-TRANSMISSION-SIG',
      ...(privateKey === undefined ? { publicKey: certificateOf(options) } : { privateKey }),
      signs: [
        transmissionId,
        { text: '|' },
        transmissionTime,
        { text: `|${checkWebhookId(webhookId)}|` },
        { raw: 'body-crc32' },
      ],
    }),
    events: paypalEventNames,
    time: { of: 'event', value: transmissionTime, format: 'rfc3339', required: true },
    eventRules: [{ type: [{ body: 'event_type' }], idempotencyKey: [transmissionId] }],
    limits: { retriesForMs: 3 * day },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 30_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({
        ...payload,
        id: `${payload['id']}-${at.getTime()}`,
        create_time: at.toISOString(),
      }),
      headers: () => ({
        'paypal-auth-algo': 'SHA256withRSA',
        'paypal-cert-url': `https://api.${options.sandbox ? 'sandbox.' : ''}paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-7a5aae4e`,
      }),
    },
  })
  return typed<Events>(provider)
}

function certificateOf({ sandbox = false, fetch }: PaypalOptions): FetchedKeys {
  return fetchedKey({
    at: { header: 'paypal-cert-url' },
    hosts: sandbox ? 'api(?:-m)?\\.sandbox\\.paypal\\.com' : 'api(?:-m)?\\.paypal\\.com',
    path: '/v1/notifications/certs/[A-Za-z0-9_-]+',
    ...(fetch === undefined ? undefined : { fetch }),
  })
}

/** Of letters and digits: it stands between bars in what is signed. */
function checkWebhookId(id: unknown): string {
  if (typeof id === 'string' && /^[A-Za-z0-9]{10,50}$/.test(id)) return id
  throw new TypeError(
    "paypal webhookId must be the listener's id as PayPal shows it, such as '8PT597110X687430LKGECATA'",
  )
}
