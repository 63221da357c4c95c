import { createRandom, type Random, seedOf } from '../../fuzz/random.ts'

/** Characters of one to four bytes, those that JSON escapes, and those that look like others. */
const characters = [...'aZ09 _-."\\/\n\t\r\u0000\u007f\u0085\u00a0ñÑéß\u0301\u2028\ufeff漢語😀👩🏽‍💻']
/** As a writer of JSON may write them: more digits than JavaScript keeps among them. */
const numbers = [
  '0',
  '-0',
  '1e3',
  '1E-7',
  '-1.50',
  '0.1',
  '9007199254740993',
  '12345678901234567890.5',
  '1e308',
]
const blanks = ['', '', '', ' ', '\n', '\t ']

/** One of a run's generators: what one payload draws does not shift the next. */
export function randomOf(seed: number, index: number): Random {
  return createRandom(seedOf(seed, index))
}

function randomText(random: Random, most = 40): string {
  return Array.from({ length: random.below(most) }, () => random.pick(characters)).join('')
}

/** The text of a JSON object, the given fields first; no two of one run are alike. */
export function jsonObject(random: Random, fields: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(fields).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  )
  const nonce = `"nonce":"${random.bytes(12).toString('hex')}"`
  return `{${[...given, nonce, ...members(random, 0)].join(',')}}`
}

function members(random: Random, depth: number): string[] {
  return Array.from({ length: random.below(6) }, (_, index) => {
    const name = JSON.stringify(`${randomText(random, 8)}${index}`)
    return `${random.pick(blanks)}${name}${random.pick(blanks)}:${jsonValue(random, depth + 1)}`
  })
}

function jsonValue(random: Random, depth: number): string {
  const kind = random.below(depth > 5 ? 5 : 8)
  if (kind === 0) return random.pick(['null', 'true', 'false'])
  if (kind < 3) return random.pick(numbers)
  if (kind < 5) return jsonText(random)
  if (kind === 5)
    return `[${Array.from({ length: random.below(5) }, () => jsonValue(random, depth + 1)).join()}]`
  return `{${members(random, depth).join()}}`
}

/** Long ones now and then, and any character as an escape, half a surrogate pair too. */
function jsonText(random: Random): string {
  if (random.chance(0.02)) return JSON.stringify(randomText(random, 40).repeat(200))
  if (random.chance(0.1)) return '"\\ud83d\\u00F1\\/\\ud800"'
  return JSON.stringify(randomText(random))
}

/** Parameters of a form; a name may stand more than once. */
export function formParameters(random: Random): Record<string, string | string[]> {
  const names = Array.from({ length: random.below(8) }, (_, index) => `${randomText(random, 8)}${index}`)
  return Object.fromEntries(
    names.map((name) => [
      name,
      random.chance(0.2) ? [randomText(random), randomText(random), 'a'] : randomText(random, 60),
    ]),
  )
}
