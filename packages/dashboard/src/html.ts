const secret: unique symbol = Symbol('markup')

/** Text that is HTML already. Only {@link html} makes one: whatever else it is given becomes text. */
export class Markup {
  readonly #text: string

  constructor(key: typeof secret, text: string) {
    if (key !== secret) throw new TypeError('Markup is made by html`…` alone')
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** What stands between the pieces of a template; `undefined`, `false` and `null` are nothing. */
export type Content = Markup | string | number | undefined | false | null | readonly Content[]

/**
 * HTML of a template whose values become text, wherever they come from; what `html` made stays as it is. Attributes are written
 * in double quotes, and none of them is an address or a script that a value begins.
 */
export function html(pieces: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = pieces[0] ?? ''
  for (const [at, value] of values.entries()) text += toHtml(value) + (pieces[at + 1] ?? '')
  return new Markup(secret, text)
}

function toHtml(value: Content): string {
  if (value instanceof Markup) return value.toString()
  if (Array.isArray(value)) return value.map(toHtml).join('')
  return value === undefined || value === null || value === false ? '' : escapeText(String(value))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** What stands for itself nowhere, and what cannot be seen: controls, and characters that turn the direction of what is read. */
const special = /[&<>"'`]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Text that stands in HTML for itself. What cannot be seen is shown by its number, such as `\u{202e}`. */
export function escapeText(text: string): string {
  return text.replace(
    special,
    (character) => entities[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
