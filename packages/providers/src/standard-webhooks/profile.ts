import {
  type AsymmetricKeyInput,
  anyOf,
  defineProvider,
  ed25519,
  hmac,
  type Keys,
  type Provider,
  type Scheme,
  type Secrets,
  type Sending,
} from '@acuse/core'
import type { HmacOptions } from '@acuse/core/provider-kit'

/** The keys of a sender: a secret, a public key, or both. */
export interface StandardWebhooksKeys {
  /** The secret, `whsec_` and base64, or several: its signatures are `v1`. */
  readonly secret?: Secrets | undefined
  /** The public key, `whpk_` and base64, or several; PEM and JWK too: its signatures are `v1a`. */
  readonly publicKey?: Keys<AsymmetricKeyInput> | undefined
  /** A private key (`whsk_…`) instead of the public one, to sign `v1a` as the sender does: for `createSender` in tests. */
  readonly privateKey?: AsymmetricKeyInput | undefined
}

/** A sender of the specification. */
export interface Profile<Events extends object> {
  readonly name: string
  readonly path?: string | undefined
  /** Its headers: `webhook-id` and so on, or `svix-id`. */
  readonly headers: 'webhook' | 'svix'
  readonly keys: StandardWebhooksKeys
  readonly events?: Provider<Events>['events']
  /** How long it waits, and between attempts, in milliseconds. */
  readonly timeoutMs: number
  readonly attemptDelaysMs: readonly number[]
  readonly samples: Sending<Events>['samples']
}

const keyNames = ['secret', 'publicKey', 'privateKey']

/** Whether an argument is keys by kind, and not a secret, or secrets by name. */
export function isKeys(given: unknown): given is StandardWebhooksKeys {
  return typeof given === 'object' && given !== null && keyNames.some((name) => name in given)
}

/** A provider of the specification. */
export function toProvider<Events extends object>(profile: Profile<Events>): Provider<Events> {
  const { name, path = `/webhooks/${name}`, headers, keys, events, timeoutMs, attemptDelaysMs } = profile
  const id = { header: `${headers}-id`, as: 'id' } as const
  const timestamp = { header: `${headers}-timestamp`, as: 'unix-seconds' } as const
  const idempotencyKey = [id]
  const waitsMs = attemptDelaysMs.reduce((sum, delayMs) => sum + delayMs, 0)
  return defineProvider<Events>({
    name,
    path,
    scheme: toScheme(keys, {
      header: `${headers}-signature`,
      separator: ' ',
      signs: [id, { text: '.' }, timestamp, { text: '.' }, { raw: 'body' }],
    }),
    ...(events === undefined ? undefined : { events }),
    time: { of: 'attempt', value: timestamp, format: 'unix-seconds', required: true },
    eventRules: [
      { when: { body: 'type', exists: true }, type: [{ body: 'type' }], idempotencyKey },
      // «This specification does not dictate the structure»: a payload may name no type.
      { type: [{ text: 'message' }], idempotencyKey },
    ],
    limits: { retriesForMs: waitsMs + attemptDelaysMs.length * timeoutMs, ackTimeoutMs: timeoutMs },
    // The id, which tells events apart, is a header that is made for each.
    sending: { attemptDelaysMs, timeoutMs, samples: profile.samples },
  })
}

type Signature = Pick<HmacOptions, 'header' | 'separator' | 'signs'>

function toScheme(keys: StandardWebhooksKeys, signature: Signature): Scheme {
  const schemes: Scheme[] = []
  if ('secret' in keys) {
    const { secret } = keys
    schemes.push(hmac({ ...signature, prefix: 'v1,', encoding: 'base64', secretEncoding: 'whsec', secret }))
  }
  if ('publicKey' in keys || 'privateKey' in keys) {
    const { publicKey, privateKey } = keys
    schemes.push(ed25519({ ...signature, prefix: 'v1a,', publicKey, privateKey }))
  }
  const [only, another] = schemes
  return only !== undefined && another === undefined ? only : anyOf(schemes)
}
