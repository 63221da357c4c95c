import { describeError } from '@acuse/core/inbox-kit'
import { BadQuery } from '../filter.ts'
import { html } from '../html.ts'
import { notice } from '../parts.ts'
import { href, type Page, type View } from '../view.ts'

/** There is no such page. */
export function notFound(view: View): Page {
  const { texts } = view
  return {
    title: texts.notFound,
    status: 404,
    body: html`<p>${texts.notFoundText}</p><p><a href="${href(view, '')}">${texts.toOverview}</a></p>`,
  }
}

/** The form was not sent by this user's own page, or its user may not write. */
export function forbidden({ texts }: View, text: string): Page {
  return { title: texts.forbidden, status: 403, body: notice('bad', text) }
}

/** An inbox failed, or what was asked cannot be asked. */
export function failure({ texts }: View, error: unknown): Page {
  const isBad = error instanceof BadQuery || error instanceof TypeError
  const title = isBad ? texts.badQuery : texts.failed
  return { title, status: isBad ? 400 : 503, body: notice('bad', describeError(error).message) }
}
