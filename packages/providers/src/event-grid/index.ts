import { apiKey, defineProvider, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { originHandshakes } from '../cloudevents/handshake.ts'
import { typed } from '../lib/typed.ts'
import type { EventGridEvents } from './events.ts'

export type { CloudEvent } from '../cloudevents/cloud-event.ts'
export type * from './events.ts'

/** Options of {@link eventGrid}. */
export interface EventGridOptions {
  /** The parameter of the query that carries the key. Default `code`. */
  readonly parameter?: string
}

const minute = 60_000

/**
 * Azure Event Grid: events of Azure's services and of your topics, in the schema of Event Grid or of CloudEvents.
 *
 * The key is a parameter of the address that the subscription was given. **It signs nothing**, and logs keep it. The
 * validation event is answered with its code, OPTIONS of CloudEvents with permission. A body is a list of events, each
 * with its own `id`, which with `topic` or `source` is the idempotency key. An answer is due within 30 s; else it is sent
 * again after 10 s, 30 s, 1, 5, 10 and 30 minutes, 1, 3, 6 and 12 hours, for a day. **A 401 is not sent again**: give the
 * old key and the new one while you change it. Subscriptions that prove themselves by Microsoft Entra ID are not read
 * here.
 *
 * Types are yours: `eventGrid<{ 'Contoso.Items.ItemReceived': EventGridEvent<Item> }>(key)`; `@azure/eventgrid` has those
 * of Azure's services.
 *
 * As of its documentation, read 2026-11-27: https://learn.microsoft.com/azure/event-grid/webhook-event-delivery,
 * https://learn.microsoft.com/azure/event-grid/security-authentication and
 * https://learn.microsoft.com/azure/event-grid/delivery-and-retry.
 *
 * @param key the key that the address carries, or several while one replaces another
 * @throws TypeError when a key is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { eventGrid } from '@acuse/providers/event-grid'
 *
 * // The subscription's endpoint: https://app.example.cl/webhooks/event-grid?code=…
 * const receiver = createReceiver(eventGrid(process.env['EVENT_GRID_KEY']))
 * receiver.on('Microsoft.Storage.BlobCreated', ({ payload }, { log }) => log.info({ id: payload.id }, 'created'))
 */
export function eventGrid<Events extends object = EventGridEvents>(
  key: Secrets | undefined,
  { parameter = 'code' }: EventGridOptions = {},
): Provider<Events> {
  const provider = defineProvider<EventGridEvents>({
    name: 'event-grid',
    path: '/webhooks/event-grid',
    scheme: apiKey({ key, query: parameter }),
    items: '',
    eventRules: [
      {
        when: { body: 'eventType', exists: true },
        type: [{ body: 'eventType' }],
        idempotencyKey: [{ body: 'topic' }, { body: 'id' }],
      },
      { type: [{ body: 'type' }], idempotencyKey: [{ body: 'source' }, { body: 'id' }] },
    ],
    expose: ['aeg-event-type', 'aeg-subscription-name', 'aeg-delivery-count'],
    handshakes: [
      {
        method: 'POST',
        proof: 'scheme',
        // «The array contains only the validation event.»
        when: [
          { body: '0.eventType', is: 'Microsoft.EventGrid.SubscriptionValidationEvent' },
          { body: '1', exists: false },
        ],
        answer: { json: { validationResponse: { body: '0.data.validationCode', as: 'token' } } },
      },
      ...originHandshakes(),
    ],
    // An event of 1 MB in its list, or a batch of the preferred 1 024 KB and one event more.
    limits: { retriesForMs: 24 * 60 * minute + 30_000, maxBodyBytes: 2 * 2 ** 20, ackTimeoutMs: 30_000 },
    sending: {
      attemptDelaysMs: [
        0,
        minute / 6,
        minute / 2,
        ...[1, 5, 10, 30, 60, 180, 360, 720].map((n) => n * minute),
      ],
      timeoutMs: 30_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload: JsonObject, at: Date) => ({
        ...payload,
        id: `93902694-901e-008f-6f95-${at.getTime().toString(16).padStart(12, '0')}`,
        eventTime: at.toISOString(),
      }),
      headers: () => ({ 'aeg-event-type': 'Notification', 'aeg-delivery-count': '0' }),
      encode: (payload) => ({
        mediaType: 'application/json; charset=utf-8',
        body: JSON.stringify([payload]),
      }),
    },
  })
  return typed<Events>(provider)
}
