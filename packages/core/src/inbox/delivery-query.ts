import { wholeNumber } from '../lib/options.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { DeliveryFilter, DeliveryPage, DeliveryQuery, DeliverySummary } from '../model/delivery-list.ts'
import { storedStates } from '../model/delivery-list.ts'
import { checkQuery, type FilterFields, textField, timeField } from './filter-fields.ts'

const fields: FilterFields<DeliveryFilter> = {
  state: [`one of ${storedStates.join(', ')}`, (value) => storedStates.some((state) => state === value)],
  endpoint: textField,
  provider: textField,
  type: textField,
  orderingKey: textField,
  receivedFrom: timeField,
  receivedBefore: timeField,
}

/** A query that was checked. */
export interface CheckedDeliveryQuery {
  /** Which; without fields that are `undefined`. */
  readonly filter: DeliveryFilter
  /** The most to list. */
  readonly limit: number
  /** The `next` of an earlier page; what it says is the inbox's to check. */
  readonly after: string | undefined
}

/**
 * For inboxes: what `deliveries.list` was asked. A field that is `undefined` matches all.
 * @throws TypeError when a field is unknown or of another kind
 */
export function checkDeliveryQuery(query: DeliveryQuery): CheckedDeliveryQuery {
  const { limit = 100, after, ...given } = query
  const filter = checkQuery('deliveries.list', given, fields)
  wholeNumber('limit', limit, 1, 1_000)
  if (after !== undefined && typeof after !== 'string') throw notACursor()
  return { filter, limit, after }
}

const mostLooks = 10

/** For inboxes whose pages look at so many: looks further, 10 times at most, while none of those match. */
export async function lookFurther(
  after: string | undefined,
  look: (after: string | undefined) => Awaitable<DeliveryPage>,
): Promise<DeliveryPage> {
  let page = await look(after)
  for (let looks = 1; looks < mostLooks && page.deliveries.length === 0 && page.next !== undefined; looks++)
    page = await look(page.next)
  return page
}

/** For inboxes: what to throw where `after` is no `next` of theirs. */
export function notACursor(): TypeError {
  return new TypeError("after must be the 'next' of an earlier page")
}

/** For inboxes: whether a delivery is one of those that a filter means. */
export function matchesDelivery(filter: DeliveryFilter, delivery: DeliverySummary): boolean {
  const { state, endpoint, provider, type, orderingKey, receivedFrom, receivedBefore } = filter
  return (
    (state ?? delivery.state) === delivery.state &&
    (endpoint ?? delivery.endpoint) === delivery.endpoint &&
    (provider ?? delivery.provider) === delivery.provider &&
    (type ?? delivery.type) === delivery.type &&
    (orderingKey ?? delivery.orderingKey) === delivery.orderingKey &&
    (receivedFrom === undefined || delivery.receivedAt >= receivedFrom) &&
    (receivedBefore === undefined || delivery.receivedAt < receivedBefore)
  )
}
