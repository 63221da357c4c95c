import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { checkOptions } from '@acuse/core/inbox-kit'
import { typed } from '../lib/typed.ts'
import { hubspotEventNames } from './event-names.ts'
import type { HubspotEvents } from './events.ts'

export { hubspotEventNames } from './event-names.ts'
export type * from './events.ts'

/** Options of {@link hubspot}. */
export interface HubspotOptions {
  /** The app's target URL, without its query, such as `https://app.example.cl/webhooks/hubspot`. */
  readonly publicUrl: string
}

const day = 86_400_000
const timestamp = { header: 'x-hubspot-request-timestamp', as: 'unix-ms' } as const
/** «Decode any of the URL-encoded characters listed in the table»: these, and no others. */
const decoded: readonly string[] = [':', '/', '?', '@', '!', '$', "'", '(', ')', '*', ',', ';']

/**
 * HubSpot: the webhooks of an app. A request is a list of up to 100 events.
 *
 * The signature's third version: HMAC-SHA256 as base64 over `POST`, the target URL, the raw body and the time in
 * milliseconds, in `X-HubSpot-Signature-v3` and `X-HubSpot-Request-Timestamp`; the key is the app's client secret.
 * HubSpot signs the URL with some characters decoded (`%2F` is `/`): `publicUrl` may be written either way, and a query
 * that has them is refused. Each attempt is signed anew. `eventId` is not unique, as HubSpot says, so copies are told by
 * the event's content without `attemptNumber`. Up to ten retries in 24 hours; the wait for an answer is 5 s.
 *
 * As of its documentation, read 2026-11-27:
 * https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests and
 * https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide.
 *
 * @param clientSecret the app's client secret, or several while one replaces another
 * @throws TypeError when a secret or the address cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { hubspot } from '@acuse/providers/hubspot'
 *
 * const publicUrl = 'https://app.example.cl/webhooks/hubspot'
 * const receiver = createReceiver(hubspot(process.env['HUBSPOT_CLIENT_SECRET'], { publicUrl }))
 * receiver.on('contact.creation', ({ payload }, { log }) => log.info({ id: payload.objectId }, 'created'))
 */
export function hubspot<Events extends object = HubspotEvents>(
  clientSecret: Secrets | undefined,
  options: HubspotOptions,
): Provider<Events> {
  checkOptions('hubspot options', options, { publicUrl: 'text' })
  const provider = defineProvider<HubspotEvents>({
    name: 'hubspot',
    path: '/webhooks/hubspot',
    scheme: hmac({
      header: 'X-HubSpot-Signature-v3',
      encoding: 'base64',
      secret: clientSecret,
      signs: [{ text: 'POST' }, { publicUrl: decode(String(options.publicUrl)) }, { raw: 'body' }, timestamp],
    }),
    events: hubspotEventNames,
    items: '',
    time: { of: 'attempt', value: timestamp, format: 'unix-ms', required: true },
    eventRules: [{ type: [{ body: 'subscriptionType' }] }],
    volatile: ['attemptNumber'],
    limits: { retriesForMs: day, ackTimeoutMs: 5_000 },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 5_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, occurredAt: at.getTime() }),
      encode: (payload) => ({ mediaType: 'application/json', body: JSON.stringify([payload]) }),
    },
  })
  return typed<Events>(provider)
}

function decode(url: string): string {
  return url.replace(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return decoded.includes(character) ? character : code
  })
}
