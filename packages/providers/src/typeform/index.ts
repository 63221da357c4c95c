import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { type TypeformEvents, typeformEventNames } from './events.ts'

export type * from './events.ts'
export { typeformEventNames } from './events.ts'

const minute = 60_000

/**
 * Typeform: answers to forms.
 *
 * HMAC-SHA256 as base64 over the raw body, in `Typeform-Signature: sha256=…`; the key is the text of the webhook's
 * secret, and without one Typeform signs nothing, and is refused. `event_id` tells copies; nothing states the attempt's
 * time. The wait for an answer is 30 s. After a 408, 423, 429 or 503 it retries every two to three minutes for ten hours;
 * after another error seven times in less than eleven; a 404 or a 410 disables the webhook at once.
 *
 * As of its documentation, read 2026-11-27: https://www.typeform.com/developers/webhooks/ and
 * https://www.typeform.com/developers/webhooks/secure-your-webhooks/.
 *
 * @param secret the webhook's secret, or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { typeform } from '@acuse/providers/typeform'
 *
 * const receiver = createReceiver(typeform(process.env['TYPEFORM_SECRET']))
 * receiver.on('form_response', ({ payload }, { log }) => log.info({ token: payload.form_response.token }, 'sent'))
 */
export function typeform(secret: Secrets | undefined): Provider<TypeformEvents> {
  return defineProvider<TypeformEvents>({
    name: 'typeform',
    path: '/webhooks/typeform',
    scheme: hmac({ header: 'Typeform-Signature', prefix: 'sha256=', encoding: 'base64', secret }),
    events: typeformEventNames,
    eventRules: [{ type: [{ body: 'event_type' }], idempotencyKey: [{ body: 'event_id' }] }],
    // The eight attempts below, each without an answer until its timeout.
    limits: { retriesForMs: 639 * minute, ackTimeoutMs: 30_000 },
    sending: {
      // «using a back-off mechanism after 5 min, 10 min, 20 min, 1 hr, 2 hrs, 3 hrs, and 4 hrs»
      attemptDelaysMs: [0, 5, 10, 20, 60, 120, 180, 240].map((minutes) => minutes * minute),
      timeoutMs: 30_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, event_id: `${payload['event_id']}${at.getTime()}` }),
    },
  })
}
