import { redirect } from '../answer.ts'
import { html } from '../html.ts'
import { facts, fullTime, hidden, notice } from '../parts.ts'
import { href, type Page, type View } from '../view.ts'
import { notFound } from './errors.ts'

/** How far a redrive, a discard or a replay is. */
export function job(view: View): Page {
  const found = view.board.jobs.get(view.query.get('id') ?? '')
  if (found === undefined) return notFound(view)
  const { texts, format, token, mayWrite } = view
  const { kind, state, count, message, user, inbox, startedAt, id } = found
  const isRunning = state === 'running'
  const stop =
    isRunning &&
    mayWrite &&
    html`<form method="post" action="${href(view, '/job/stop')}">${hidden({ token, id })}<button>${texts.job.stop}</button></form>`
  const refresh = isRunning && html`<p><a href="${href(view, '/job', { id })}">${texts.refresh}</a></p>`
  return {
    title: texts.job.title[kind],
    place: kind === 'replay' ? 'deliveries' : 'dead',
    body: html`<div id="job" role="status"${isRunning && html` data-refresh="1000"`}><p class="lead"><span class="job ${state}">${texts.job.states[state]}</span> <strong>${texts.job.soFar[kind](format.number(count))}</strong></p>${message !== '' && notice('bad', texts.failed, message)}${facts(
      [
        [texts.fields.inbox, inbox],
        [texts.fields.time, fullTime(view, new Date(startedAt))],
        ...(user === '' ? [] : [['', texts.job.by(user)] as const]),
      ],
    )}${stop}${refresh}</div><p class="muted">${texts.job.less}</p><p><a href="${href(view, '/dead', { inbox })}">${texts.places.dead}</a> · <a href="${href(view, '')}">${texts.places.overview}</a></p>`,
  }
}

/** Has one stop. */
export function stopJob(view: View, form: URLSearchParams): Response {
  const id = form.get('id') ?? ''
  view.board.jobs.stop(id)
  return redirect(href(view, '/job', { id }))
}
