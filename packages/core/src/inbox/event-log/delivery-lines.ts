import { decodeStrictly } from '../../lib/encoding.ts'
import { isJsonObject } from '../../lib/json.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { JsonObject } from '../../model/json.ts'

/** A delivery as a JSON document: its body in base64, and as text where it is UTF-8. For people and for `import`. */
export function toDeliveryDocument(delivery: Delivery): object {
  const { id, endpoint, provider, type, bodyHash, keyId, headers, body } = delivery
  const text = toText(body)
  return {
    id,
    endpoint,
    provider,
    type,
    bodyHash,
    keyId,
    orderingKey: delivery.orderingKey ?? null,
    occurredAt: delivery.occurredAt ?? null,
    receivedAt: delivery.receivedAt,
    trust: delivery.trust ?? 'signed',
    headers,
    bodyBytes: body.byteLength,
    bodyBase64: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
    ...(text !== undefined && { bodyText: text }),
  }
}

/**
 * The delivery of such a document. Its text is not read: the bytes are.
 * @throws Error that says what is missing
 */
export function fromDeliveryDocument(document: unknown): Delivery {
  if (!isJsonObject(document)) throw new Error('it is no JSON object')
  const text = (name: string) => take(document, name, 'text', (value) => typeof value === 'string') as string
  const base64 = text('bodyBase64')
  const body = base64 === '' ? new Uint8Array() : decodeStrictly(base64, 'base64')
  if (!body) throw new Error('bodyBase64 is not base64 (RFC 4648 §4)')
  const headers = take(document, 'headers', 'an object of texts', isTexts) as Readonly<Record<string, string>>
  return {
    id: text('id'),
    endpoint: text('endpoint'),
    provider: text('provider'),
    type: text('type'),
    bodyHash: text('bodyHash'),
    keyId: text('keyId'),
    occurredAt: document['occurredAt'] === null ? undefined : toTime(text('occurredAt'), 'occurredAt'),
    receivedAt: toTime(text('receivedAt'), 'receivedAt'),
    headers,
    orderingKey: document['orderingKey'] === null ? undefined : text('orderingKey'),
    body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength),
    trust: take(document, 'trust', "'signed' or 'reconciled'", isTrust) as 'signed' | 'reconciled',
  }
}

const isTrust = (value: unknown): boolean => value === 'signed' || value === 'reconciled'
const isTexts = (value: unknown): boolean =>
  isJsonObject(value) && Object.values(value).every((each) => typeof each === 'string')

function take(
  document: JsonObject,
  name: string,
  kind: string,
  isRight: (value: unknown) => boolean,
): unknown {
  const value = document[name]
  if (!isRight(value)) throw new Error(`${name} is not ${kind}`)
  return value
}

function toTime(text: string, name: string): Date {
  const time = new Date(text)
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text)
    throw new Error(`${name} is no time such as 2026-01-31T12:00:00.000Z`)
  return time
}

/** The text of bytes that are UTF-8, whose bytes are these again; `undefined`: they are not. */
export function toText(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return undefined
  }
}
