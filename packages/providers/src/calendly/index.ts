import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import type { CalendlyEvents } from './events.ts'

export type * from './events.ts'

/**
 * Calendly: meetings that are booked and cancelled, types of meetings, contacts and routing forms.
 *
 * HMAC-SHA256 as hex over `t`, a full stop and the raw body, in `Calendly-Webhook-Signature: t=…,v1=…`; the key is the
 * signing key of the subscription, and without one Calendly signs nothing, and is refused. `t` is the attempt's. An event
 * has no id, so copies are told by the body. Calendly waits 15 s for an answer and retries at growing intervals; a 410
 * deletes the subscription, which a receiver never answers.
 *
 * Any name is an event: Calendly adds some, such as those of meeting recaps. Type them as
 * `calendly<CalendlyEvents & { 'other.created': CalendlyEvent<'other.created', CalendlyResource> }>(key)`.
 *
 * As of its documentation, excerpts read 2026-11-27: https://developer.calendly.com/docs/webhooks/overview,
 * https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures and the release notes of 2026-05-27 and
 * 2026-10-23.
 *
 * @param signingKey the subscription's signing key, or several while one replaces another
 * @throws TypeError when a key is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { calendly } from '@acuse/providers/calendly'
 *
 * const receiver = createReceiver(calendly(process.env['CALENDLY_SIGNING_KEY']))
 * receiver.on('invitee.created', ({ payload }, { log }) => log.info({ uri: payload.payload.uri }, 'booked'))
 */
export function calendly<Events extends object = CalendlyEvents>(
  signingKey: Secrets | undefined,
): Provider<Events> {
  const provider = defineProvider<CalendlyEvents>({
    name: 'calendly',
    path: '/webhooks/calendly',
    scheme: hmac({
      header: 'Calendly-Webhook-Signature',
      prefix: 'v1=',
      separator: ',',
      secret: signingKey,
      signs: [{ field: 't', as: 'unix-seconds' }, { text: '.' }, { raw: 'body' }],
    }),
    time: { of: 'attempt', value: { field: 't' }, format: 'unix-seconds', required: true },
    eventRules: [{ type: [{ body: 'event' }] }],
    limits: { ackTimeoutMs: 15_000 },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 15_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, created_at: at.toISOString() }),
    },
  })
  return typed<Events>(provider)
}
