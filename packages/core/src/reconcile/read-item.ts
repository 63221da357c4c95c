import { describe } from '../lib/options.ts'
import type { Delivery } from '../model/delivery.ts'
import { fromRawHeaders, type RequestHeaders } from '../model/headers.ts'
import type { WebhookRequest } from '../model/request.ts'
import { toDelivery } from '../receiver/build-delivery.ts'
import { openEvents, readPayload } from '../receiver/read-body.ts'
import type { Reconciling } from '../receiver/reconciling.ts'
import type { Refusal } from '../receiver/refusal.ts'
import { RequestScope } from '../receiver/request-scope.ts'
import { findTenant } from '../receiver/tenant.ts'
import { checkTolerance, type Tolerance } from '../receiver/tolerance.ts'
import type { ListedItem } from './types.ts'

/** What an item is read with. */
export interface ItemReading {
  readonly tenant: string | undefined
  /** The time of the round, and the earliest of an event; in milliseconds since the epoch. */
  readonly now: number
  readonly earliest: number
}

/** An API tells of what is past. */
const anyTime: Tolerance = { pastMs: Number.POSITIVE_INFINITY, futureMs: Number.POSITIVE_INFINITY }

/**
 * The deliveries of an item, as the receiver reads an authentic request.
 * @throws whatever the item, the provider's own code or their faults come to
 */
export function readItem(
  item: ListedItem,
  parts: Reconciling,
  { tenant, now, earliest }: ItemReading,
): Delivery[] {
  const { provider, reading, delivery } = parts
  const request = toRequest(item, parts)
  const read = orThrow(readPayload(request, reading))
  const opened = orThrow(openEvents(read, reading))
  const keyId = tenant ?? 'default'
  const owner = orThrow(
    findTenant(read.payload, tenant === undefined ? { keyId } : { keyId, tenant }, reading.tenantOf),
  )
  const timed = checkTolerance(opened.time, reading.time, anyTime, now)
  const occurredAt = 'code' in timed ? undefined : timed.occurredAt
  if (occurredAt && occurredAt.getTime() < earliest)
    throw new Error(
      `The event is of ${occurredAt.toISOString()}, older than what the inbox remembers: list must give none from before since`,
    )
  const known = {
    provider: provider.name,
    occurredAt,
    receivedAt: new Date(now),
    trust: 'reconciled' as const,
    // The item's headers are of the webhook that never came, and may name its request.
    trace: new RequestScope(request.headers, 0, { readsHeaders: true, ackTimeoutMs: 0 }).headers,
  }
  const by = { keyId, tenant: owner.tenant }
  return opened.events.map((event) => toDelivery(request, event, by, delivery, known))
}

function toRequest({ body, headers = {} }: ListedItem, { settings }: Reconciling): WebhookRequest {
  const bytes: unknown = typeof body === 'string' ? new TextEncoder().encode(body) : body
  if (!(bytes instanceof Uint8Array))
    throw new TypeError(`An item has ${describe(bytes)} for a body: text or bytes`)
  if (bytes.byteLength > settings.maxBodyBytes)
    throw new Error('body-too-large: its body is larger than maxBodyBytes')
  return { method: 'POST', url: settings.path, headers: toHeaders(headers), body: bytes }
}

const json = ['content-type', 'application/json']

function toHeaders(given: NonNullable<ListedItem['headers']>): RequestHeaders {
  const raw = Object.entries(given).flatMap(([name, value]) => [name, String(value)])
  const headers = fromRawHeaders(raw)
  return headers.values('content-type').length > 0 ? headers : fromRawHeaders([...raw, ...json])
}

function orThrow<T extends object>(read: T | Refusal): T {
  if (!isRefusal(read)) return read
  throw read.error ?? new Error(read.code)
}

function isRefusal(read: object): read is Refusal {
  return 'code' in read
}
