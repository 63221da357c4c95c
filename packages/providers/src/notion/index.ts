import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { type NotionEvents, notionEventNames } from './events.ts'

export type * from './events.ts'
export { notionEventNames } from './events.ts'

/**
 * Notion: pages, databases, comments and files of a workspace.
 *
 * HMAC-SHA256 of the body as hex in `X-Notion-Signature`, after `sha256=`; the key is the text of the
 * `verification_token`. The payload's `id` is the event's, the same at each of up to 8 attempts; `attempt_number` counts
 * them. Its `timestamp` is when something happened, which may be told long after: no time of a request is stated.
 *
 * The token comes in a first, unsigned request, and the log and the observer tell it to you. Before you have it, mount
 * `notion(() => undefined)`, which proves nothing and answers that request. **Anybody can send one**: paste the token
 * into Notion first, and use it as the secret only when Notion says that the subscription is verified.
 *
 * Notion publishes types of all payloads, in `@notionhq/client`: give your own map of them as the type parameter.
 *
 * As of its documentation, read 2026-11-27: https://developers.notion.com/reference/webhooks and
 * https://developers.notion.com/reference/webhooks-events-delivery.
 *
 * @param verificationToken the `verification_token` of the subscription, or several: a list or a map such as
 * `{ docs, sales }`
 * @throws TypeError when a token is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { notion } from '@acuse/providers/notion'
 *
 * const receiver = createReceiver(notion(process.env['NOTION_VERIFICATION_TOKEN']))
 * receiver.on('page.created', ({ payload }, { log }) => log.info({ page: payload.entity.id }, 'created'))
 */
export function notion<Events extends object = NotionEvents>(
  verificationToken: Secrets | undefined,
): Provider<Events> {
  const provider = defineProvider<NotionEvents>({
    name: 'notion',
    path: '/webhooks/notion',
    scheme: hmac({ header: 'X-Notion-Signature', prefix: 'sha256=', secret: verificationToken }),
    events: notionEventNames,
    eventRules: [{ type: [{ body: 'type' }], idempotencyKey: [{ body: 'id' }] }],
    volatile: ['attempt_number'],
    handshakes: [
      {
        method: 'POST',
        proof: 'none',
        when: [
          { header: 'X-Notion-Signature', exists: false },
          { body: 'verification_token', exists: true },
        ],
        answer: {},
        tell: { body: 'verification_token', as: 'token' },
      },
    ],
    sending: {
      // Notion documents 8 attempts, and not the waits between them.
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, id: crypto.randomUUID(), timestamp: at.toISOString() }),
    },
  })
  return typed<Events>(provider)
}
