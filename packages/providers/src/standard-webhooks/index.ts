import type { Provider, Secrets } from '@acuse/core'
import { knownOptions } from '@acuse/core/inbox-kit'
import type { StandardWebhooksEvents } from './events.ts'
import { isKeys, type StandardWebhooksKeys, toProvider } from './profile.ts'

export type * from './events.ts'
export type { StandardWebhooksKeys } from './profile.ts'

/** Options of {@link standardWebhooks}. */
export interface StandardWebhooksOptions<Events extends object = StandardWebhooksEvents>
  extends StandardWebhooksKeys {
  /** The sender's name, where several keep to the specification: part of path and ids. Default `standard-webhooks`. */
  readonly name?: string
  /** Default `/webhooks/` and the name. */
  readonly path?: string
  /** The names of its events, or a schema for each. Default: any name is one, and payloads are handed on as they are. */
  readonly events?: Provider<Events>['events']
}

const optionNames = ['secret', 'publicKey', 'privateKey', 'name', 'path', 'events']
const hourMs = 3_600_000

/**
 * Standard Webhooks 1.0.0: any sender that keeps to the specification.
 *
 * `<webhook-id>.<webhook-timestamp>.<body>` is signed with HMAC-SHA256 (`v1`) or Ed25519 (`v1a`), as base64 in
 * `webhook-signature`, which may carry several signatures; one that a key here verifies is enough. The time is the
 * attempt's, and an event is its `webhook-id`, the same at each attempt. The type is the payload's `type`; without one it
 * is a `message`. How a sender retries is its own business: the specification's example is taken, ten attempts over 75 h
 * 35 min 5 s.
 *
 * As of the specification, read 2026-11-27:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
 *
 * @typeParam Events the payloads by name, such as `{ 'contact.created': ContactCreated }`
 * @param keys the secret (`whsec_…`), or several: a list or a map such as `{ current, next }`; or options, with the
 * sender's secret, its public key (`whpk_…`), or both
 * @throws TypeError when a key or an option cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { standardWebhooks } from '@acuse/providers/standard-webhooks'
 *
 * interface Contacts {
 *   readonly 'contact.created': { readonly data: { readonly id: string } }
 * }
 * const acme = standardWebhooks<Contacts>({ name: 'acme', publicKey: process.env['ACME_PUBLIC_KEY'] })
 * const receiver = createReceiver(acme)
 * receiver.on('contact.created', ({ payload }, { log }) => log.info({ contact: payload.data.id }, 'created'))
 */
export function standardWebhooks<Events extends object = StandardWebhooksEvents>(
  keys: Secrets | StandardWebhooksOptions<Events> | undefined,
): Provider<Events> {
  const options: StandardWebhooksOptions<Events> = isKeys(keys) ? keys : { secret: keys }
  knownOptions('standardWebhooks', options, optionNames)
  const { name = 'standard-webhooks', path, events } = options
  return toProvider<Events>({
    name,
    path,
    headers: 'webhook',
    keys: options,
    events,
    // «A recommended request timeout value for webhooks is somewhere between 15 and 30s».
    timeoutMs: 30_000,
    attemptDelaysMs: [
      0,
      5_000,
      300_000,
      hourMs / 2,
      2 * hourMs,
      5 * hourMs,
      10 * hourMs,
      14 * hourMs,
      20 * hourMs,
      24 * hourMs,
    ],
    // The sender's own, which nobody here knows better than the caller.
    samples: async () => (await import('./samples.ts')).samples as never,
  })
}
