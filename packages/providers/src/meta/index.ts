import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { knownOptions } from '@acuse/core/inbox-kit'
import { typed } from '../lib/typed.ts'
import { metaEventNames } from './event-names.ts'
import type { MetaEvents } from './events.ts'
import { eventRules } from './rules.ts'
import { encode, stamp } from './sending.ts'

export { metaEventNames } from './event-names.ts'
export type * from './events.ts'

/** Options of {@link meta}. */
export interface MetaOptions {
  /** The App Secret of the app's basic settings, or several while one replaces another. */
  readonly appSecret: Secrets | undefined
  /**
   * The text that you chose as «Verify token», or a function that answers it; at least 8 characters. It tells nothing but who
   * set the webhook up.
   */
  readonly verifyToken: string | (() => string | undefined) | undefined
}

/**
 * Meta: WhatsApp Cloud API, Messenger and Instagram.
 *
 * HMAC-SHA256 of the raw body under the App Secret, as hex after `sha256=` in `X-Hub-Signature-256`. A POST is a batch:
 * each of `entry.*.changes.*` (WhatsApp, and fields of pages and Instagram accounts) and of `entry.*.messaging.*`
 * (Messenger, Instagram) is an event. What was written is `message`, what became of a WhatsApp message is `status`;
 * everything else has the name of the subscribed field, such as `messaging_postbacks`. The idempotency key of messages
 * and statuses are their ids; of the rest, the content. No time of an attempt is told. A GET with `hub.mode=subscribe`
 * and your verify token is answered with its challenge.
 *
 * `standby` is what an app sees of threads that another app holds. A body that has none of the lists is one event with the
 * name of its `object`, such as `page`.
 *
 * WhatsApp retries «with decreasing frequency» for up to 7 days, others for 36 hours; a page whose deliveries fail for an
 * hour is unsubscribed from. How long Meta waits for an answer is said of Messenger alone: 20 s.
 *
 * For types of your own: `meta<{ message: MyMessage }>(…)`.
 *
 * As of its documentation, read 2026-11-27:
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview,
 * https://developers.facebook.com/docs/messenger-platform/webhooks and
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started.
 *
 * @throws TypeError when an option is missing, unknown or cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { meta } from '@acuse/providers/meta'
 *
 * const { META_APP_SECRET: appSecret, META_VERIFY_TOKEN: verifyToken } = process.env
 * const receiver = createReceiver(meta({ appSecret, verifyToken }))
 * receiver.on('message', ({ payload }, { log }) => log.info({ isWhatsApp: 'field' in payload }, 'message'))
 */
export function meta<Events extends object = MetaEvents>(options: MetaOptions): Provider<Events> {
  knownOptions('meta options', options, ['appSecret', 'verifyToken'])
  const provider = defineProvider<MetaEvents>({
    name: 'meta',
    path: '/webhooks/meta',
    scheme: hmac({ header: 'X-Hub-Signature-256', prefix: 'sha256=', secret: options.appSecret }),
    events: metaEventNames,
    items: ['entry.*.changes.*', 'entry.*.messaging.*', 'entry.*.standby.*'],
    eventRules,
    handshakes: [
      {
        method: 'GET',
        when: { query: 'hub.mode', is: 'subscribe' },
        proof: { equals: { query: 'hub.verify_token' }, secret: checkToken(options.verifyToken) },
        answer: { text: { query: 'hub.challenge', as: 'token' } },
      },
    ],
    // 3 MB are from memory of the documentation.
    limits: { retriesForMs: 7 * 86_400_000, maxBodyBytes: 3 * 2 ** 20 },
    sending: {
      // «We will retry immediately, then try a few more times with decreasing frequency».
      attemptDelaysMs: [0, 0],
      timeoutMs: 20_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
      encode,
    },
  })
  return typed<Events>(provider)
}

function checkToken(token: MetaOptions['verifyToken']): string | (() => string | undefined) {
  if (typeof token === 'function' || (typeof token === 'string' && token.length >= 8)) return token
  throw new TypeError('meta verifyToken must be the text that was chosen in the app, at least 8 characters')
}
