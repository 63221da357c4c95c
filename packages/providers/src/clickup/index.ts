import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { type ClickupEvents, clickupEventNames } from './events.ts'

export type * from './events.ts'
export { clickupEventNames } from './events.ts'

/**
 * ClickUp: tasks, lists, folders, spaces and goals.
 *
 * HMAC-SHA256 of the body as hex in `X-Signature`; the key is the text of `webhook.secret`, which ClickUp answers when
 * the webhook is made. No time is stated. An event is its name, the webhook and the changes that it tells of
 * (`history_items`); where it tells of none, the hash of its body. **A second `folderUpdated`, `spaceUpdated` or
 * `goalUpdated` of one thing has the very bytes of the first**: nothing tells it from a retry or a replay, so it is one
 * event for as long as events are remembered. ClickUp attempts each event up to five times, without saying when.
 *
 * ClickUp **suspends a webhook at the first 401**: add a new secret to the list here before you take the old one away.
 *
 * As of its documentation, read 2026-11-27: https://developer.clickup.com/docs/webhooks,
 * https://developer.clickup.com/docs/webhooksignature, https://developer.clickup.com/docs/webhooktaskpayloads and
 * https://developer.clickup.com/docs/webhookhealth.
 *
 * @param secret the `secret` of the webhook, or several: a list, or a map such as `{ tasks, goals }`
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { clickup } from '@acuse/providers/clickup'
 *
 * const receiver = createReceiver(clickup(process.env['CLICKUP_WEBHOOK_SECRET']))
 * receiver.on('taskStatusUpdated', ({ payload }, { log }) => log.info({ task: payload.task_id }, 'moved on'))
 */
export function clickup<Events extends object = ClickupEvents>(
  secret: Secrets | undefined,
): Provider<Events> {
  const provider = defineProvider<ClickupEvents>({
    name: 'clickup',
    path: '/webhooks/clickup',
    scheme: hmac({ header: 'X-Signature', secret }),
    events: clickupEventNames,
    eventRules: [
      { type: [{ body: 'event' }], idempotencyKey: [{ body: 'webhook_id' }, { body: 'history_items.*.id' }] },
    ],
    limits: { ackTimeoutMs: 7_000 },
    sending: {
      // Five attempts; the waits between them are not documented.
      attemptDelaysMs: [0, 0, 0, 0, 0],
      timeoutMs: 7_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
    },
  })
  return typed<Events>(provider)
}

/** At another time it tells of another change; each sample tells of one. */
function stamp(payload: JsonObject, at: Date): JsonObject {
  const date = String(at.getTime())
  const [change] = Object.values(Object(payload['history_items']))
  return { ...payload, history_items: [{ ...Object(change), id: `28007${date}`, date }] }
}
