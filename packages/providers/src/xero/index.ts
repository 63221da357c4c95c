import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import type { XeroEvents } from './events.ts'

export type * from './events.ts'

const day = 86_400_000

/**
 * Xero: contacts, invoices and subscriptions. A request holds a list of events, each a notice to fetch its `resourceUrl`.
 *
 * HMAC-SHA256 as base64 over the raw body, in `X-Xero-Signature`; the key is the text of the webhook's signing key.
 * Nothing signed states the attempt's time; organisation, resource and moment tell copies. Xero's «intent to receive» is
 * a signed list without events, sent right and wrong: 200 to the right ones and 401 to the others, both without a body.
 * The wait for an answer is 5 s; retries come at decreasing frequency for 24 hours.
 *
 * Xero adds categories: any is an event, such as `PAYMENT.CREATE`; type those that are not listed with
 * `xero<XeroEvents & { 'PAYMENT.CREATE': XeroEvent }>(key)`.
 *
 * As of its documentation, read 2026-11-27: https://developer.xero.com/documentation/guides/webhooks/overview/ and
 * https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/.
 *
 * @param signingKey the webhook's signing key, or several while one replaces another
 * @throws TypeError when a key is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { xero } from '@acuse/providers/xero'
 *
 * const receiver = createReceiver(xero(process.env['XERO_WEBHOOK_KEY']))
 * receiver.on('INVOICE.UPDATE', ({ payload }, { log }) => log.info({ id: payload.resourceId }, 'changed'))
 */
export function xero<Events extends object = XeroEvents>(signingKey: Secrets | undefined): Provider<Events> {
  const provider = defineProvider<XeroEvents>({
    name: 'xero',
    path: '/webhooks/xero',
    scheme: hmac({ header: 'X-Xero-Signature', encoding: 'base64', secret: signingKey }),
    items: 'events.*',
    eventRules: [
      {
        type: [{ body: 'eventCategory' }, { body: 'eventType' }],
        idempotencyKey: [{ body: 'tenantId' }, { body: 'resourceId' }, { body: 'eventDateUtc' }],
      },
    ],
    answers: { accepted: { status: 200 }, unauthorized: 'empty' },
    limits: { retriesForMs: day, ackTimeoutMs: 5_000 },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 5_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, eventDateUtc: at.toISOString().replace('Z', '') }),
      encode: (payload) => ({
        mediaType: 'application/json',
        body: JSON.stringify({
          events: [payload],
          firstEventSequence: 1,
          lastEventSequence: 1,
          entropy: 'S0m3r4Nd0mt3xt',
        }),
      }),
    },
  })
  return typed<Events>(provider)
}
