import type { Deliveries, DeliveryPage, DeliveryQuery } from '@acuse/core/inbox-kit'

const mostPages = 10

/** A page that has something, where there is something: one that looked in vain is followed by the next, up to a bound. */
export async function firstPage(list: Deliveries, query: DeliveryQuery): Promise<DeliveryPage> {
  let page = await list.list(query)
  for (let n = 1; n < mostPages && page.deliveries.length === 0 && page.next !== undefined; n++)
    page = await list.list({ ...query, after: page.next })
  return page
}
