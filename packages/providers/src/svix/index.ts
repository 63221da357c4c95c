import type { Provider, Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import type { StandardWebhooksKeys } from '../standard-webhooks/profile.ts'
import type { SvixEvents, SvixOperationalEvents } from './events.ts'
import { toSvixProvider } from './profile.ts'

export type { StandardWebhooksKeys } from '../standard-webhooks/profile.ts'
export type * from './events.ts'

/**
 * Svix: whoever sends through it, and Svix itself.
 *
 * As Standard Webhooks, with its own headers: `<svix-id>.<svix-timestamp>.<body>` is signed with HMAC-SHA256 (`v1`) or
 * Ed25519 (`v1a`), as base64 in `svix-signature`. The time is the attempt's, and an event is its `svix-id`, the same at
 * each attempt. The type is the payload's `type`; without one it is a `message`. Eight attempts over 27 h 35 min 5 s.
 *
 * For Svix's own events: `svix<SvixOperationalEvents>(secret)`.
 *
 * As of its documentation, read 2026-11-27: https://docs.svix.com/receiving/verifying-payloads/how-manual,
 * https://docs.svix.com/retries and https://docs.svix.com/incoming-webhooks.
 *
 * @typeParam Events the payloads by name, such as `{ 'invoice.paid': InvoicePaid }`
 * @param keys the secret of the endpoint (`whsec_…`), or several: a list or a map such as `{ current, next }`; or
 * `{ publicKey }` (`whpk_…`), `{ secret }` or both
 * @throws TypeError when a key cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { type SvixOperationalEvents, svix } from '@acuse/providers/svix'
 *
 * const receiver = createReceiver(svix<SvixOperationalEvents>(process.env['SVIX_SECRET']))
 * receiver.on('endpoint.disabled', ({ payload }, { log }) => log.warn({ app: payload.data.appId }, 'disabled'))
 */
export function svix<Events extends object = SvixEvents>(
  keys: Secrets | StandardWebhooksKeys | undefined,
): Provider<Events> {
  const provider = toSvixProvider<SvixOperationalEvents>({
    name: 'svix',
    keys,
    samples: async () => (await import('./samples.ts')).samples,
  })
  return typed<Events>(provider)
}
