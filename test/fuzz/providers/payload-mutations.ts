import type { Random } from '../random.ts'

/** Another body, by who knows what it means. */
export type PayloadMutation = (body: Buffer, random: Random) => Buffer

/** Stands in a text of JSON where other text goes. */
const mark = '\u0001here'
const markText = JSON.stringify(mark)
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

/** Texts of values: right ones that are odd, and wrong ones. */
const oddValues: readonly ((random: Random) => string)[] = [
  (random) =>
    random.pick(['null', 'true', 'false', '0', '-1', '1.0', '1e999', '-1e999', '1E400', '9'.repeat(30)]),
  (random) =>
    random.pick([
      '""',
      '" "',
      '"\\u0000"',
      '"\\ud800"',
      '"a\\nb"',
      '"a.b"',
      '"\\r\\nX-Other: 1"',
      '"0"',
      '"1"',
    ]),
  (random) => random.pick(['[]', '{}', '[[]]', '[{}]', '[null]', '{"":""}', '{"id":{}}', '{"length":1}']),
  (random) =>
    random.pick(['"__proto__"', '"constructor"', '"undefined"', '"NaN"', '"[object Object]"', '"toString"']),
  () => '{"__proto__":{"polluted":true}}',
  () => '{"\\u005f_proto__":{"polluted":true}}',
  () => '{"constructor":{"prototype":{"polluted":true}}}',
  (random) => deep(random.pick([30, 60, 62, 63, 64, 65, 66, 5_000])),
  (random) => JSON.stringify('x'.repeat(random.pick([199, 200, 201, 500, 501, 2_000, 2_001]))),
  (random) =>
    random.pick(['"<script>alert(1)</script>"', '"%00"', '"$' + '{x}"', '"\\u2028"', '"\\ufeff"', '"ñ日😀"']),
  (random) =>
    random.pick(['NaN', '01', "'x'", 'undefined', '+1', '.5', '1.', '"\t"', '/*x*/1', '"', '[', '{', '']),
  (random) => String(random.below(2 ** 31)),
  (random) => JSON.stringify(random.bytes(8).toString('latin1')),
]

type Holder = Record<string, unknown> | unknown[]

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null

/** Every list and object of a payload. */
function holdersIn(value: unknown): readonly Holder[] {
  return isHolder(value) ? [value, ...Object.values(value).flatMap(holdersIn)] : []
}

/** A place of a payload, by chance; nothing where it has none. */
function placeIn(payload: unknown, random: Random): readonly [Holder, string] | undefined {
  const holders = holdersIn(payload).filter((each) => Object.keys(each).length > 0)
  if (holders.length === 0) return undefined
  const holder = random.pick(holders)
  return [holder, random.pick(Object.keys(holder))]
}

type JsonMutation = (payload: unknown, random: Random) => string

/** The text of a payload with another text at a place. */
function withText(payload: unknown, random: Random, toText: (old: string) => string): string {
  const place = placeIn(payload, random)
  if (!place) return toText(JSON.stringify(payload))
  const old = JSON.stringify(Reflect.get(...place))
  Reflect.set(...place, mark)
  return JSON.stringify(payload).replace(markText, () => toText(old))
}

const reversed = (payload: unknown): unknown =>
  isHolder(payload) && !Array.isArray(payload)
    ? Object.fromEntries(
        Object.entries(payload)
          .reverse()
          .map(([name, value]) => [name, reversed(value)]),
      )
    : payload

const jsonMutations: Readonly<Record<string, JsonMutation>> = {
  'another value': (payload, random) => withText(payload, random, () => random.pick(oddValues)(random)),
  'a value that holds itself': (payload, random) => withText(payload, random, (old) => `[${old}]`),
  'a number as text, or a text as number'(payload, random) {
    return withText(payload, random, (old) => (/^"\d+"$/.test(old) ? old.slice(1, -1) : JSON.stringify(old)))
  },
  'a field less'(payload, random) {
    const place = placeIn(payload, random)
    if (place) Reflect.deleteProperty(...place)
    return JSON.stringify(payload)
  },
  'a field twice'(payload, random) {
    const place = placeIn(payload, random)
    if (!place) return JSON.stringify(payload)
    const [holder, name] = place
    const old = JSON.stringify(Reflect.get(holder, name))
    Reflect.set(holder, name, mark)
    const odd = random.pick(oddValues)(random)
    const [first, second] = random.chance(0.5) ? [old, odd] : [odd, old]
    return JSON.stringify(payload).replace(markText, () =>
      Array.isArray(holder) ? `${first},${second}` : `${first},${JSON.stringify(name)}:${second}`,
    )
  },
  'a field more'(payload, random) {
    const holder = random.pick([...holdersIn(payload), {}])
    const name = random.pick([
      'id',
      'type',
      'event',
      'items',
      '0',
      '',
      'toString',
      'hasOwnProperty',
      'then',
      'toJSON',
    ])
    Reflect.set(holder, name, mark)
    return JSON.stringify(payload).replace(markText, () => random.pick(oddValues)(random))
  },
  'a forbidden field': (payload, random) =>
    withText(payload, random, (old) =>
      random.pick([`{"__proto__":${old}}`, `{"a":1,"\\u005f\\u005fproto__":${old}}`]),
    ),
  'other order': (payload) => JSON.stringify(reversed(payload)),
  'other blanks': (payload, random) => JSON.stringify(payload, undefined, random.pick(['\t', ' ', '\r\n'])),
  escaped: (payload) =>
    JSON.stringify(payload).replace(
      /[a-z](?=\w*")/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  'in a list': (payload, random) =>
    `[${JSON.stringify(payload)}${random.pick(['', ',null', ',1', ',{}', ',[]'])}]`,
  'out of its list': (payload) => JSON.stringify(isHolder(payload) ? Object.values(payload)[0] : payload),
  'a list of many'(payload, random) {
    const count = random.chance(0.01) ? random.pick([2_000, 9_999, 10_000, 10_001]) : 2 + random.below(30)
    const element = JSON.stringify(Array.isArray(payload) ? payload[0] : payload)
    const all = Array.from({ length: count }, (_, at) => element.replace(/("\w*id\w*":")/i, `$1${at}-`))
    return `[${all.join()}]`
  },
  'many in a list'(payload, random) {
    const lists = holdersIn(payload).filter((each) => Array.isArray(each))
    const list = lists.length > 0 ? random.pick(lists) : []
    // As many as there were, some times over.
    list.push(...Array.from({ length: random.below(9) }, () => list).flat())
    return JSON.stringify(payload)
  },
  'nothing in it': (_, random) =>
    random.pick(['{}', '[]', 'null', '""', '0', '[[]]', '{"events":[]}', '{"entry":[]}']),
  'two of them': (payload) => JSON.stringify(payload).repeat(2),
}

const xmlTexts: readonly ((random: Random) => string)[] = [
  () => '<root><item><id>1</id></item><item><id>2</id></item></root>',
  () => '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><root>&b;</root>',
  () => '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><root>&x;</root>',
  (random) =>
    '<a>'.repeat(random.pick([63, 64, 65, 2_000])) + '</a>'.repeat(random.pick([63, 64, 65, 2_000])),
  () => '<root><__proto__><polluted>1</polluted></__proto__></root>',
  () => '<root id="1" id="2">x</root>',
  () => '<?xml version="1.0" encoding="utf-7"?><root>+ADw-</root>',
  (random) => `<root>${`<item>${random.below(9)}</item>`.repeat(random.below(200))}</root>`,
  (random) => `<root>${random.bytes(30).toString('latin1')}</root>`,
  () => '<root><![CDATA[x]]><!-- y --><?z?></root>',
]

const formMutations: Readonly<Record<string, PayloadMutation>> = {
  'a field twice': (body, random) => Buffer.from(`${body}&${fieldIn(body, random)}`),
  'a field less': (body, random) => {
    const field = fieldIn(body, random)
    return Buffer.from(
      String(body)
        .split('&')
        .filter((each) => each !== field)
        .join('&'),
    )
  },
  'other order': (body) => Buffer.from(String(body).split('&').reverse().join('&')),
  'another value': (body, random) => {
    const field = fieldIn(body, random)
    const odd = random.pick([
      '',
      '%00',
      '%ff',
      '%',
      '+',
      '%0a',
      '&&',
      '=',
      ';',
      '__proto__',
      '%F0%9F%98%80',
      '<b>',
      'a'.repeat(501),
    ])
    return Buffer.from(String(body).replace(field, () => `${field.split('=', 1)[0]}=${odd}`))
  },
  'odd fields': (body, random) =>
    Buffer.from(
      `${body}&${random.pick(['__proto__=1', 'constructor=1', '=', 'payload=1', 'payload={}', '%5F_proto__=1', 'id=1'])}`,
    ),
  'many fields': (body, random) => Buffer.from(`${body}${'&a=1'.repeat(random.chance(0.01) ? 10_000 : 30)}`),
  'spelt otherwise': (body) =>
    Buffer.from(String(body).replace(/[a-z]/i, (c) => `%${c.charCodeAt(0).toString(16)}`)),
  'JSON in a field': (body, random) =>
    Buffer.from(
      `payload=${encodeURIComponent(random.pick(['{}', '[]', '{', '"x"', 'null', '{"__proto__":1}', String(body)]))}`,
    ),
}

function fieldIn(body: Buffer, random: Random): string {
  return random.pick(String(body).split('&'))
}

const codings: readonly ((body: Buffer) => Buffer)[] = [
  (body) => Buffer.from(`\ufeff${body.toString()}`),
  (body) => Buffer.from(body.toString(), 'utf16le'),
  (body) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(body.toString(), 'utf16le')]),
  (body) => Buffer.from(body.toString('latin1').replace('"', '"\xff\xc0\x80'), 'latin1'),
  (body) => Buffer.from(body.toString('latin1').replace('"', '"\xed\xa0\x80'), 'latin1'),
  (body) => Buffer.from(body.toString().replace('a', 'ä'), 'latin1'),
  (body) => Buffer.concat([body, Buffer.from([0])]),
]

const isForm = (body: Buffer): boolean =>
  body.length > 0 && /^[\w.%-]+=/.test(body.toString('latin1', 0, 200))

/** By what it is now: JSON, a form, or neither. */
function changed(body: Buffer, random: Random): Buffer {
  if (isForm(body)) return random.pick(Object.values(formMutations))(body, random)
  try {
    const payload: unknown = JSON.parse(body.toString())
    return Buffer.from(random.pick(Object.values(jsonMutations))(payload, random))
  } catch {
    return Buffer.from(random.pick(oddValues)(random))
  }
}

/** Mutations of what a body says, and of how it is written. */
export const payloadMutations: Readonly<Record<string, PayloadMutation>> = {
  changed,
  'changed again': (body, random) => changed(changed(body, random), random),
  'coded otherwise': (body, random) => random.pick(codings)(body),
  'XML instead': (_, random) => Buffer.from(random.pick(xmlTexts)(random)),
  'a form instead': (body, random) =>
    Buffer.from(
      random.pick(['id=1&type=x', `payload=${encodeURIComponent(String(body))}`, 'a=1&a=2', '__proto__=1']),
    ),
  'JSON instead': (_, random) =>
    Buffer.from(`{"id":${random.pick(oddValues)(random)},"type":"x","event":"x"}`),
}
