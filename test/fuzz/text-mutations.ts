import type { Random } from './random.ts'

/** Another text than the given one, mostly. */
export type TextMutation = (text: string, random: Random) => string

const blanks = [
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\0',
  '\u00a0',
  '\u0085',
  ',',
  ', ',
  ';',
  '=',
  '==',
  '.',
  '"',
  'é',
  'ÿ',
]

const at = (text: string, random: Random): number => random.below(Math.max(1, text.length))

function splice(text: string, place: number, removed: number, added: string): string {
  return text.slice(0, place) + added + text.slice(place + removed)
}

/** Header values are bytes: what HTTP can carry, each as one character of latin1. */
const byte = (random: Random): string => String.fromCharCode(random.below(256))

/** Mutations that know nothing of what a text means. */
export const textMutations: Readonly<Record<string, TextMutation>> = {
  'flip a bit'(text, random) {
    const place = at(text, random)
    const code = (text.charCodeAt(place) || 0) ^ (1 << random.below(8))
    return splice(text, place, 1, String.fromCharCode(code))
  },
  'replace a character': (text, random) => splice(text, at(text, random), 1, byte(random)),
  'widen a character'(text, random) {
    // Not from HTTP, but another host may hand out such a text: its low byte alone is the right one.
    const place = at(text, random)
    const code = (text.charCodeAt(place) || 0) + 256 * (1 + random.below(255))
    return splice(text, place, 1, String.fromCharCode(code))
  },
  'add a character': (text, random) => splice(text, random.below(text.length + 1), 0, byte(random)),
  'remove a character': (text, random) => splice(text, at(text, random), 1, ''),
  'remove the first character': (text) => text.slice(1),
  'remove the last character': (text) => text.slice(0, -1),
  'cut short': (text, random) => text.slice(0, at(text, random)),
  'keep the end': (text, random) => text.slice(at(text, random)),
  'swap neighbours'(text, random) {
    const place = at(text, random)
    return splice(text, place, 2, (text[place + 1] ?? '') + (text[place] ?? ''))
  },
  'change the case of one'(text, random) {
    const place = at(text, random)
    const character = text[place] ?? ''
    const lower = character.toLowerCase()
    return splice(text, place, 1, character === lower ? character.toUpperCase() : lower)
  },
  'to upper case': (text) => text.toUpperCase(),
  'to lower case': (text) => text.toLowerCase(),
  'append a blank or the like': (text, random) => text + random.pick(blanks),
  'prepend a blank or the like': (text, random) => random.pick(blanks) + text,
  'insert a blank or the like': (text, random) => splice(text, at(text, random), 0, random.pick(blanks)),
  quote: (text, random) => random.pick([`"${text}"`, `'${text}'`, `<${text}>`]),
  'percent-encode one'(text, random) {
    const place = at(text, random)
    return splice(text, place, 1, `%${(text.charCodeAt(place) || 0).toString(16).padStart(2, '0')}`)
  },
  double: (text) => text + text,
  'fill with one character': (text, random) => byte(random).repeat(text.length),
  'random text of the length': (text, random) => random.bytes(text.length).toString('latin1'),
  'an odd word': (_, random) =>
    random.pick(['__proto__', 'undefined', 'null', '[object Object]', 'NaN', '0', 'true', ' ', ',', '=']),
  nothing: () => '',
}
