import type { DeadLetterSummary } from '@acuse/core'
import { type DeliverySummary, storedStates } from '@acuse/core/inbox-kit'
import { redirect } from '../answer.ts'
import { firstPage } from '../deliveries.ts'
import { type FilterTexts, filterTexts, toDeadFilter, toListFilter } from '../filter.ts'
import { findDelivery } from '../found.ts'
import { type Content, html, type Markup } from '../html.ts'
import type { NamedInbox } from '../inboxes.ts'
import { field } from '../parts.ts'
import { type Board, href, inTime, type Page, type View } from '../view.ts'
import { deadTable } from './dead.ts'
import { handledTable } from './handled.ts'

const perState = 25
const mostLetters = 500

/** What somebody looks for. */
interface Wanted extends FilterTexts {
  readonly orderingKey: string | undefined
}

/** Finds deliveries in every inbox and state. */
export async function search(view: View): Promise<Page | Response> {
  const { texts, board, query } = view
  const id = query.get('id')?.trim() ?? ''
  const wanted = { ...filterTexts(query), orderingKey: query.get('orderingKey') || undefined }
  if (id !== '') {
    for (const { name, inbox } of board.inboxes())
      if (await findDelivery(board, inbox, id)) return redirect(href(view, '/delivery', { inbox: name, id }))
  }
  const isAsked = id !== '' || Object.values(wanted).some((value) => value !== undefined)
  const isByOthers = Object.values(wanted).some((value) => value !== undefined)
  const found = isByOthers
    ? (await Promise.all(board.inboxes().map((named) => foundIn(view, named, wanted)))).flat()
    : []
  return {
    title: texts.search.title,
    place: 'search',
    body: html`${form(view, id, wanted)}${isAsked && results(view, found)}`,
  }
}

/** Results of one inbox in one state. */
interface Part {
  readonly count: number
  readonly isCut: boolean
  readonly shown: Markup
}

async function foundIn(view: View, { name, inbox }: NamedInbox, wanted: Wanted): Promise<readonly Part[]> {
  const { texts, board } = view
  const list = inbox.deliveries
  const suffix = board.inboxes().length > 1 ? `, ${name}` : ''
  const { orderingKey, reason } = wanted
  const parts = storedStates.map(async (state): Promise<Part | undefined> => {
    // Only dead letters have a reason.
    if (list === undefined || reason) return undefined
    const asked = { ...toListFilter(wanted), state, limit: perState, ...(orderingKey && { orderingKey }) }
    const { deliveries, next } = await inTime(board, firstPage(list, asked))
    const caption = texts.deliveries.caption(texts.states[state]) + suffix
    return toPart(deliveries, next !== undefined, (found: readonly DeliverySummary[]) =>
      handledTable(view, name, found, caption),
    )
  })
  const dead = lettersOf(board, inbox, wanted).then(({ letters, isCut }) =>
    toPart(letters, isCut, (found: readonly DeadLetterSummary[]) => deadTable(view, name, found)),
  )
  return (await Promise.all([dead, ...parts])).filter((part) => part !== undefined)
}

function toPart<Each>(
  found: readonly Each[],
  isCut: boolean,
  show: (found: readonly Each[]) => Markup,
): Part | undefined {
  return found.length === 0 && !isCut ? undefined : { count: found.length, isCut, shown: show(found) }
}

/** The list of dead letters tells no ordering key: each is looked at, up to a bound. */
async function lettersOf(
  board: Board,
  { deadLetters }: NamedInbox['inbox'],
  { orderingKey, ...texts }: Wanted,
): Promise<{ readonly letters: readonly DeadLetterSummary[]; readonly isCut: boolean }> {
  const filter = toDeadFilter(texts)
  if (orderingKey === undefined) {
    const { letters, next } = await inTime(board, deadLetters.list({ ...filter, limit: perState }))
    return { letters, isCut: next !== undefined }
  }
  const { letters, next } = await inTime(board, deadLetters.list({ ...filter, limit: mostLetters }))
  const found: DeadLetterSummary[] = []
  for (const letter of letters) {
    const whole = await inTime(board, deadLetters.get(letter.id))
    if (whole?.delivery.orderingKey === orderingKey) found.push(letter)
    if (found.length === perState) break
  }
  return { letters: found, isCut: next !== undefined || found.length === perState }
}

function form(view: View, id: string, wanted: Wanted): Markup {
  const { fields, search: texts } = view.texts
  return html`<form class="filter" method="get" action="${href(view, '/search')}" role="search" aria-label="${texts.title}"><p class="muted whole">${texts.hint}</p>${field('id', fields.id, id)}${field('type', fields.type, wanted.type)}${field('provider', fields.provider, wanted.provider)}${field('orderingKey', fields.orderingKey, wanted.orderingKey)}${field('from', fields.from, wanted.from, 'datetime-local')}${field('until', fields.until, wanted.until, 'datetime-local')}<div class="buttons"><button>${texts.submit}</button></div></form>`
}

function results({ texts }: View, parts: readonly Part[]): Content {
  const count = parts.reduce((total, part) => total + part.count, 0)
  const isCut = parts.some((part) => part.isCut)
  return html`<section><h2>${texts.search.results}</h2><p role="status">${texts.search.found(count)}</p>${isCut && html`<p class="muted">${texts.search.cut}</p>`}${parts.map(({ shown, count: each }) => each > 0 && shown)}</section>`
}
