import { answer } from '../answer.ts'
import { html } from '../html.ts'
import { table } from '../parts.ts'
import type { RecentEvent } from '../recent.ts'
import { href, type Page, type View } from '../view.ts'

/** One line of the live view, as the script takes it: all of it becomes text. */
interface Line {
  readonly n: number
  readonly iso: string
  readonly time: string
  readonly kind: string
  readonly what: string
  readonly provider: string
  readonly event: string
  readonly detail: string
  readonly id: string
  readonly href: string
}

/** What this process sees, as it comes. */
export function live(view: View): Page {
  const { texts, board } = view
  const { fields } = texts
  const rows = board.recent.since(0).map((event) => {
    const line = toLine(view, event)
    return html`<tr><td class="tight"><time datetime="${line.iso}">${line.time}</time></td><td class="tight"><span class="what ${line.kind}">${line.what}</span></td><td>${line.provider}</td><td>${line.event}</td><td>${line.detail}</td><td>${line.id !== '' && html`<a class="id" href="${line.href}">${line.id}</a>`}</td></tr>`
  })
  const heads = [fields.time, fields.what, fields.provider, fields.type, fields.detail, fields.id]
  return {
    title: texts.places.live,
    place: 'live',
    body: html`<p class="muted">${texts.live.intro}</p><div class="live" id="live" data-feed="${href(view, '/live/events')}" data-last="${board.recent.last}" data-following="${texts.live.following}" data-paused="${texts.live.paused}" data-pause="${texts.live.pause}" data-resume="${texts.live.resume}" data-away="${texts.live.away}" data-fresh="${texts.live.fresh}"><button type="button" id="pause" hidden>${texts.live.pause}</button> <span role="status" id="said" class="muted"></span><noscript><p>${texts.live.noScript} <a href="${href(view, '/live')}">${texts.refresh}</a></p></noscript></div>${table(texts.live.caption, heads, rows, 'events')}`,
  }
}

/** What came behind a number, as JSON. */
export function liveEvents(view: View): Response {
  const { recent } = view.board
  const after = Number(view.query.get('after') ?? 0)
  const lines = recent.since(Number.isSafeInteger(after) ? after : 0).map((event) => toLine(view, event))
  return answer(200, 'application/json', JSON.stringify({ last: recent.last, lines }))
}

function toLine(view: View, { n, at, what, provider, event, detail, id }: RecentEvent): Line {
  const date = new Date(at)
  return {
    n,
    iso: date.toISOString(),
    time: date.toISOString().slice(11, 19),
    kind: what,
    what: view.texts.whats[what] ?? what,
    provider,
    event,
    detail,
    id,
    href: id === '' ? '' : href(view, '/search', { id }),
  }
}
