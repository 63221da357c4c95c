import { defineProvider, type JsonObject, type Provider, type Sending } from '@acuse/core'
import {
  didYouMean,
  type HandshakeOptions,
  type HandshakeRequest,
  type SignedDelivery,
  signDelivery,
  toHandshakeRequest,
} from '@acuse/core/inbox-kit'
import { mergeDeep } from './merge.ts'

/** Signs as a provider does. */
export interface Signer {
  /** The provider's name. */
  readonly name: string
  readonly sending: Sending<object>
  /** @throws TypeError when the provider documents no such event */
  sampleOf(event: string): Promise<JsonObject>
  /** The sample of an event as it is sent, signed. */
  sign(event: string, sample: JsonObject, overrides: unknown, how: HandshakeOptions): SignedDelivery
  /**
   * Its handshakes, as it asks.
   * @throws TypeError when it has none
   */
  handshakes(how: HandshakeOptions): readonly HandshakeRequest[]
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
  const provider = defineProvider(given)
  const { name, scheme, sending, handshakes = [] } = provider
  if (!sending) throw new TypeError(`${name} does not state how it sends`)
  if (!scheme.sign && !scheme.signBody)
    throw new TypeError(
      `${name} cannot sign with what it was given. Give one secret, not several, or a private key where it takes one`,
    )
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
    sign(event, sample, overrides, how) {
      const payload = mergeDeep(sending.stamp?.(sample, how.at) ?? sample, overrides)
      return signDelivery({ name, scheme, sending }, { event, payload, ...how })
    },
    handshakes(how) {
      if (handshakes.length > 0)
        return handshakes.map((handshake) => toHandshakeRequest(provider, handshake, how))
      throw new TypeError(`${name} has no handshakes: it asks nothing before it sends`)
    },
  }
}
