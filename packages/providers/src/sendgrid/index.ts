import {
  type AsymmetricKeyInput,
  defineProvider,
  ecdsa,
  type JsonObject,
  type Keys,
  type Provider,
} from '@acuse/core'
import { checkOptions } from '@acuse/core/inbox-kit'
import { type SendgridEvents, sendgridEventNames } from './events.ts'

export type * from './events.ts'
export { sendgridEventNames } from './events.ts'

/** Options of {@link sendgrid}. */
export interface SendgridOptions {
  /** A private key instead of the public one, to sign as SendGrid does: for `createSender` in tests. */
  readonly privateKey?: AsymmetricKeyInput
}

const day = 86_400_000
const timestamp = { header: 'x-twilio-email-event-webhook-timestamp', as: 'unix-seconds' } as const

/**
 * SendGrid: what became of e-mails, by the signed Event Webhook. A request is a list of events.
 *
 * ECDSA (P-256, SHA-256) as base64 DER over the timestamp's header and the raw body, its last line break included, in
 * `X-Twilio-Email-Event-Webhook-Signature`. Each event has an `sg_event_id`. SendGrid retries for 24 hours, and does not
 * say whether an attempt is signed anew, so the time is taken for the event's: a late retry is not refused where
 * idempotency keys outlive the process.
 *
 * As of its documentation, read 2026-11-27: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event and
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features.
 *
 * @param publicKey the verification key that SendGrid shows (SPKI as base64), or several while one replaces another
 * @throws TypeError when a key is missing, or is no P-256 key; when both kinds are given, or an option is unknown
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { sendgrid } from '@acuse/providers/sendgrid'
 *
 * const receiver = createReceiver(sendgrid(process.env['SENDGRID_PUBLIC_KEY']))
 * receiver.on('bounce', ({ payload }, { log }) => log.info({ reason: payload.reason }, 'bounced'))
 */
export function sendgrid(
  publicKey: Keys<AsymmetricKeyInput> | undefined,
  options: SendgridOptions = {},
): Provider<SendgridEvents> {
  checkOptions('sendgrid options', options, { privateKey: 'checked' })
  return defineProvider<SendgridEvents>({
    name: 'sendgrid',
    path: '/webhooks/sendgrid',
    scheme: ecdsa({
      header: 'X-Twilio-Email-Event-Webhook-Signature',
      format: 'der',
      publicKey,
      privateKey: options.privateKey,
      signs: [timestamp, { raw: 'body' }],
    }),
    events: sendgridEventNames,
    items: '',
    time: { of: 'event', value: timestamp, format: 'unix-seconds', required: true },
    eventRules: [{ type: [{ body: 'event' }], idempotencyKey: [{ body: 'sg_event_id' }] }],
    // From memory of the documentation.
    limits: { retriesForMs: day },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
      encode: (payload) => ({ mediaType: 'application/json', body: `${JSON.stringify([payload])}\r\n` }),
    },
  })
}

function stamp(payload: JsonObject, at: Date): JsonObject {
  const ms = at.getTime()
  return { ...payload, timestamp: Math.floor(ms / 1000), sg_event_id: `${payload['sg_event_id']}-${ms}` }
}
