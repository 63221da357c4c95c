import {
  defineProvider,
  type JsonObject,
  type Provider,
  type Scheme,
  type Schemes,
  type Sending,
} from '@acuse/core'
import { didYouMean } from '@acuse/core/inbox-kit'
import { mergeDeep } from './merge.ts'

/** A signed request, without its address. */
interface SignedRequest {
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

/** Signs as a provider does. */
export interface Signer {
  /** The provider's name. */
  readonly name: string
  readonly sending: Sending<object>
  /** @throws TypeError when the provider documents no such event */
  sampleOf(event: string): Promise<JsonObject>
  /** The sample as it is sent at a time, signed. */
  sign(sample: JsonObject, overrides: unknown, time: Date): SignedRequest
}

/**
 * The provider as somebody who sends.
 * @throws TypeError when it is none, or does not state how it sends
 */
export function toSigner<Events extends object, Secret>(
  toProvider: (secret: Secret) => Provider<Events>,
  secret: Secret,
): Signer {
  if (typeof toProvider !== 'function')
    throw new TypeError('provider must be a function of the secret, such as redcumbre')
  const given = toProvider(secret)
  // The caller's function may be anything.
  if (!given?.scheme)
    throw new TypeError('provider must answer a provider, as redcumbre does, for the secret')
  const { name, scheme, sending } = defineProvider(given)
  if (!sending || !scheme.sign) throw new TypeError(`${name} does not state how it sends`)
  const sign = scheme.sign.bind(scheme)
  return {
    name,
    sending,
    async sampleOf(event) {
      const samples: Readonly<Record<string, unknown>> = await sending.samples()
      // A sample is an object of its event's own type.
      if (Object.hasOwn(samples, event)) return samples[event] as JsonObject
      const known = Object.keys(samples)
      throw new TypeError(
        `${name} documents no event '${event}'.${didYouMean(event, known)} Its events: ${known.join(', ')}`,
      )
    },
    sign(sample, overrides, time) {
      const payload = mergeDeep(sending.stamp(sample, time), overrides)
      const body = Buffer.from(JSON.stringify(payload), 'utf8')
      const parts = headerParts(scheme, sending.headers?.(payload, time), time)
      return { headers: { 'content-type': 'application/json', ...parts, ...sign(body, parts) }, body }
    },
  }
}

/** The headers beside the proof, by name in lower case: the provider's own, and what else is signed. */
function headerParts(
  { signedParts = [] }: Scheme,
  own: Readonly<Record<string, string>> = {},
  at: Date,
): Record<string, string> {
  const signed = signedParts.map(({ header, as }) => [header, signedValue(as, at)])
  const stated = Object.entries(own).map(([name, value]) => [name.toLowerCase(), value])
  return Object.fromEntries([...signed, ...stated])
}

/** A value that no other delivery has, or the time. */
function signedValue(as: Schemes.SignedHeader['as'], at: Date): string {
  if (as === 'id') return `msg_${crypto.randomUUID()}`
  return String(as === 'unix-ms' ? at.getTime() : Math.floor(at.getTime() / 1000))
}
