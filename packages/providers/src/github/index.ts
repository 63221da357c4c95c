import { defineProvider, hmac, type JsonObject, type Provider, type Secrets } from '@acuse/core'
import { typed } from '../lib/typed.ts'
import { githubEventNames } from './event-names.ts'
import type { GithubEvents } from './events.ts'

export { type GithubEventName, githubEventNames } from './event-names.ts'
export type * from './events.ts'

/**
 * GitHub: repositories, organizations and GitHub Apps.
 *
 * HMAC-SHA256 of the body as hex in `X-Hub-Signature-256`, after `sha256=`. No time is stated, and the name of the event
 * (`X-GitHub-Event`) and the id of the delivery (`X-GitHub-Delivery`) are unsigned headers: an event is the hash of its
 * body, so that a captured request is no new event under another name. Both media types that a webhook can have are read,
 * JSON and a form. GitHub does not retry; deliveries of the last 3 days, in an Enterprise Server of the last 7, can be
 * sent again by hand or by its API: events are remembered for 7 days.
 *
 * GitHub publishes types of all payloads: `github<EventPayloadMap>(secret)` with that of `@octokit/webhooks-types`.
 *
 * As of its documentation, read 2026-11-27: https://docs.github.com/en/webhooks/webhook-events-and-payloads,
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries and
 * https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks.
 *
 * @param secret the secret of the webhook, or several while one replaces another
 * @throws TypeError when a secret is missing, empty, short, padded, a placeholder or a PEM
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { github } from '@acuse/providers/github'
 *
 * const receiver = createReceiver(github(process.env['GITHUB_WEBHOOK_SECRET']))
 * receiver.on('push', ({ payload }, { log }) => log.info({ ref: payload.ref }, 'pushed'))
 */
export function github<Events extends object = GithubEvents>(secret: Secrets | undefined): Provider<Events> {
  const provider = defineProvider<GithubEvents>({
    name: 'github',
    path: '/webhooks/github',
    scheme: hmac({ header: 'X-Hub-Signature-256', prefix: 'sha256=', secret }),
    events: githubEventNames,
    bodies: { 'application/json': 'json', 'application/x-www-form-urlencoded': { jsonIn: 'payload' } },
    eventRules: [{ type: [{ header: 'X-GitHub-Event', as: 'id' }] }],
    expose: [
      'X-GitHub-Delivery',
      'X-GitHub-Hook-ID',
      'X-GitHub-Hook-Installation-Target-Type',
      'X-GitHub-Hook-Installation-Target-ID',
    ],
    // «Payloads are capped at 25 MB»; «redeliver webhook deliveries from the past 7 days» (Enterprise Server); «longer than
    // 10 seconds».
    limits: { retriesForMs: 7 * 86_400_000, maxBodyBytes: 25 * 2 ** 20, ackTimeoutMs: 10_000 },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
      headers: (_payload, _at, event) => ({
        'X-GitHub-Event': event,
        'X-GitHub-Delivery': crypto.randomUUID(),
      }),
    },
  })
  return typed<Events>(provider)
}

/** At another time the repository has changed. */
function stamp({ repository, ...payload }: JsonObject, at: Date): JsonObject {
  return { ...payload, repository: { ...Object(repository), updated_at: at.toISOString() } }
}
