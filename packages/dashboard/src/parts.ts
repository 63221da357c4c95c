import type { DeadLetterSummary } from '@acuse/core'
import { type Content, html, type Markup } from './html.ts'
import { href, type Parameters, type View } from './view.ts'

/** A time, and how long ago that is. */
export function time({ format, now }: View, at: Date | undefined): Content {
  if (at === undefined || Number.isNaN(at.getTime())) return '–'
  return html`<time datetime="${at.toISOString()}" title="${format.time(at)}">${format.ago(now - at.getTime())}</time>`
}

/** A time in full. */
export function fullTime({ format, now }: View, at: Date | undefined): Content {
  if (at === undefined || Number.isNaN(at.getTime())) return '–'
  return html`<time datetime="${at.toISOString()}">${format.time(at)}</time> <span class="muted">(${format.ago(now - at.getTime())})</span>`
}

/** The names of states, for colours. */
export type StateName = 'waiting' | 'leased' | 'delayed' | 'handled' | 'dead'

/** A state as a word with a dot of its colour. */
export function stateMark({ texts }: View, state: StateName): Markup {
  return html`<span class="state ${state}">${texts.states[state]}</span>`
}

/** Why a delivery died, in words; a reason of a newer store is shown as it is. */
export function reasonText({ texts }: View, reason: DeadLetterSummary['reason']): string {
  return texts.reasons[reason] ?? reason
}

/** A table with a caption, that can be moved by the keyboard where it is wider than the screen. */
export function table(
  caption: string,
  heads: readonly Content[],
  rows: readonly Content[],
  id?: string,
): Markup {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table${id !== undefined && html` id="${id}"`}><caption>${caption}</caption><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
}

/** A link to one delivery. */
export function deliveryLink(view: View, inbox: string, id: string): Markup {
  return html`<a class="id" href="${href(view, '/delivery', { inbox, id })}">${id}</a>`
}

/** Names and values. */
export function facts(pairs: readonly (readonly [name: string, value: Content])[]): Markup {
  return html`<dl class="facts">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

/** Something that went as it should not, or that must be known. */
export function notice(kind: 'bad' | 'info', title: string, text: Content = ''): Markup {
  return html`<div class="notice ${kind}"><p><strong>${title}</strong></p>${text !== '' && html`<p>${text}</p>`}</div>`
}

/** Links to the first and to the next page of a list. */
export function pager(view: View, path: string, parameters: Parameters, next: string | undefined): Content {
  const { texts, query } = view
  const isBehind = query.has('after')
  if (next === undefined && !isBehind) return undefined
  return html`<nav class="pager" aria-label="${texts.pages}">${isBehind && html`<a href="${href(view, path, parameters)}">${texts.older}</a>`}${next !== undefined && html`<a rel="next" href="${href(view, path, { ...parameters, after: next })}">${texts.next} →</a>`}</nav>`
}

/** Links to the same page of each inbox, where there are several. */
export function inboxTabs(view: View, path: string, current: string): Content {
  const inboxes = view.board.inboxes()
  if (inboxes.length < 2) return undefined
  return html`<nav class="tabs" aria-label="${view.texts.fields.inbox}">${inboxes.map(({ name }) => html`<a href="${href(view, path, { inbox: name })}"${name === current && html` aria-current="true"`}>${name}</a>`)}</nav>`
}

/** A labelled field of text. */
export function field(name: string, label: string, value: string | undefined, type = 'text'): Markup {
  const step = type === 'datetime-local' && html` step="1"`
  return html`<label>${label}<input name="${name}" type="${type}" value="${value ?? ''}" autocomplete="off"${step}></label>`
}

/** A labelled choice; the empty one matches all. */
export function choice(
  name: string,
  label: string,
  value: string | undefined,
  any: string,
  choices: readonly (readonly [value: string, text: string])[],
): Markup {
  return html`<label>${label}<select name="${name}"><option value="">${any}</option>${choices.map(([each, text]) => html`<option value="${each}"${each === value && html` selected`}>${text}</option>`)}</select></label>`
}

/** Fields that are sent and not shown. */
export function hidden(parameters: Parameters): Content {
  return Object.entries(parameters).map(
    ([name, value]) => value && html`<input type="hidden" name="${name}" value="${value}">`,
  )
}
