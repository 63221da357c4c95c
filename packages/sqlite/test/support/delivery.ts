import { createHash } from 'node:crypto'
import type { Delivery } from '@acuse/core'

/** A delivery with this id; its body is 436 bytes long, as one of Redcumbre's. */
export function delivery(id: string, overrides: Partial<Delivery> = {}): Delivery {
  const body = Buffer.from(JSON.stringify({ id }).padEnd(436))
  const hash = (text: string | Buffer) => createHash('sha256').update(text).digest('base64url')
  return {
    id: hash(id).slice(0, 22),
    endpoint: 'acme',
    provider: 'acme',
    type: 'thing.made',
    bodyHash: hash(body),
    keyId: 'default',
    occurredAt: new Date(),
    receivedAt: new Date(),
    headers: {},
    orderingKey: undefined,
    body,
    trust: 'signed',
    ...overrides,
  }
}
