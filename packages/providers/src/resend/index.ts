import type { Provider, Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { toSvixProvider } from '../svix/profile.ts'
import { type ResendEvents, resendEventNames } from './events.ts'

export type * from './events.ts'
export { resendEventNames } from './events.ts'

/**
 * Resend: e-mails, contacts, domains and inboxes.
 *
 * Resend sends through Svix: `<svix-id>.<svix-timestamp>.<body>` is signed with HMAC-SHA256, as base64 in
 * `svix-signature`. The time is the attempt's, and an event is its `svix-id`, the same at each attempt. Eight attempts
 * over 27 h 35 min 5 s.
 *
 * Resend publishes types of all payloads: `resend<{ [E in WebhookEventPayload as E['type']]: E }>(secret)` with that of
 * `resend`.
 *
 * As of its documentation, read 2026-11-27: https://resend.com/docs/webhooks/event-types,
 * https://resend.com/docs/webhooks/verify-webhooks-requests and https://resend.com/docs/webhooks/retries-and-replays.
 *
 * @param secret the «Signing Secret» of the webhook (`whsec_…`), or several while one replaces another
 * @throws TypeError when a secret cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { resend } from '@acuse/providers/resend'
 *
 * const receiver = createReceiver(resend(process.env['RESEND_WEBHOOK_SECRET']))
 * receiver.on('email.bounced', ({ payload }, { log }) => log.info({ email: payload.data.email_id }, 'bounced'))
 */
export function resend<Events extends object = ResendEvents>(secret: Secrets | undefined): Provider<Events> {
  const provider = toSvixProvider<ResendEvents>({
    name: 'resend',
    keys: { secret },
    events: resendEventNames,
    samples: async () => (await import('./samples.ts')).samples,
  })
  return typed<Events>(provider)
}
