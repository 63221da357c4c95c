import type { Inbox } from '@acuse/core'
import type { DeliverySummary } from '@acuse/core/inbox-kit'
import { firstPage } from '../deliveries.ts'
import { type FilterTexts, toListFilter } from '../filter.ts'
import { html, type Markup } from '../html.ts'
import { deliveryLink, stateMark, table, time } from '../parts.ts'
import { inTime, type View } from '../view.ts'

const perPage = 1_000

/** The first handled deliveries that match, and whether there are more. */
export async function handledFirst(
  view: View,
  inbox: Inbox,
  texts: FilterTexts,
): Promise<{ readonly deliveries: readonly DeliverySummary[]; readonly isMore: boolean }> {
  const list = inbox.deliveries
  // Nothing tells which they are; the replay itself does.
  if (list === undefined) return { deliveries: [], isMore: true }
  const asked = { ...toListFilter(texts), state: 'handled', limit: perPage } as const
  const page = await inTime(view.board, firstPage(list, asked))
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
