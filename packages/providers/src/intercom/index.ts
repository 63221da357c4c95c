import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import type { IntercomEvents } from './events.ts'
import { intercomTopics } from './topics.ts'

export type * from './events.ts'
export { intercomTopics } from './topics.ts'

/**
 * Intercom: contacts, conversations and tickets.
 *
 * `X-Hub-Signature` is `sha1=` and the HMAC-SHA1 of the raw body as hex; Intercom offers nothing newer. The idempotency
 * key is the notification's signed `id`; its count of attempts and what goes with it are not compared. A `ping` has no
 * id: each of another content is an event. No time is that of the attempt, so only the memory of ids stops a replay. The
 * URL is validated with HEAD; an answer is due within 5 s. Intercom tries again, and does not say how often or for how
 * long.
 *
 * As of its documentation, read 2026-11-27: https://developers.intercom.com/docs/webhooks.
 *
 * @param secret the app's «client secret», from the Developer Hub, or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { intercom } from '@acuse/providers/intercom'
 *
 * const receiver = createReceiver(intercom(process.env['INTERCOM_SECRET']))
 * receiver.on('conversation.user.*', ({ payload }, { log }) => log.info({ topic: payload.topic }, 'told'))
 */
export function intercom<Events extends object = IntercomEvents>(
  secret: Secrets | undefined,
): Provider<Events> {
  const provider = defineProvider<IntercomEvents>({
    name: 'intercom',
    path: '/webhooks/intercom',
    scheme: hmac({ header: 'X-Hub-Signature', prefix: 'sha1=', hash: 'sha1-legacy', secret }),
    events: intercomTopics,
    eventRules: [{ type: [{ body: 'topic' }], idempotencyKey: [{ body: 'id' }] }],
    volatile: ['delivery_attempts', 'delivery_status', 'delivered_at', 'first_sent_at'],
    handshakes: [{ method: 'HEAD', proof: 'none', answer: {} }],
    limits: { ackTimeoutMs: 5_000 },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 5_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
    },
  })
  return typed<Events>(provider)
}

function stamp(payload: JsonObject, at: Date): JsonObject {
  const seconds = Math.floor(at.getTime() / 1000)
  const id = payload['id'] === null ? null : `${payload['id']}-${at.getTime()}`
  return { ...payload, id, first_sent_at: seconds, created_at: seconds }
}
