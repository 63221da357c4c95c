import { BoundedMap } from '../lib/bounded-map.ts'
import type { Delivery } from '../model/delivery.ts'

type Identified = Pick<Delivery, 'id' | 'body'>

interface Parsed {
  readonly body: Uint8Array
  readonly payload: unknown
}

const maxPayloads = 64
/** A parsed body may take ten times as much. */
const maxBytes = 16_384

/**
 * Payloads that were parsed to accept a delivery, for handlers that run in the same process soon after: as many as may be
 * under way at once, so that a backlog holds no more than its bytes.
 */
export class RecentPayloads {
  /** By the delivery's id. */
  readonly #parsed = new BoundedMap<string, Parsed>(maxPayloads)

  put({ id, body }: Identified, payload: unknown): void {
    if (body.byteLength <= maxBytes) this.#parsed.set(id, { body, payload })
  }

  /** Only once, and only of the same bytes: what handlers do to a payload is not seen by another attempt. */
  take({ id, body }: Identified): unknown {
    const parsed = this.#parsed.get(id)
    if (parsed === undefined) return undefined
    this.#parsed.delete(id)
    return Buffer.compare(parsed.body, body) === 0 ? parsed.payload : undefined
  }
}
