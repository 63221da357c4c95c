import type { DeadLetterSummary } from '@acuse/core'
import { deadReasons } from '@acuse/core/inbox-kit'
import { type FilterTexts, filterTexts, toDeadFilter } from '../filter.ts'
import { type Content, html, type Markup } from '../html.ts'
import { choice, deliveryLink, field, hidden, inboxTabs, pager, reasonText, table, time } from '../parts.ts'
import { href, inboxOf, inTime, type Page, type Parameters, type View } from '../view.ts'
import { notFound } from './errors.ts'

const perPage = 50

/** The dead letters of an inbox. */
export async function deadLetters(view: View): Promise<Page> {
  const named = inboxOf(view)
  if (named === undefined) return notFound(view)
  const { texts, query, board } = view
  const filter = filterTexts(query)
  const after = query.get('after')
  const asked = { ...toDeadFilter(filter), limit: perPage, ...(after && { after }) }
  const page = await inTime(board, named.inbox.deadLetters.list(asked))
  const where = { inbox: named.name, ...filter }
  const list =
    page.letters.length === 0
      ? html`<p class="empty">${texts.nothing}</p>`
      : deadTable(view, named.name, page.letters)
  return {
    title: texts.places.dead,
    place: 'dead',
    body: html`${inboxTabs(view, '/dead', named.name)}${filterForm(view, named.name, filter)}${page.letters.length > 0 && actions(view, where)}${list}${pager(view, '/dead', where, page.next)}`,
  }
}

/** A table of dead letters. */
export function deadTable(view: View, inbox: string, letters: readonly DeadLetterSummary[]): Markup {
  const { fields, dead } = view.texts
  const heads = [fields.diedAt, fields.type, fields.reason, fields.error, fields.attempts, fields.id]
  const rows = letters.map(
    (each) =>
      html`<tr><td class="tight">${time(view, each.diedAt)}</td><td>${each.type}<span class="under">${each.provider}</span></td><td class="tight">${reasonText(view, each.reason)}</td><td class="message">${each.message.slice(0, 200)}</td><td class="right">${each.attempt}</td><td>${deliveryLink(view, inbox, each.id)}</td></tr>`,
  )
  return table(dead.caption, heads, rows)
}

function filterForm(view: View, inbox: string, filter: FilterTexts): Markup {
  const { texts } = view
  const { fields } = texts
  const reasons = deadReasons.map((each) => [each, reasonText(view, each)] as const)
  return html`<form class="filter" method="get" action="${href(view, '/dead')}" aria-label="${texts.filter}">${hidden({ inbox })}${field('provider', fields.provider, filter.provider)}${field('type', fields.type, filter.type)}${choice('reason', fields.reason, filter.reason, texts.any, reasons)}${field('from', fields.from, filter.from, 'datetime-local')}${field('until', fields.until, filter.until, 'datetime-local')}${hidden({ endpoint: filter.endpoint })}<div class="buttons"><button>${texts.filter}</button><a href="${href(view, '/dead', { inbox })}">${texts.clear}</a></div></form>`
}

function actions(view: View, where: Parameters): Content {
  const { texts, mayWrite } = view
  if (!mayWrite) return undefined
  return html`<p class="actions"><a class="button" href="${href(view, '/change', { what: 'redrive', ...where })}">${texts.dead.redriveThese}</a><a class="button danger" href="${href(view, '/change', { what: 'discard', ...where })}">${texts.dead.discardThese}</a><span class="muted">${texts.dead.all}</span></p>`
}
