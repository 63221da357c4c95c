import { defineProvider, hmac, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { bitbucketCloudEventNames, bitbucketDataCenterEventNames } from './event-names.ts'
import type { BitbucketEvents } from './events.ts'

export { bitbucketCloudEventNames, bitbucketDataCenterEventNames } from './event-names.ts'
export type * from './events.ts'

/**
 * Bitbucket: repositories and pull requests, of Bitbucket Cloud and of Bitbucket Data Center.
 *
 * HMAC-SHA256 as hex over the raw body, in `X-Hub-Signature: sha256=…`; without a secret Bitbucket signs nothing, and is
 * refused. Data Center states the event in the signed `eventKey`; Cloud states it in `X-Event-Key` alone, which nothing
 * signs, so copies are told by the body, whatever that header says. Nothing states a time. The header of the attempt's
 * number and the ids are in `event.unsigned`. Cloud waits 10 s for an answer; neither documents for how long it retries:
 * copies are remembered for 7 days.
 *
 * As of its documentation, excerpts read 2026-11-27: https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/,
 * https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ and
 * https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html.
 *
 * @param secret the webhook's secret, or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { bitbucket } from '@acuse/providers/bitbucket'
 *
 * const receiver = createReceiver(bitbucket(process.env['BITBUCKET_SECRET']))
 * receiver.on('repo:push', ({ payload }, { log }) => log.info({ repo: payload.repository?.full_name }, 'pushed'))
 */
export function bitbucket<Events extends object = BitbucketEvents>(
  secret: Secrets | undefined,
): Provider<Events> {
  const provider = defineProvider<BitbucketEvents>({
    name: 'bitbucket',
    path: '/webhooks/bitbucket',
    scheme: hmac({ header: 'X-Hub-Signature', prefix: 'sha256=', secret }),
    events: [...bitbucketCloudEventNames, ...bitbucketDataCenterEventNames],
    eventRules: [
      { when: { body: 'eventKey', exists: true }, type: [{ body: 'eventKey' }] },
      { type: [{ header: 'x-event-key' }] },
    ],
    expose: ['x-attempt-number', 'x-hook-uuid', 'x-request-uuid', 'x-request-id'],
    limits: { ackTimeoutMs: 10_000 },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({ ...payload, date: at.toISOString() }),
      headers: (_payload, _at, event) => ({ 'x-event-key': event, 'x-attempt-number': '1' }),
    },
  })
  return typed<Events>(provider)
}
