import { defineProvider, type JsonObject, type Provider, type Sending } from '@acuse/core'
import {
  type DeliveryToSign,
  type HandshakeOptions,
  type HandshakeRequest,
  type SignedDelivery,
  signDelivery,
  toHandshakeRequest,
} from '@acuse/core/inbox-kit'
import { toOtherSecret } from './other-secret.ts'
import { unknownEvent } from './unknown-event.ts'

/** Signs as a provider does. */
export interface Signer {
  readonly provider: Provider<object>
  readonly sending: Sending<object>
  /** The events that it has samples of, once one was asked for; before, those that it documents. */
  readonly events: readonly string[]
  /** @throws TypeError when the provider documents no such event */
  sampleOf(event: string): Promise<JsonObject>
  /** A payload as it is sent, signed. */
  sign(delivery: DeliveryToSign): SignedDelivery
  /** The bytes of a payload, without a proof in them. */
  encode(payload: JsonObject): Uint8Array
  /**
   * Its handshakes, as it asks.
   * @throws TypeError when it has none
   */
  handshakes(how: HandshakeOptions): readonly HandshakeRequest[]
  /**
   * The same with another secret.
   * @throws TypeError when no other can be made
   */
  withOtherSecret(): Signer
}

/**
 * The provider as somebody who sends.
 * @throws TypeError when it is none, or does not state how it sends
 */
export function toSigner<Events extends object, Secret>(
  toProvider: (secret: Secret) => Provider<Events>,
  secret: Secret,
): Signer {
  const { provider, sending } = toSendingProvider(toProvider, secret)
  const { name, scheme, handshakes = [] } = provider
  let samples: Readonly<Record<string, unknown>> | undefined
  let other: Signer | undefined
  return {
    provider,
    sending,
    get events() {
      return samples === undefined ? documented(provider) : Object.keys(samples)
    },
    async sampleOf(event) {
      samples ??= await sending.samples()
      // A sample is an object of its event's own type.
      if (Object.hasOwn(samples, event)) return samples[event] as JsonObject
      throw unknownEvent(name, event, Object.keys(samples))
    },
    sign: (delivery) => signDelivery({ name, scheme, sending }, delivery),
    encode: (payload) => Buffer.from(sending.encode?.(payload).body ?? JSON.stringify(payload)),
    handshakes(how) {
      if (handshakes.length > 0)
        return handshakes.map((handshake) => toHandshakeRequest(provider, handshake, how))
      throw new TypeError(`${name} has no handshakes: it asks nothing before it sends`)
    },
    withOtherSecret() {
      // It is of the same kind as the one that was given.
      other ??= toSigner(toProvider, toOtherSecret(secret) as Secret)
      return other
    },
  }
}

function toSendingProvider<Events extends object, Secret>(
  toProvider: (secret: Secret) => Provider<Events>,
  secret: Secret,
): Pick<Signer, 'provider' | 'sending'> {
  if (typeof toProvider !== 'function')
    throw new TypeError('provider must be a function of the secret, such as redcumbre')
  const given = toProvider(secret)
  // The caller's function may be anything.
  if (!given?.scheme)
    throw new TypeError('provider must answer a provider, as redcumbre does, for the secret')
  const provider = defineProvider(given)
  const { name, scheme, sending } = provider
  if (!sending) throw new TypeError(`${name} does not state how it sends`)
  if (!scheme.sign && !scheme.signBody)
    throw new TypeError(
      `${name} cannot sign with what it was given. Give one secret, not several, or a private key where it takes one`,
    )
  return { provider, sending }
}

function documented({ events = [] }: Provider<object>): readonly string[] {
  return Array.isArray(events) ? events : Object.keys(events)
}
