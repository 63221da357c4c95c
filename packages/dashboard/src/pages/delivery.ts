import type { AttemptFailure, Delivery } from '@acuse/core'
import { answer } from '../answer.ts'
import { type Found, findDelivery } from '../found.ts'
import { type Content, html, type Markup } from '../html.ts'
import { facts, fullTime, reasonText, stateMark, table } from '../parts.ts'
import { hexDump, prettyJson, toText } from '../pretty.ts'
import { href, inboxOf, type Page, type View } from '../view.ts'
import { notFound } from './errors.ts'

/** The most of a body that a page shows, in characters; the whole is a download. */
const mostShown = 24_000

/** One delivery whole. */
export async function delivery(view: View): Promise<Page> {
  const named = inboxOf(view)
  const id = view.query.get('id')
  const found = named && id ? await findDelivery(view.board, named.inbox, id) : undefined
  if (named === undefined || found === undefined) return notFound(view)
  const { texts } = view
  const { failures } = found
  const attempts =
    failures.length === 0
      ? html`<p class="muted">${texts.delivery.noAttempts}</p>`
      : html`<ol class="attempts">${failures.map((failure) => attempt(view, failure))}</ol>`
  return {
    title: found.delivery.type,
    place: found.state === 'dead' ? 'dead' : 'deliveries',
    body: html`<p class="lead">${stateMark(view, found.state)} <span class="id">${found.id}</span></p>${actions(view, named.name, found)}<section><h2>${texts.delivery.facts}</h2>${facts(factsOf(view, named.name, found))}</section><section><h2>${texts.delivery.attempts}</h2>${attempts}</section><section><h2>${texts.delivery.body}</h2>${body(view, named.name, found)}</section><section><h2>${texts.delivery.headers}</h2>${headers(view, found.delivery)}</section>`,
  }
}

function actions(view: View, inbox: string, { state, id }: Found): Content {
  const { texts, mayWrite } = view
  if (state !== 'dead' || !mayWrite) return undefined
  const to = (what: string): string => href(view, '/change', { what, inbox, id })
  return html`<p class="actions"><a class="button" href="${to('redrive')}">${texts.delivery.redrive}</a><a class="button danger" href="${to('discard')}">${texts.delivery.discard}</a></p>`
}

function factsOf(view: View, inbox: string, found: Found): (readonly [string, Content])[] {
  const { fields, delivery: texts } = view.texts
  const { delivery, letter, attempt: attempts, completed } = found
  const traceparent = delivery.headers['traceparent']
  const all: (readonly [string, Content])[] = [
    [fields.inbox, inbox],
    [fields.provider, delivery.provider],
    [fields.endpoint, delivery.endpoint],
    [fields.receivedAt, fullTime(view, delivery.receivedAt)],
    [fields.occurredAt, delivery.occurredAt && fullTime(view, delivery.occurredAt)],
    [fields.handledAt, found.handledAt && fullTime(view, found.handledAt)],
    [fields.nextAttemptAt, found.nextAttemptAt && fullTime(view, found.nextAttemptAt)],
    [fields.diedAt, letter && fullTime(view, letter.diedAt)],
    [fields.reason, letter && reasonText(view, letter.reason)],
    [fields.error, letter?.message],
    [fields.attempts, attempts],
    [fields.completed, completed.length > 0 && completed.join(', ')],
    [fields.orderingKey, delivery.orderingKey],
    [fields.requestId, delivery.headers['x-request-id']],
    [fields.traceId, traceparent !== undefined && (traceIdOf(traceparent) ?? traceparent)],
    [fields.keyId, delivery.keyId],
    [fields.trust, texts.trust[delivery.trust ?? 'signed']],
    [fields.bodyHash, html`<span class="id">${delivery.bodyHash}</span>`],
  ]
  return all.filter(([, value]) => value !== undefined && value !== false)
}

/** The trace id of a `traceparent` (W3C Trace Context §3.2). */
function traceIdOf(traceparent: string): string | undefined {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1]
}

function attempt(view: View, { attempt: number, at, message, stack }: AttemptFailure): Markup {
  const { texts } = view
  const trace =
    stack !== undefined &&
    html`<details><summary>${texts.delivery.stack}</summary><pre tabindex="0">${stack}</pre></details>`
  return html`<li><p><strong>${texts.fields.attempt} ${number}</strong> ${fullTime(view, at)}</p><p class="message">${message}</p>${trace}</li>`
}

function headers({ texts }: View, { headers: kept }: Delivery): Markup {
  const rows = Object.entries(kept).map(
    ([name, value]) => html`<tr><th scope="row" class="id">${name}</th><td class="id">${value}</td></tr>`,
  )
  if (rows.length === 0) return html`<p class="muted">${texts.delivery.noHeaders}</p>`
  return table(texts.delivery.headers, [texts.fields.header, texts.fields.value], rows)
}

function body(view: View, inbox: string, { id, delivery: { body: bytes } }: Found): Markup {
  const { texts, format } = view
  const size = format.bytes(bytes.byteLength)
  const download = html`<p><a class="button" href="${href(view, '/body', { inbox, id })}" download>${texts.delivery.download}</a> <span class="muted">${size}</span></p>`
  const text = toText(bytes)
  if (text === undefined)
    return html`${download}<p class="muted">${texts.delivery.binary}</p><pre tabindex="0">${hexDump(bytes)}</pre>`
  const pretty = prettyJson(text, mostShown)
  const cut = (shown: string): Content =>
    shown.length > mostShown &&
    html`<p class="muted">${texts.delivery.cut(format.bytes(mostShown), size)}</p>`
  const raw = html`<details${pretty === undefined && html` open`}><summary>${texts.delivery.raw}</summary>${cut(text)}<pre tabindex="0">${text.slice(0, mostShown)}</pre></details>`
  const formatted =
    pretty !== undefined &&
    html`<details open><summary>${texts.delivery.pretty}</summary>${cut(pretty)}<pre tabindex="0">${pretty.slice(0, mostShown)}</pre></details>`
  return html`${download}${formatted}${raw}`
}

/** The bytes of a body, as a file that no browser opens. */
export async function download(view: View): Promise<Response | Page> {
  const named = inboxOf(view)
  const id = view.query.get('id')
  const found = named && id ? await findDelivery(view.board, named.inbox, id) : undefined
  if (found === undefined) return notFound(view)
  const name = `${found.id.replace(/[^\w.-]/g, '_').slice(0, 100)}.bin`
  return answer(200, 'application/octet-stream', new Uint8Array(found.delivery.body), {
    'content-disposition': `attachment; filename="${name}"`,
  })
}
