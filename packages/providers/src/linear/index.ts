import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { type LinearEvents, linearEventNames } from './events.ts'

export type * from './events.ts'
export { linearEntityNames, linearEventNames, linearOtherEventNames } from './events.ts'

/**
 * Linear: issues, projects and customers.
 *
 * `Linear-Signature` is the HMAC-SHA256 of the raw body as hex. The signed `webhookTimestamp` is that of the attempt, and
 * must be there. No signed field names the event, so what tells one from another is its content without that time;
 * `Linear-Delivery`, which nobody signs, is exposed. The type is `type` and `action`, such as `Issue.create`. An answer
 * is due within 5 s; else it is sent again after 1 minute, 1 hour and 6 hours.
 *
 * Linear publishes its payloads' types: `linear<{ 'Issue.create': EntityWebhookPayloadWithIssueData }>(secret)`, from
 * `@linear/sdk/webhooks`.
 *
 * As of its documentation, read 2026-11-27: https://linear.app/developers/webhooks.
 *
 * @param secret the signing secret of the webhook's page, or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { linear } from '@acuse/providers/linear'
 *
 * const receiver = createReceiver(linear(process.env['LINEAR_SECRET']))
 * receiver.on('Issue.create', ({ payload }, { log }) => log.info({ id: payload.data?.id }, 'created'))
 */
export function linear<Events extends object = LinearEvents>(secret: Secrets | undefined): Provider<Events> {
  const provider = defineProvider<LinearEvents>({
    name: 'linear',
    path: '/webhooks/linear',
    scheme: hmac({ header: 'Linear-Signature', secret }),
    events: linearEventNames,
    time: { of: 'attempt', value: { body: 'webhookTimestamp' }, format: 'unix-ms', required: true },
    eventRules: [{ type: [{ body: 'type' }, { body: 'action' }] }],
    volatile: ['webhookTimestamp'],
    expose: ['linear-delivery'],
    // The three retries, each without an answer; the last of them is from memory of the documentation. The largest body that
    // Linear's own SDK takes.
    limits: { retriesForMs: 25_260_000 + 4 * 5_000, maxBodyBytes: 5 * 2 ** 20, ackTimeoutMs: 5_000 },
    sending: {
      attemptDelaysMs: [0, 60_000, 3_600_000, 21_600_000],
      timeoutMs: 5_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
      headers: ({ type }, at) => ({
        'linear-event': String(type),
        // A UUID for each time.
        'linear-delivery': `234d1a4e-b617-4388-90fe-${String(at.getTime()).slice(-12)}`,
      }),
    },
  })
  return typed<Events>(provider)
}

function stamp(payload: JsonObject, at: Date): JsonObject {
  return { ...payload, createdAt: at.toISOString(), webhookTimestamp: at.getTime() }
}
