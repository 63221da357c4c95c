import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { checkOptions } from '@acuse/core/inbox-kit'
import { encodeForm } from '../lib/encode-form.ts'
import { type TwilioEvents, twilioEventNames } from './events.ts'

export type * from './events.ts'
export { twilioEventNames } from './events.ts'

/** Options of {@link twilio}. */
export interface TwilioOptions {
  /** The address that Twilio was given, without its query, such as `https://app.example.cl/webhooks/twilio`. */
  readonly publicUrl: string
}

const form = 'application/x-www-form-urlencoded'

/**
 * Twilio: messages, calls and their status callbacks, as forms.
 *
 * HMAC-SHA1 as base64 over the address and the sorted parameters, in `X-Twilio-Signature`; the key is the account's auth
 * token. Names and values are joined without separators, which does not prove where one ends, so copies are told by the
 * hash of what is signed, and never by one parameter. Nothing states a time. Two requests with the same parameters at one
 * address are one event: give each step of a voice menu an address of its own. Unless a connection override asks for
 * retries (`#rc=`), there are none; the wait for an answer is 15 s. What is accepted is answered with an empty TwiML
 * document. Requests with a JSON body (`bodySHA256`) are signed another way, and refused.
 *
 * As of its documentation, read 2026-11-27: https://www.twilio.com/docs/usage/webhooks/webhooks-security and
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
 *
 * @param authToken the account's auth token, or several while one replaces another
 * @throws TypeError when a token or the address cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { twilio } from '@acuse/providers/twilio'
 *
 * const publicUrl = 'https://app.example.cl/webhooks/twilio'
 * const receiver = createReceiver(twilio(process.env['TWILIO_AUTH_TOKEN'], { publicUrl }))
 * receiver.on('message.received', ({ payload }, { log }) => log.info({ sid: payload.MessageSid }, 'received'))
 */
export function twilio(authToken: Secrets | undefined, options: TwilioOptions): Provider<TwilioEvents> {
  checkOptions('twilio options', options, { publicUrl: 'text' })
  return defineProvider<TwilioEvents>({
    name: 'twilio',
    path: '/webhooks/twilio',
    scheme: hmac({
      header: 'X-Twilio-Signature',
      hash: 'sha1-legacy',
      encoding: 'base64',
      secret: authToken,
      signs: [{ publicUrl: String(options.publicUrl) }, { raw: 'sorted-form' }],
    }),
    events: twilioEventNames,
    bodies: { [form]: 'form' },
    eventRules: [
      { when: { body: 'MessageStatus', exists: true }, type: [{ text: 'message.status' }] },
      { when: { body: 'MessageSid', exists: true }, type: [{ text: 'message.received' }] },
      { when: { body: 'RecordingStatus', exists: true }, type: [{ text: 'recording.status' }] },
      { when: { body: 'CallbackSource', exists: true }, type: [{ text: 'call.status' }] },
      { when: { body: 'CallSid', exists: true }, type: [{ text: 'call' }] },
    ],
    expose: ['i-twilio-idempotency-token'],
    answers: { accepted: { mediaType: 'text/xml', body: '<Response/>' } },
    limits: { ackTimeoutMs: 15_000 },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 15_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
      encode: encodeForm,
    },
  })
}

const sids = ['MessageSid', 'CallSid', 'RecordingSid']

/** Another message, call or recording: 34 characters. */
function stamp(payload: JsonObject, at: Date): JsonObject {
  const own = sids.filter((name) => typeof payload[name] === 'string')
  const end = at.getTime().toString(16)
  return {
    ...payload,
    ...Object.fromEntries(own.map((name) => [name, String(payload[name]).slice(0, 34 - end.length) + end])),
  }
}
