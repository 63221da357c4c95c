import {
  type AsymmetricKeyInput,
  defineProvider,
  fetchedKey,
  type JsonObject,
  type Provider,
  rsa,
} from '@acuse/core'
import type { FetchedKeyOptions, Part } from '@acuse/core/provider-kit'
import { typed } from '../lib/typed.ts'
import { type SnsEvents, snsEventNames } from './events.ts'
import { checkTopicArns, hostOf, regionOf } from './topic-arn.ts'

export type { ConfirmSubscriptionOptions } from './confirm-subscription.ts'
export { confirmSubscription } from './confirm-subscription.ts'
export type * from './events.ts'
export { snsEventNames } from './events.ts'
export { parseMessage } from './parse-message.ts'

/** Options of {@link sns}. */
export interface SnsOptions {
  /** Fetches certificates. Default: the platform's `fetch`. */
  readonly fetch?: FetchedKeyOptions['fetch']
  /** A private key instead of AWS's certificates, to sign as SNS does: for `createSender` in tests. */
  readonly privateKey?: AsymmetricKeyInput
}

/**
 * Amazon SNS: messages of topics to an HTTPS endpoint.
 *
 * RSA over some fields of the body, one a line, in `Signature`; with SHA-256, or with SHA-1 until the topic's
 * `SignatureVersion` is set to 2. The certificate is fetched from SNS in the region of a topic that was given, and
 * nowhere else. Events are those of these topics only. The idempotency key is the signed `MessageId`; `Timestamp` is when
 * it was published. **`MessageAttributes` are not signed**, and raw message delivery has no signature: leave it off. An
 * answer is due within 15 s; else it is sent three times more, 20 s apart, or as the subscription's delivery policy says,
 * for an hour at most.
 *
 * See {@link confirmSubscription}, without which nothing is sent, and {@link parseMessage}.
 *
 * As of its documentation, read 2026-11-27:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html and
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html.
 *
 * @param topicArns the ARN of the topic, or several
 * @throws TypeError when one is no ARN of a topic
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { confirmSubscription, sns } from '@acuse/providers/sns'
 *
 * const receiver = createReceiver(sns('arn:aws:sns:sa-east-1:123456789012:pagos'))
 * receiver.on('SubscriptionConfirmation', ({ payload }, { signal }) => confirmSubscription(payload, { signal }))
 * receiver.on('Notification', ({ payload }, { log }) => log.info({ message: payload.Message }, 'published'))
 */
export function sns<Events extends object = SnsEvents>(
  topicArns: string | readonly string[],
  { fetch, privateKey }: SnsOptions = {},
): Provider<Events> {
  const topics = checkTopicArns(topicArns)
  const type = { body: 'Type', as: 'id' } as const
  const time = { body: 'Timestamp', as: 'rfc3339' } as const
  const provider = defineProvider<SnsEvents>({
    name: 'sns',
    path: '/webhooks/sns',
    scheme: rsa({
      bodyField: 'Signature',
      hash: ['sha256', 'sha1-legacy'],
      ...(privateKey === undefined ? { publicKey: certificateOf(topics, fetch) } : { privateKey }),
      signs,
    }),
    events: snsEventNames,
    time: { of: 'event', value: time, format: 'rfc3339', required: true },
    eventRules: topics.map((topic) => ({
      when: { body: 'TopicArn', as: 'text', is: topic },
      type: [type],
      idempotencyKey: [{ body: 'MessageId', as: 'id' }],
    })),
    volatile: ['SignatureVersion', 'Signature', 'SigningCertURL'],
    // A policy of 100 retries in the hour, each without an answer. The 15 s are from memory of the documentation.
    limits: { retriesForMs: 3_600_000 + 101 * 15_000, ackTimeoutMs: 15_000 },
    sending: {
      attemptDelaysMs: [0, 20_000, 20_000, 20_000],
      timeoutMs: 15_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => stamp(ofTopic(payload, String(topics[0])), at),
      headers: ({ Type, MessageId, TopicArn }) => ({
        'x-amz-sns-message-type': String(Type),
        'x-amz-sns-message-id': String(MessageId),
        'x-amz-sns-topic-arn': String(TopicArn),
      }),
      encode: (payload) => ({ mediaType: 'text/plain; charset=UTF-8', body: JSON.stringify(payload) }),
    },
  })
  return typed<Events>(provider)
}

/**
 * In AWS's order, each with its name before it. Only `Message` may hold line breaks, and it is the first: from the end
 * there is one way to read the lines, so nobody can move a line from one field to another.
 */
const signs: readonly Part[] = [
  { body: 'Message', before: 'Message\n', after: '\n' },
  { body: 'MessageId', as: 'id', before: 'MessageId\n', after: '\n' },
  { body: 'Subject', as: 'text', optional: true, before: 'Subject\n', after: '\n' },
  { body: 'SubscribeURL', as: 'text', optional: true, before: 'SubscribeURL\n', after: '\n' },
  { body: 'Timestamp', as: 'rfc3339', before: 'Timestamp\n', after: '\n' },
  { body: 'Token', as: 'token', optional: true, before: 'Token\n', after: '\n' },
  { body: 'TopicArn', as: 'text', before: 'TopicArn\n', after: '\n' },
  { body: 'Type', as: 'id', before: 'Type\n', after: '\n' },
]

function certificateOf(topics: readonly string[], fetch: SnsOptions['fetch']) {
  const hosts = new Set(topics.map((topic) => hostOf(regionOf(topic) as string)))
  return fetchedKey({
    at: { body: 'SigningCertURL' },
    hosts: `(?:${[...hosts].map((host) => host.replaceAll('.', '\\.')).join('|')})`,
    path: '/SimpleNotificationService-[\\w-]+\\.pem',
    ...(fetch && { fetch }),
  })
}

/** The message as another topic sends it: its own name, and the addresses of its region. */
function ofTopic(payload: JsonObject, topic: string): JsonObject {
  const from = String(payload['TopicArn'])
  const [fromHost, host] = [from, topic].map((arn) => hostOf(String(regionOf(arn))))
  const moved = (value: string): string =>
    value.replaceAll(from, topic).replaceAll(String(fromHost), String(host))
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [name, typeof value === 'string' ? moved(value) : value]),
  )
}

/** Another message. */
function stamp(payload: JsonObject, at: Date): JsonObject {
  const id = at.getTime().toString(16).padStart(12, '0')
  return { ...payload, MessageId: `22b80b92-fdea-4c2c-8f9d-${id}`, Timestamp: at.toISOString() }
}
