import type { Inbox } from '@acuse/core'
import type { EventLogFilter } from '@acuse/core/inbox-kit'
import { type DeliverySummary, deliveriesOf } from '../deliveries.ts'
import { type FilterTexts, toTime } from '../filter.ts'
import { html, type Markup } from '../html.ts'
import { deliveryLink, stateMark, table, time } from '../parts.ts'
import { inTime, type View } from '../view.ts'

const perPage = 1_000

/** A filter of handled deliveries. */
export function toLogFilter({ endpoint, provider, type, from, until }: FilterTexts): EventLogFilter {
  const since = toTime(from)
  const before = toTime(until)
  return {
    ...(endpoint && { endpoint }),
    ...(provider && { provider }),
    ...(type && { type }),
    ...(since && { since }),
    ...(before && { until: before }),
  }
}

/** The first handled deliveries that match, and whether there are more. */
export async function handledFirst(
  view: View,
  inbox: Inbox,
  texts: FilterTexts,
): Promise<{ readonly deliveries: readonly DeliverySummary[]; readonly isMore: boolean }> {
  const list = deliveriesOf(inbox)
  // Nothing tells which they are; the replay itself does.
  if (list === undefined) return { deliveries: [], isMore: true }
  const { since, until, ...same } = toLogFilter(texts)
  const { all: _all, ...filter } = same
  const page = await inTime(
    view.board,
    list.list({
      ...filter,
      state: 'handled',
      limit: perPage,
      ...(since && { receivedFrom: since }),
      ...(until && { receivedBefore: until }),
    }),
  )
  return { deliveries: page.deliveries, isMore: page.next !== undefined }
}

/** A table of deliveries that are no dead letters. */
export function handledTable(
  view: View,
  inbox: string,
  deliveries: readonly DeliverySummary[],
  caption?: string,
): Markup {
  const { fields, deliveries: texts, states } = view.texts
  const heads = [fields.receivedAt, fields.type, fields.state, fields.attempts, fields.orderingKey, fields.id]
  const rows = deliveries.map(
    (each) =>
      html`<tr><td class="tight">${time(view, each.receivedAt)}</td><td>${each.type}<span class="under">${each.provider}</span></td><td class="tight">${stateMark(view, each.state)}</td><td class="right">${each.attempt}</td><td>${each.orderingKey ?? '–'}</td><td>${deliveryLink(view, inbox, each.id)}</td></tr>`,
  )
  return table(caption ?? texts.caption(states.handled), heads, rows)
}
