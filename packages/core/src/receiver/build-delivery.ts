import { exposed } from '../handlers/exposed.ts'
import { jsonType } from '../lib/body-format.ts'
import { sha256Start } from '../lib/crypto.ts'
import { disregard } from '../lib/fence.ts'
import { writeFailure } from '../log/logger.ts'
import type { Delivery } from '../model/delivery.ts'
import type { UnknownEvent } from '../model/event.ts'
import type { RequestHeaders } from '../model/headers.ts'
import type { Logger } from '../model/logger.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { Proven } from './prove.ts'
import type { Opened } from './read-body.ts'
import type { ReceiverSettings } from './settings.ts'

export { toBodyHash } from './body-hash.ts'

const idBytes = 16

/**
 * The id of the delivery that these parts identify. JSON keeps `["a.b","c"]` and `["a","b.c"]` apart, and a tenant's
 * endpoint from any other.
 * @param type the one that is signed; `undefined`: none is
 */
export function toDeliveryId(
  endpoint: string,
  type: string | undefined,
  idempotencyKey: readonly string[],
  tenant?: string | undefined,
): string {
  const owner = tenant === undefined ? endpoint : [endpoint, tenant]
  return sha256Start(JSON.stringify([owner, type ?? null, ...idempotencyKey]), idBytes)
}

/** What is known of a delivery beside its event. */
export type Known = Required<Pick<Delivery, 'provider' | 'occurredAt' | 'receivedAt' | 'trust'>> & {
  /** Headers that name the request and its place in a trace. */
  readonly trace: Readonly<Record<string, string>>
}

/** Settings of a delivery. */
export type DeliverySettings = Pick<
  ReceiverSettings,
  'endpoint' | 'keepHeaders' | 'orderingKey' | 'logger'
> & {
  /** The headers that handlers see as `event.unsigned`. */
  readonly expose: readonly string[]
}

/** The delivery of one event of an authentic request. */
export function toDelivery(
  { headers }: WebhookRequest,
  { envelope, payload, body, isJson, bodyHash, usualKey }: Opened,
  { keyId, tenant }: Pick<Proven, 'keyId' | 'tenant'>,
  settings: DeliverySettings,
  known: Known,
): Delivery {
  const { endpoint, keepHeaders, orderingKey: keyOf, logger, expose } = settings
  const { type } = envelope
  const idempotencyKey = envelope.idempotencyKey ?? usualKey
  const { provider, occurredAt, receivedAt, trust, trace } = known
  const id = toDeliveryId(endpoint, envelope.signedType, idempotencyKey, tenant)
  const picked = keepHeaders.length === 0 ? trace : { ...trace, ...pick(headers, keepHeaders) }
  // It may have come without a media type, which the provider reads as another format.
  const kept =
    isJson && keepHeaders.includes('content-type') ? { ...picked, 'content-type': jsonType } : picked
  const unsigned = exposed(kept, expose)
  const event = { id, type, payload, provider, occurredAt, receivedAt, unsigned }
  const orderingKey = keyOf && toOrderingKey(event, keyOf, logger)
  // Field by field, as in `prove`: a spread takes a microsecond.
  return {
    id,
    endpoint,
    provider,
    type,
    bodyHash,
    keyId,
    occurredAt,
    receivedAt,
    headers: kept,
    orderingKey,
    body,
    trust,
  }
}

/** A delivery is not lost for an `orderingKey` that fails: it comes in any order. */
function toOrderingKey(
  event: UnknownEvent,
  keyOf: NonNullable<ReceiverSettings['orderingKey']>,
  logger: Logger,
): string | undefined {
  let error: unknown = new TypeError('orderingKey must return a string or undefined')
  try {
    const key: unknown = keyOf(event)
    if (key === undefined || typeof key === 'string') return key
    disregard(key)
  } catch (thrown) {
    error = thrown
  }
  writeFailure(logger, `${event.provider} ${event.type} ${event.id}: orderingKey failed`, error)
  return undefined
}

function pick(headers: RequestHeaders, names: readonly string[]): Record<string, string> {
  const present = names.filter((name) => headers.values(name).length > 0)
  return Object.fromEntries(present.map((name) => [name, headers.values(name).join(', ')]))
}
