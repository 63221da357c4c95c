/** Control and format characters, separators of lines, and halves of characters: they forge lines or steer a terminal. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
const each = new RegExp(unprintable, 'gu')
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text as one line that a log or a terminal can show: what nobody can see is written out, as `\n` or `\u001b`. */
export function printable(text: string): string {
  return unprintable.test(text) ? text.replace(each, escaped) : text
}

function escaped(character: string): string {
  return short[character] ?? `\\u${Number(character.codePointAt(0)).toString(16).padStart(4, '0')}`
}
