import { storedStates } from '@acuse/core/inbox-kit'
import { firstPage } from '../deliveries.ts'
import { type FilterTexts, filterTexts, toListFilter } from '../filter.ts'
import { html, type Markup } from '../html.ts'
import { eventLogOf } from '../inboxes.ts'
import { field, hidden, inboxTabs, notice, pager } from '../parts.ts'
import { href, inboxOf, inTime, type Page, type View } from '../view.ts'
import { notFound } from './errors.ts'
import { handledTable } from './handled.ts'

const perPage = 50

/** The deliveries of an inbox in one state. */
export async function deliveries(view: View): Promise<Page> {
  const named = inboxOf(view)
  if (named === undefined) return notFound(view)
  const { texts, query, board } = view
  const { name, inbox } = named
  const list = inbox.deliveries
  const title = texts.places.deliveries
  const tabs = inboxTabs(view, '/deliveries', name)
  if (list === undefined)
    return {
      title,
      place: 'deliveries',
      body: html`${tabs}${notice('info', texts.deliveries.unsupported)}<p><a href="${href(view, '/dead', { inbox: name })}">${texts.places.dead}</a></p>`,
    }
  const state = storedStates.find((each) => each === query.get('state')) ?? 'waiting'
  const filter = filterTexts(query)
  const orderingKey = query.get('orderingKey') || undefined
  const where = { inbox: name, state, ...filter, orderingKey }
  const after = query.get('after')
  const asked = {
    ...toListFilter(filter),
    state,
    limit: perPage,
    ...(orderingKey && { orderingKey }),
    ...(after && { after }),
  }
  const page = await inTime(board, firstPage(list, asked))
  const found =
    page.deliveries.length === 0
      ? html`<p class="empty">${texts.nothing}</p>`
      : handledTable(view, name, page.deliveries, texts.deliveries.caption(texts.states[state]))
  const replay =
    state === 'handled' &&
    view.mayWrite &&
    eventLogOf(inbox) !== undefined &&
    page.deliveries.length > 0 &&
    html`<p class="actions"><a class="button" href="${href(view, '/change', { what: 'replay', inbox: name, ...filter })}">${texts.deliveries.replayThese}</a></p>`
  return {
    title,
    place: 'deliveries',
    body: html`${tabs}${stateTabs(view, name, state)}${state === 'handled' && html`<p class="muted">${texts.deliveries.kept}</p>`}${filterForm(view, name, state, filter, orderingKey)}${replay}${found}${pager(view, '/deliveries', where, page.next)}`,
  }
}

function stateTabs(view: View, inbox: string, current: string): Markup {
  const { texts } = view
  return html`<nav class="tabs" aria-label="${texts.fields.state}">${storedStates.map((state) => html`<a href="${href(view, '/deliveries', { inbox, state })}"${state === current && html` aria-current="true"`}>${texts.states[state]}</a>`)}<a href="${href(view, '/dead', { inbox })}">${texts.states.dead}</a></nav>`
}

function filterForm(
  view: View,
  inbox: string,
  state: string,
  filter: FilterTexts,
  orderingKey: string | undefined,
): Markup {
  const { texts } = view
  const { fields } = texts
  return html`<form class="filter" method="get" action="${href(view, '/deliveries')}" aria-label="${texts.filter}">${hidden({ inbox, state, endpoint: filter.endpoint })}${field('provider', fields.provider, filter.provider)}${field('type', fields.type, filter.type)}${field('orderingKey', fields.orderingKey, orderingKey)}${field('from', fields.from, filter.from, 'datetime-local')}${field('until', fields.until, filter.until, 'datetime-local')}<div class="buttons"><button>${texts.filter}</button><a href="${href(view, '/deliveries', { inbox, state })}">${texts.clear}</a></div></form>`
}
