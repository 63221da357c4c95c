import type { DeadLetterFilter, DeadLetterSummary, Inbox } from '@acuse/core'
import { withDeadline } from '@acuse/core/inbox-kit'
import { redirect } from '../answer.ts'
import {
  BadQuery,
  type FilterTexts,
  filterNames,
  filterTexts,
  toDeadFilter,
  toLogFilter,
  toTime,
} from '../filter.ts'
import { type Content, html, type Markup } from '../html.ts'
import { eventLogOf, type NamedInbox } from '../inboxes.ts'
import type { Job, JobKind } from '../jobs.ts'
import { facts, field, hidden, notice } from '../parts.ts'
import { href, inboxOf, inTime, type Page, type View } from '../view.ts'
import { deadTable } from './dead.ts'
import { notFound } from './errors.ts'
import { handledFirst, handledTable } from './handled.ts'

const shownFirst = 10
const perPage = 1_000
const mostPages = 10
/** How long an answer waits for what it began: most of it is done by then. */
const waitMs = 800

/** What a change would do. */
interface Preview {
  readonly count: number
  /** Whether there are more than that. */
  readonly isMore: boolean
  readonly first: Content
}

/** What a redrive, a discard or a replay will do, before it is done. */
export async function preview(view: View): Promise<Page> {
  const named = inboxOf(view)
  const what = toKind(view.query.get('what'))
  if (named === undefined) return notFound(view)
  const id = view.query.get('id') ?? undefined
  const filter = pinned(filterTexts(view.query), view.now)
  const found =
    what === 'replay' ? await handledPreview(view, named, filter) : await deadPreview(view, named, id, filter)
  const { texts } = view
  return {
    title: texts.change.titles[what],
    place: what === 'replay' ? 'deliveries' : 'dead',
    body:
      found.count === 0 && !found.isMore
        ? html`${notice('info', texts.change.nothing)}<p><a href="${href(view, '/dead', { inbox: named.name })}">${texts.places.dead}</a></p>`
        : previewed(view, what, named, id, filter, found),
  }
}

/** What changes later than this preview is not what was looked at. */
function pinned(filter: FilterTexts, now: number): FilterTexts {
  const until = toTime(filter.until)
  return until !== undefined && until.getTime() <= now
    ? filter
    : { ...filter, until: new Date(now).toISOString() }
}

async function deadPreview(
  view: View,
  { name, inbox }: NamedInbox,
  id: string | undefined,
  texts: FilterTexts,
): Promise<Preview> {
  if (id !== undefined) {
    const letter = await inTime(view.board, inbox.deadLetters.get(id))
    return letter === undefined
      ? { count: 0, isMore: false, first: undefined }
      : { count: 1, isMore: false, first: deadTable(view, name, [letter]) }
  }
  const filter = toDeadFilter(texts)
  const { letters } = await inTime(view.board, inbox.deadLetters.list({ ...filter, limit: shownFirst }))
  const counted = await inTime(view.board, countDead(inbox, filter, view.query))
  return {
    ...counted,
    first: letters.length > 0 && deadTable(view, name, letters satisfies readonly DeadLetterSummary[]),
  }
}

/** Exactly from the counts where they tell; else by pages, up to a bound. */
async function countDead(
  inbox: Inbox,
  filter: DeadLetterFilter,
  query: URLSearchParams,
): Promise<Omit<Preview, 'first'>> {
  if (!query.get('reason') && !query.get('from') && !query.get('until')) {
    const { types } = await inbox.stats()
    const count = types
      .filter(({ endpoint }) => filter.endpoint === undefined || filter.endpoint === endpoint)
      .filter(({ provider }) => filter.provider === undefined || filter.provider === provider)
      .filter(({ type }) => filter.type === undefined || filter.type === type)
      .reduce((total, { dead }) => total + dead, 0)
    return { count, isMore: false }
  }
  let count = 0
  let after: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const { letters, next } = await inbox.deadLetters.list({
      ...filter,
      limit: perPage,
      ...(after && { after }),
    })
    count += letters.length
    after = next
    if (after === undefined) break
  }
  return { count, isMore: after !== undefined }
}

async function handledPreview(view: View, named: NamedInbox, texts: FilterTexts): Promise<Preview> {
  if (eventLogOf(named.inbox) === undefined) return { count: 0, isMore: false, first: undefined }
  const { deliveries, isMore } = await handledFirst(view, named.inbox, texts)
  return {
    count: deliveries.length,
    isMore,
    first: deliveries.length > 0 && handledTable(view, named.name, deliveries.slice(0, shownFirst)),
  }
}

function previewed(
  view: View,
  what: JobKind,
  { name }: NamedInbox,
  id: string | undefined,
  filter: FilterTexts,
  { count, isMore, first }: Preview,
): Markup {
  const { texts, format, token, mayWrite } = view
  const { change } = texts
  const counted = isMore ? change.atLeast(format.number(count)) : format.number(count)
  const form = html`<form method="post" action="${href(view, '/change')}" class="confirm">${hidden({ token, what, inbox: name, id, ...(id === undefined && filter) })}${id === undefined && what !== 'discard' && field('perSecond', what === 'replay' ? change.perSecondReplay : change.perSecond, '', 'number')}<div class="buttons"><button class="${what === 'discard' ? 'danger' : 'main'}">${change.confirm[what](counted)}</button><a href="${href(view, '/dead', { inbox: name })}">${texts.cancel}</a></div></form>`
  return html`<p class="lead"><strong>${change.count[what](counted)}</strong></p><p>${change.will[what]}</p>${id === undefined && which(view, name, filter)}${mayWrite ? form : notice('info', texts.readOnly)}${first && html`<h2>${what === 'replay' ? change.newest : change.first}</h2>${first}`}`
}

function which({ texts }: View, inbox: string, filter: FilterTexts): Markup {
  const { fields, change } = texts
  const names = { ...fields, from: fields.from, until: fields.until }
  const pairs = filterNames.flatMap((name) => {
    const value = filter[name]
    return value ? [[names[name], value] as const] : []
  })
  return html`<h2>${change.matching}</h2>${facts([[fields.inbox, inbox], ...pairs])}<p class="muted">${change.pinned}</p>`
}

/** Begins it. The form bears what the preview showed. */
export async function change(view: View, form: URLSearchParams): Promise<Response | Page> {
  const named = inboxOf({ board: view.board, query: form })
  const kind = toKind(form.get('what'))
  if (named === undefined || !form.get('inbox')) return notFound(view)
  const { board, now, user } = view
  const run = toRun(kind, named.inbox, form)
  const job = board.jobs.start({ kind, inbox: named.name, user, startedAt: now }, run)
  if (job === undefined)
    return { title: view.texts.change.titles[kind], status: 429, body: notice('bad', view.texts.tooMany) }
  await withDeadline(board.jobs.ended(job.id), waitMs, board.clock)
  return redirect(href(view, '/job', { id: job.id }))
}

type Run = Parameters<View['board']['jobs']['start']>[1]

function toRun(kind: JobKind, inbox: Inbox, form: URLSearchParams): Run {
  const id = form.get('id')
  const pace = toPace(form.get('perSecond'))
  const texts = filterTexts(form)
  if (kind === 'replay') {
    const log = eventLogOf(inbox)
    if (log === undefined) throw new BadQuery('This inbox keeps no handled deliveries')
    const filter = toLogFilter(texts)
    return async (course) => (await log.replay(filter, { ...course, ...pace })).replayed
  }
  const which = id || toDeadFilter(texts)
  if (typeof which !== 'string' && which.diedBefore === undefined)
    throw new BadQuery('The form says neither which one nor until when')
  if (kind === 'discard') return (course) => inbox.deadLetters.discard(which, course)
  return (course) => inbox.deadLetters.redrive(which, { ...course, ...pace })
}

function toPace(text: string | null): { readonly perSecond?: number } {
  if (!text) return {}
  const perSecond = Number(text)
  if (!Number.isInteger(perSecond) || perSecond < 1 || perSecond > 1_000_000)
    throw new BadQuery('The most in a second must be 1 to 1 000 000')
  return { perSecond }
}

function toKind(text: string | null): Job['kind'] {
  if (text === 'redrive' || text === 'discard' || text === 'replay') return text
  throw new BadQuery('what must be redrive, discard or replay')
}
