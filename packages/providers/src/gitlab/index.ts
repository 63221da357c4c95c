import {
  apiKey,
  defineProvider,
  hmac,
  type Provider,
  type Scheme,
  type Secrets,
  type TimeRule,
} from '@acuse/core'
import { checkOptions } from '@acuse/core/inbox-kit'
import type { EventRule } from '@acuse/core/provider-kit'
import { typed } from '../lib/typed.ts'
import { gitlabEventNames } from './event-names.ts'
import type { GitlabEvents } from './events.ts'

export { gitlabEventNames } from './event-names.ts'
export type * from './events.ts'

/** The signing token, which GitLab recommends. */
export interface GitlabSigningToken {
  /** Such as `whsec_…`: 32 bytes as base64. */
  readonly signingToken: Secrets | undefined
  /** Not beside a signing token. */
  readonly secretToken?: never
}

/** The secret token, for a GitLab that cannot sign. */
export interface GitlabSecretToken {
  /** The text that GitLab sends in `X-Gitlab-Token`. It signs nothing. */
  readonly secretToken: Secrets | undefined
  /** Not beside a secret token. */
  readonly signingToken?: never
}

/** How GitLab proves itself: exactly one way. */
export type GitlabOptions = GitlabSigningToken | GitlabSecretToken

interface Proof {
  readonly scheme: Scheme
  readonly idempotencyKey: NonNullable<EventRule['idempotencyKey']>
  readonly time?: TimeRule
  /** The headers that carry the delivery's id. */
  readonly idHeaders: readonly string[]
}

/**
 * GitLab: webhooks of projects and groups, and system hooks.
 *
 * With a **signing token** (Standard Webhooks, GitLab 19): HMAC-SHA256 as base64 over `webhook-id`, `webhook-timestamp`
 * and the raw body, joined by full stops, in `webhook-signature: v1,…`. `webhook-id` is the same in each attempt. With a
 * **secret token** GitLab sends the token itself, in `X-Gitlab-Token`: whoever sees one request can make others, no time
 * is proven, and copies are told by the header `Idempotency-Key`, or by the body where an old GitLab sends none. The
 * event is the payload's `object_kind`, or its `event_name`. GitLab.com waits 10 s for an answer and documents no
 * schedule of retries: copies are remembered for 7 days.
 *
 * As of its documentation, excerpts read 2026-11-27: https://docs.gitlab.com/user/project/integrations/webhooks/ (its
 * text of 19.0), https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944 and
 * https://docs.gitlab.com/user/project/integrations/webhook_events/.
 *
 * @throws TypeError unless exactly one token is given, and can be used
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { gitlab } from '@acuse/providers/gitlab'
 *
 * const receiver = createReceiver(gitlab({ signingToken: process.env['GITLAB_SIGNING_TOKEN'] }))
 * receiver.on('push', ({ payload }, { log }) => log.info({ project: payload.project?.id }, 'pushed'))
 */
export function gitlab<Events extends object = GitlabEvents>(options: GitlabOptions): Provider<Events> {
  const { scheme, time, idempotencyKey, idHeaders } = toProof(options)
  const provider = defineProvider<GitlabEvents>({
    name: 'gitlab',
    path: '/webhooks/gitlab',
    scheme,
    events: gitlabEventNames,
    ...(time === undefined ? undefined : { time }),
    eventRules: [
      { when: { body: 'object_kind', exists: true }, type: [{ body: 'object_kind' }], idempotencyKey },
      { type: [{ body: 'event_name' }], idempotencyKey },
    ],
    expose: ['x-gitlab-event', 'x-gitlab-instance', 'x-gitlab-webhook-uuid', 'x-gitlab-event-uuid'],
    limits: { ackTimeoutMs: 10_000 },
    sending: {
      attemptDelaysMs: [0],
      timeoutMs: 10_000,
      samples: async () => (await import('./samples.ts')).samples,
      headers: (_payload, at) => {
        const id = `f5e5f430-f57b-4e6e-9fac-${String(at.getTime()).slice(-12)}`
        return Object.fromEntries(idHeaders.map((header) => [header, id]))
      },
    },
  })
  return typed<Events>(provider)
}

function toProof(options: GitlabOptions): Proof {
  checkOptions<object>('gitlab options', options, { signingToken: 'checked', secretToken: 'checked' })
  if ('signingToken' in options === 'secretToken' in options)
    throw new TypeError('gitlab takes exactly one of signingToken, secretToken: the one that the webhook has')
  return 'signingToken' in options ? signed(options.signingToken) : shared(options.secretToken)
}

function signed(secret: Secrets | undefined): Proof {
  const id = { header: 'webhook-id', as: 'id' } as const
  const timestamp = { header: 'webhook-timestamp', as: 'unix-seconds' } as const
  return {
    scheme: hmac({
      header: 'webhook-signature',
      prefix: 'v1,',
      separator: ' ',
      encoding: 'base64',
      secretEncoding: 'whsec',
      secret,
      signs: [id, { text: '.' }, timestamp, { text: '.' }, { raw: 'body' }],
    }),
    time: { of: 'attempt', value: timestamp, format: 'unix-seconds', required: true },
    idempotencyKey: [id],
    idHeaders: ['idempotency-key', 'webhook-id'],
  }
}

function shared(key: Secrets | undefined): Proof {
  return {
    scheme: apiKey({ header: 'X-Gitlab-Token', format: 'raw', key }),
    idempotencyKey: [{ header: 'idempotency-key', as: 'id' }],
    idHeaders: ['idempotency-key'],
  }
}
