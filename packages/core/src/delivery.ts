import type { UnknownEvent } from './event.ts'
import { sha256 } from './lib/crypto.ts'
import { disregard } from './lib/fence.ts'
import type { RequestHeaders } from './lib/headers.ts'
import { type Logger, writeFailure } from './logger.ts'
import type { Proven } from './prove.ts'
import type { ReceiverSettings } from './receiver-settings.ts'
import type { WebhookRequest } from './request.ts'

export { toFingerprint } from './fingerprint.ts'

/** One authentic request, with its identity, fingerprint and receipt time. What an inbox stores. */
export interface Delivery {
  /**
   * What makes two deliveries the same: the first 128 bits of SHA-256 over endpoint, tenant, event type and the
   * identity that the provider signed, as 22 base64url characters. A type that nobody signed is left out. Becomes the
   * event's `id`.
   */
  readonly id: string
  /** The receiver that accepted it: its queue is its own. The provider's name unless the option says otherwise. */
  readonly endpoint: string
  /** The provider's name. */
  readonly provider: string
  /** The event's type, as sent. */
  readonly type: string
  /**
   * SHA-256 of the body bytes, as 43 base64url characters; where the provider names volatile fields, of what the
   * body says without them. Copies of one identity with another one are a conflict.
   */
  readonly fingerprint: string
  /** The name of the key that verified the request; `default` where there is only one. */
  readonly keyId: string
  /** The time that the provider signed; `undefined` where it states none. */
  readonly occurredAt: Date | undefined
  /** When the request was accepted. */
  readonly receivedAt: Date
  /** What arrived beside the body and may be kept: the headers of the receiver's allow-list, in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Events of one key are handled one at a time, in order of arrival; `undefined`: in any order. */
  readonly orderKey: string | undefined
  /** The raw body, byte for byte. */
  readonly body: Uint8Array
}

const idBytes = 16

/**
 * The id of the delivery that these parts identify. JSON keeps `["a.b","c"]` and `["a","b.c"]` apart, and a tenant's
 * endpoint from any other.
 * @param type `undefined` where nobody signed it
 */
export function toDeliveryId(
  endpoint: string,
  type: string | undefined,
  identity: readonly string[],
  tenant?: string | undefined,
): string {
  const owner = tenant === undefined ? endpoint : [endpoint, tenant]
  return sha256(JSON.stringify([owner, type ?? null, ...identity]), idBytes)
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({})

/** The delivery that an authentic request brings. */
export function toDelivery(
  { headers, body }: WebhookRequest,
  { envelope, payload, fingerprint, keyId, tenant }: Proven,
  settings: Pick<ReceiverSettings, 'endpoint' | 'keepHeaders' | 'orderBy' | 'logger'>,
  known: Pick<Delivery, 'provider' | 'occurredAt' | 'receivedAt'>,
): Delivery {
  const { endpoint, keepHeaders, orderBy, logger } = settings
  const { type } = envelope
  const identity = envelope.identity ?? [fingerprint]
  const { provider, occurredAt, receivedAt } = known
  const id = toDeliveryId(endpoint, envelope.isTypeSigned ? type : undefined, identity, tenant)
  const event = { id, type, payload, provider, occurredAt, receivedAt }
  const orderKey = orderBy && toOrderKey(event, orderBy, logger)
  const kept = keepHeaders.length === 0 ? noHeaders : pick(headers, keepHeaders)
  return { id, endpoint, type, fingerprint, keyId, ...known, headers: kept, orderKey, body }
}

/** A delivery is not lost for an `orderBy` that fails: it comes in any order. */
function toOrderKey(
  event: UnknownEvent,
  orderBy: NonNullable<ReceiverSettings['orderBy']>,
  logger: Logger,
): string | undefined {
  let error: unknown = new TypeError('orderBy must return a string or undefined')
  try {
    const key: unknown = orderBy(event)
    if (key === undefined || typeof key === 'string') return key
    disregard(key)
  } catch (thrown) {
    error = thrown
  }
  writeFailure(logger, `${event.provider} ${event.type} ${event.id}: orderBy failed`, error)
  return undefined
}

function pick(headers: RequestHeaders, names: readonly string[]): Record<string, string> {
  const present = names.filter((name) => headers.values(name).length > 0)
  return Object.fromEntries(present.map((name) => [name, headers.values(name).join(', ')]))
}
