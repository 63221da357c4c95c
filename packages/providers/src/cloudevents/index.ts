import { anyOf, apiKey, defineProvider, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import type { CloudEvents } from './events.ts'
import { originHandshakes } from './handshake.ts'

export type { CloudEvent } from './cloud-event.ts'
export { toCloudEvent } from './cloud-event.ts'
export type * from './events.ts'

/** Options of {@link cloudEvents}. */
export interface CloudEventsOptions {
  /**
   * Names of extensions whose headers handlers see in binary mode, such as `['traceparent']`. Default: none.
   */
  readonly extensions?: readonly string[]
  /** Who may register this address, such as `['eventgrid.azure.net']`. Default: anybody who asks. */
  readonly origins?: readonly string[]
}

/** The attributes of the specification. */
const attributes = ['specversion', 'id', 'source', 'type', 'subject', 'time', 'dataschema']

/**
 * CloudEvents 1.0 over HTTP: Knative, Azure, Google Eventarc and whoever else speaks it. Structured, batch and binary.
 *
 * The token comes as `Authorization: Bearer …`, or as `access_token` in the query, which logs keep. **It signs nothing**:
 * whoever sees a request can make others. The idempotency key is `source` and `id`. OPTIONS is answered with permission
 * for the origin, in the grammar of DNS names. In binary mode the payload is the data, and attributes are in
 * `event.unsigned`: see {@link toCloudEvent}. A list as the data of a binary event reads as a batch. How often one is
 * sent again is its sender's to say.
 *
 * Types are yours: `cloudEvents<{ 'com.example.order.paid': CloudEvent<Paid> }>(token)`.
 *
 * As of the specification, read 2026-11-27: `http-webhook.md` 1.0.2 and `bindings/http-protocol-binding.md` of
 * https://github.com/cloudevents/spec.
 *
 * @param token the token, or several while one replaces another
 * @throws TypeError when a token is missing, empty, short, padded, a placeholder or a PEM, or an extension is no name
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { cloudEvents, toCloudEvent } from '@acuse/providers/cloudevents'
 *
 * const receiver = createReceiver(cloudEvents(process.env['EVENTS_TOKEN']))
 * receiver.on('com.example.order.paid', (event, { log }) => log.info({ id: toCloudEvent(event).id }, 'paid'))
 */
export function cloudEvents<Events extends object = CloudEvents>(
  token: Secrets | undefined,
  { extensions = [], origins }: CloudEventsOptions = {},
): Provider<Events> {
  const provider = defineProvider<CloudEvents>({
    name: 'cloudevents',
    path: '/webhooks/cloudevents',
    scheme: anyOf([
      apiKey({ key: token, header: 'Authorization', format: 'bearer' }),
      apiKey({ key: token, query: 'access_token' }),
    ]),
    bodies: {
      'application/json': 'json',
      'application/cloudevents+json': 'json',
      'application/cloudevents-batch+json': 'json',
      // Data in binary mode may be of any type.
      '*': 'text',
    },
    items: '',
    eventRules: [
      {
        when: { header: 'ce-specversion', exists: true },
        type: [{ header: 'ce-type' }],
        idempotencyKey: [{ header: 'ce-source' }, { header: 'ce-id' }],
      },
      { type: [{ body: 'type' }], idempotencyKey: [{ body: 'source' }, { body: 'id' }] },
    ],
    expose: [...attributes, ...extensions.map(checkExtension)].map((name) => `ce-${name}`),
    handshakes: originHandshakes(origins),
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 30_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload: JsonObject, at: Date) => ({
        ...payload,
        id: `A234-${at.getTime()}`,
        time: at.toISOString(),
      }),
      encode: (payload) => ({
        mediaType: 'application/cloudevents+json; charset=utf-8',
        body: JSON.stringify(payload),
      }),
    },
  })
  return typed<Events>(provider)
}

function checkExtension(name: string): string {
  if (/^[a-z0-9]{1,40}$/.test(name)) return name
  throw new TypeError(
    "cloudEvents extensions must be names of lower-case letters and digits, such as 'traceparent'",
  )
}
