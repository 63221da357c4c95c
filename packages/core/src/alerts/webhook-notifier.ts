import { checkOptions } from '../lib/check-options.ts'
import { signDelivery } from '../lib/sign-delivery.ts'
import { hmac } from '../schemes/hmac.ts'
import type { Secret } from '../schemes/secrets.ts'
import type { Notifier } from './alert.ts'
import { post, toTarget } from './post.ts'

/** Options of {@link webhookNotifier}. */
export interface WebhookNotifierOptions {
  /** Where to: https, or http on this machine. `undefined` throws, so that an unset environment variable is noticed. */
  readonly url: string | URL | undefined
  /** The secret that the receiver has too: `whsec_` and base64. `undefined` throws. */
  readonly secret: Secret | undefined
}

/**
 * Sends alerts as a webhook, signed as Standard Webhooks: its `type` is `alert.firing` or `alert.resolved`, its `data` the alert. Each
 * attempt at one alert bears the same `webhook-id`.
 * @throws TypeError when the address is not https and not of this machine, or the secret cannot be used
 * @example
 * import { alerts, webhookNotifier } from '@acuse/core/alerts'
 *
 * const notify = webhookNotifier({ url: process.env['ALERTS_URL'], secret: process.env['ALERTS_SECRET'] })
 * export const watch = alerts({ notify })
 */
export function webhookNotifier(options: WebhookNotifierOptions): Notifier {
  checkOptions('webhookNotifier options', options, { url: 'checked', secret: 'checked' })
  const url = toTarget('webhookNotifier url', options.url)
  const provider = { name: 'webhookNotifier', scheme: standardWebhooks(options.secret) }
  return async function webhookNotifier(alert, { signal }) {
    const at = new Date()
    const event = `alert.${alert.state}`
    const payload = { type: event, timestamp: (alert.resolvedAt ?? alert.firedAt).toISOString(), data: alert }
    const id = `${alert.id}_${alert.state}`
    const encoded = { mediaType: 'application/json', body: JSON.stringify(payload) }
    const signed = signDelivery(provider, { event, payload: {}, at, encoded, headers: { 'webhook-id': id } })
    await post(url, { headers: signed.headers, body: encoded.body, signal })
  }
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, as of 2026-11-27. */
function standardWebhooks(secret: Secret | undefined): ReturnType<typeof hmac> {
  const id = { header: 'webhook-id', as: 'id' } as const
  const timestamp = { header: 'webhook-timestamp', as: 'unix-seconds' } as const
  return hmac({
    header: 'webhook-signature',
    prefix: 'v1,',
    separator: ' ',
    encoding: 'base64',
    secretEncoding: 'whsec',
    secret,
    signs: [id, { text: '.' }, timestamp, { text: '.' }, { raw: 'body' }],
  })
}
