import type { InboxStats, TypeStats } from '@acuse/core'
import { describeError } from '@acuse/core/inbox-kit'
import { chart } from '../charts.ts'
import type { Series } from '../counters.ts'
import { type Content, html, type Markup } from '../html.ts'
import type { NamedInbox } from '../inboxes.ts'
import { notice, table } from '../parts.ts'
import { href, inTime, type Page, type View } from '../view.ts'

const mostTypes = 60
const mostCharts = 12
const states = ['waiting', 'leased', 'delayed', 'dead'] as const

/** What there is, and how it goes. */
export async function overview(view: View): Promise<Page> {
  const inboxes = view.board.inboxes()
  const counts = await Promise.all(inboxes.map((each) => countsOf(view, each, inboxes.length > 1)))
  return {
    title: view.texts.places.overview,
    place: 'overview',
    body: html`${counts}${activity(view)}`,
  }
}

async function countsOf(view: View, { name, inbox }: NamedInbox, isNamed: boolean): Promise<Markup> {
  const { texts } = view
  const title = isNamed ? `${texts.overview.counts}: ${name}` : texts.overview.counts
  try {
    const stats = await inTime(view.board, inbox.stats())
    return html`<section><h2>${title}</h2>${tiles(view, name, stats)}${byType(view, name, stats.types)}</section>`
  } catch (error) {
    return html`<section><h2>${title}</h2>${notice('bad', texts.failed, describeError(error).message)}</section>`
  }
}

function tiles(view: View, inbox: string, stats: InboxStats): Markup {
  const { texts, format } = view
  const oldest = stats.oldestAgeMs === 0 ? '–' : format.duration(stats.oldestAgeMs)
  return html`<ul class="tiles">${states.map((state) => {
    const path = state === 'dead' ? '/dead' : '/deliveries'
    const link = href(view, path, { inbox, state: state === 'dead' ? undefined : state })
    return html`<li class="${state}${stats[state] === 0 && ' zero'}"><a href="${link}"><span class="label">${texts.states[state]}</span><span class="figure">${format.number(stats[state])}</span><span class="hint">${texts.stateHints[state]}</span></a></li>`
  })}<li class="oldest"><div><span class="label">${texts.overview.oldest}</span><span class="figure">${oldest}</span></div></li></ul>`
}

function byType(view: View, inbox: string, types: readonly TypeStats[]): Content {
  const { texts, format } = view
  if (types.length === 0) return html`<p class="muted">${texts.nothing}</p>`
  const shown = [...types].sort((one, other) => other.dead - one.dead).slice(0, mostTypes)
  const heads = [
    texts.fields.provider,
    texts.fields.type,
    ...states.map((state) => html`<span class="right">${texts.states[state]}</span>`),
  ]
  const rows = shown.map((each) => {
    const { endpoint, provider, type } = each
    const cells = states.map((state) => {
      const which = { inbox, endpoint, provider, type }
      const link =
        state === 'dead' ? href(view, '/dead', which) : href(view, '/deliveries', { ...which, state })
      const count = each[state]
      return html`<td class="right">${count === 0 ? html`<span class="muted">0</span>` : html`<a href="${link}">${format.number(count)}</a>`}</td>`
    })
    const beside = endpoint !== provider && html` <span class="muted">${endpoint}</span>`
    return html`<tr><td>${provider}${beside}</td><th scope="row">${type}</th>${cells}</tr>`
  })
  const cut =
    types.length > shown.length &&
    html`<p class="muted">${texts.overview.cut(format.number(shown.length), format.number(types.length))}</p>`
  return html`${table(texts.overview.byTypeCaption, heads, rows)}${cut}`
}

function activity(view: View): Markup {
  const { texts, board, now, query } = view
  const minutes = query.get('hours') === '3' ? 180 : 60
  const providers = board.counters.read(now, minutes)
  const windows = html`<nav class="tabs" aria-label="${texts.overview.activity}">${[1, 3].map((hours) => html`<a href="${href(view, '', { hours: String(hours) })}"${hours * 60 === minutes && html` aria-current="true"`}>${texts.overview.window(hours)}</a>`)}</nav>`
  const shown = providers.slice(0, mostCharts)
  return html`<section><h2>${texts.overview.activity}</h2>${
    providers.length === 0
      ? html`<p class="muted">${texts.overview.unobserved}</p>`
      : html`${windows}${shown.map(({ provider, series }) => charts(view, provider, series))}<p class="muted">${texts.overview.here}</p>`
  }</section>`
}

function charts(view: View, provider: string, series: Series): Markup {
  const { texts, format } = view
  const counted = (name: string, values: readonly number[], tone: string): Markup => {
    const total = format.number(sum(values))
    const peak = format.number(Math.max(...values))
    const label = `${provider}, ${name}: ${texts.overview.total(total, peak)}`
    return html`<div class="plot"><h4>${name} <span class="figure">${total}</span></h4>${chart(values, label, tone)}<p class="hint">${texts.overview.peak(peak)}</p></div>`
  }
  const refused = sum(series.rejected)
  const beside =
    refused > 0 &&
    html` <a class="muted" href="${href(view, '/refused')}">${texts.overview.refused(format.number(refused))}</a>`
  return html`<section class="provider"><h3>${provider}${beside}</h3><div class="plots">${counted(texts.overview.rate, series.accepted, 'calm')}${lag(view, provider, series)}${counted(texts.overview.failures, series.failed, 'bad')}${counted(texts.overview.duplicates, series.duplicate, 'plain')}</div></section>`
}

function lag({ texts, format }: View, provider: string, { lagged, lagMs }: Series): Markup {
  const means = lagMs.map((total, at) => total / (lagged[at] || 1))
  const measured = sum(lagged)
  const mean = format.duration(sum(lagMs) / (measured || 1))
  const worst = format.duration(Math.max(...means))
  const said = measured === 0 ? texts.overview.noLag : texts.overview.lagOf(mean, worst)
  const figure = measured === 0 ? '–' : mean
  const hint = measured === 0 ? texts.overview.noLag : texts.overview.worst(worst)
  return html`<div class="plot"><h4>${texts.overview.lag} <span class="figure">${figure}</span></h4>${chart(means, `${provider}, ${texts.overview.lag}: ${said}`, 'calm')}<p class="hint">${hint}</p></div>`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
