import { sayFinding } from '@acuse/core/finding-texts'
import { type Explained, explainRefused } from '../explained.ts'
import { type Content, html, type Markup } from '../html.ts'
import { facts, fullTime, notice, table, time } from '../parts.ts'
import { hexDump, toText } from '../pretty.ts'
import { href, type Page, type View } from '../view.ts'
import { notFound } from './errors.ts'

const mostShown = 100
const mostBody = 16_000

/** Requests that were refused, by reason, and those that receivers captured. */
export function refusedRequests(view: View): Page {
  const { texts } = view
  return {
    title: texts.places.refused,
    place: 'refused',
    body: html`<section><h2>${texts.refused.byReason}</h2>${counts(view)}</section><section><h2>${texts.refused.captured}</h2>${captured(view)}</section>`,
  }
}

function counts(view: View): Markup {
  const { texts, format, board } = view
  const { fields } = texts
  if (board.refusals.counts.length === 0) return html`<p class="muted">${texts.nothing}</p>`
  const right = (text: string): Markup => html`<span class="right">${text}</span>`
  const heads = [
    fields.provider,
    fields.code,
    right(fields.status),
    right(fields.count),
    right(fields.authentic),
    fields.last,
  ]
  const rows = board.refusals.counts
    .slice(0, mostShown)
    .map(
      ({ provider, code, status, count, authentic, lastAt }) =>
        html`<tr><td>${provider}</td><th scope="row">${code}</th><td class="right">${status}</td><td class="right">${format.number(count)}</td><td class="right">${format.number(authentic)}</td><td class="tight">${time(view, new Date(lastAt))}</td></tr>`,
    )
  return table(texts.refused.byReason, heads, rows)
}

function captured(view: View): Markup {
  const { texts, board } = view
  const { fields } = texts
  const requests = board.refusals.captured.slice(0, mostShown)
  if (requests.length === 0) return html`<p class="muted">${texts.refused.noCapture}</p>`
  const rows = requests.map(({ at, endpoint, provider, code, status, method, url }) => {
    const link = href(view, '/refusal', { endpoint, at })
    return html`<tr><td class="tight">${time(view, new Date(at))}</td><td>${provider}</td><td>${status} ${code}</td><td class="message">${method} ${url.slice(0, 200)}</td><td><a href="${link}" aria-label="${texts.refused.see}: ${code}, ${at}">${texts.refused.see}</a></td></tr>`
  })
  const heads = [fields.time, fields.provider, fields.code, fields.request, texts.refused.findings]
  return table(texts.refused.captured, heads, rows)
}

/** One captured request, and why it was refused. */
export async function refusal(view: View): Promise<Page> {
  const { texts, board, query, format } = view
  const { fields } = texts
  const request = board.refusals.find(query.get('endpoint') ?? '', query.get('at') ?? '')
  if (request === undefined) return notFound(view)
  const explained = await explainRefused(request, board.receivers())
  const rows = request.headers.map(
    ([name, value]) => html`<tr><th scope="row" class="id">${name}</th><td class="id">${value}</td></tr>`,
  )
  const { body, bodyBytes = 0 } = request
  const isCut = body !== undefined && bodyBytes > body.byteLength
  return {
    title: texts.refused.title,
    place: 'refused',
    body: html`${facts([
      [fields.provider, request.provider],
      [fields.endpoint, request.endpoint],
      [fields.code, `${request.status} ${request.code}`],
      [fields.time, fullTime(view, new Date(request.at))],
      [fields.request, html`<span class="id">${request.method} ${request.url}</span>`],
      [fields.size, format.bytes(bodyBytes)],
    ])}<section><h2>${texts.refused.findings}</h2>${isCut && notice('info', texts.refused.cut)}${findings(view, explained)}<p class="muted">${texts.refused.troubleshooting} <code>${request.code}</code>.</p></section><section><h2>${texts.delivery.headers}</h2>${rows.length > 0 ? table(texts.delivery.headers, [fields.header, fields.value], rows) : html`<p class="muted">${texts.delivery.noHeaders}</p>`}</section>${body && html`<section><h2>${texts.delivery.body}</h2><pre tabindex="0">${toText(body)?.slice(0, mostBody) ?? hexDump(body)}</pre></section>`}`,
  }
}

function findings({ texts, lang }: View, explained: Explained): Content {
  switch (explained.kind) {
    case 'no-provider':
      return notice('info', texts.refused.noProvider)
    case 'not-judged':
      return notice('info', texts.refused.notJudged)
    case 'passed':
      return notice('info', texts.refused.passed)
    default:
      return html`<ul class="findings">${explained.findings.map((finding) => {
        const { evidence, remedy } = sayFinding(lang, finding)
        return html`<li><p>${evidence}</p><p><strong>${texts.refused.remedy}:</strong> ${remedy}</p></li>`
      })}</ul>`
  }
}
