import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { trelloActionTypes } from './action-types.ts'
import type { TrelloEvents } from './events.ts'

export { trelloActionTypes } from './action-types.ts'
export type * from './events.ts'

/** Options of {@link trello}. */
export interface TrelloOptions {
  /**
   * The address that Trello was given as `callbackURL`, without a query, such as `https://app.example.cl/webhooks/trello`:
   * it is signed, as is the query that comes.
   */
  readonly publicUrl: string
}

/**
 * Trello: boards, lists and cards.
 *
 * `X-Trello-Webhook` is the HMAC-SHA1 of the raw body and the `callbackURL`, as base64; Trello offers nothing newer. The
 * type is the action's, such as `updateCard`. The idempotency key is the signed id of the action and of the `model` that
 * the webhook watches: a board and a card that are both watched tell of one action twice. No time is that of the attempt,
 * so only the memory of ids stops a replay. The URL is validated with HEAD. Trello tries again with growing waits, and
 * the page does not say for how long.
 *
 * As of its documentation, read 2026-11-27: https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks.
 *
 * @param secret the secret of the application whose token made the webhook, or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM, or `publicUrl` is no address
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { trello } from '@acuse/providers/trello'
 *
 * const publicUrl = 'https://app.example.cl/webhooks/trello'
 * const receiver = createReceiver(trello(process.env['TRELLO_SECRET'], { publicUrl }))
 * receiver.on('createCard', ({ payload }, { log }) => log.info({ id: payload.action.id }, 'created'))
 */
export function trello<Events extends object = TrelloEvents>(
  secret: Secrets | undefined,
  { publicUrl }: TrelloOptions,
): Provider<Events> {
  const provider = defineProvider<TrelloEvents>({
    name: 'trello',
    path: '/webhooks/trello',
    scheme: hmac({
      header: 'X-Trello-Webhook',
      hash: 'sha1-legacy',
      encoding: 'base64',
      secret,
      signs: [{ raw: 'body' }, { publicUrl }],
    }),
    events: trelloActionTypes,
    eventRules: [
      { type: [{ body: 'action.type' }], idempotencyKey: [{ body: 'action.id' }, { body: 'model.id' }] },
    ],
    // Both change while a delivery fails.
    volatile: ['webhook.consecutiveFailures', 'webhook.firstConsecutiveFailDate'],
    handshakes: [{ method: 'HEAD', proof: 'none', answer: {} }],
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
    },
  })
  return typed<Events>(provider)
}

/** Another action: its id begins with the time, as Trello's do. */
function stamp(payload: JsonObject, at: Date): JsonObject {
  const action = payload['action'] as JsonObject
  const id = at.getTime().toString(16).padStart(24, '0')
  return { ...payload, action: { ...action, id, date: at.toISOString() } }
}
