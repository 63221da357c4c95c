import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { docusignEventNames } from './event-names.ts'
import type { DocusignEvents } from './events.ts'

export { docusignEventNames } from './event-names.ts'
export type * from './events.ts'

const generated = { body: 'generatedDateTime' } as const
const configuration = { body: 'configurationId' } as const
const envelope = { body: 'data.envelopeId' } as const
const recipient = { body: 'data.recipientId' } as const

/**
 * Docusign Connect: envelopes, recipients and templates, as JSON (SIM). The older XML is refused.
 *
 * HMAC-SHA256 as base64 over the raw body, in `X-DocuSign-Signature-1` and so on, one for each of up to ten keys of the
 * account: any that is yours will do. Configuration, envelope, recipient and the moment at which the message was made
 * tell copies; `retryCount` differs between them. Nothing states the attempt's time. Docusign documents no schedule of
 * retries, and with «require acknowledgement» it retries for days: copies are remembered for 7 days.
 *
 * As of its documentation, excerpts read 2026-11-27:
 * https://developers.docusign.com/platform/webhooks/connect/json-sim-event-model and
 * https://developers.docusign.com/platform/webhooks/connect/hmac.
 *
 * @param secret a Connect key of the account, or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { docusign } from '@acuse/providers/docusign'
 *
 * const receiver = createReceiver(docusign(process.env['DOCUSIGN_CONNECT_KEY']))
 * receiver.on('envelope-completed', ({ payload }, { log }) => log.info({ id: payload.data.envelopeId }, 'signed'))
 */
export function docusign<Events extends object = DocusignEvents>(
  secret: Secrets | undefined,
): Provider<Events> {
  const provider = defineProvider<DocusignEvents>({
    name: 'docusign',
    path: '/webhooks/docusign',
    scheme: hmac({ numberedHeader: 'X-DocuSign-Signature-', encoding: 'base64', secret }),
    events: docusignEventNames,
    eventRules: [
      {
        when: { ...recipient, exists: true },
        type: [{ body: 'event' }],
        idempotencyKey: [configuration, envelope, recipient, generated],
      },
      { type: [{ body: 'event' }], idempotencyKey: [configuration, envelope, generated] },
    ],
    volatile: ['retryCount'],
    // A configuration may include the documents, as base64.
    limits: { maxBodyBytes: 32 * 2 ** 20 },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 30_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload: JsonObject, at: Date) => ({ ...payload, generatedDateTime: at.toISOString() }),
    },
  })
  return typed<Events>(provider)
}
