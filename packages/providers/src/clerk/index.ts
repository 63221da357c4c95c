import type { Provider, Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { toSvixProvider } from '../svix/profile.ts'
import { type ClerkEvents, clerkEventNames } from './events.ts'

export type * from './events.ts'
export { clerkEventNames } from './events.ts'

/**
 * Clerk: users, sessions, organizations and billing.
 *
 * Clerk sends through Svix: `<svix-id>.<svix-timestamp>.<body>` is signed with HMAC-SHA256, as base64 in
 * `svix-signature`. The time is the attempt's, and an event is its `svix-id`, the same at each attempt. Eight attempts
 * over 27 h 35 min 5 s, which is Svix's schedule.
 *
 * Clerk publishes types of all payloads: `clerk<{ [E in WebhookEvent as E['type']]: E }>(secret)` with that of
 * `@clerk/backend/webhooks`.
 *
 * As of its documentation, read 2026-11-27: https://clerk.com/docs/guides/development/webhooks/overview and
 * https://docs.svix.com/retries.
 *
 * @param secret the «Signing Secret» of the endpoint (`whsec_…`), or several while one replaces another
 * @throws TypeError when a secret cannot be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { clerk } from '@acuse/providers/clerk'
 *
 * const receiver = createReceiver(clerk(process.env['CLERK_WEBHOOK_SIGNING_SECRET']))
 * receiver.on('user.created', ({ payload }, { log }) => log.info({ user: payload.data.id }, 'signed up'))
 */
export function clerk<Events extends object = ClerkEvents>(secret: Secrets | undefined): Provider<Events> {
  const provider = toSvixProvider<ClerkEvents>({
    name: 'clerk',
    keys: { secret },
    events: clerkEventNames,
    samples: async () => (await import('./samples.ts')).samples,
  })
  return typed<Events>(provider)
}
