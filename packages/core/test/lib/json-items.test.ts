import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/lib/json.ts'
import { slicesAt } from '../../src/lib/json-items.ts'
import { valuesAt } from '../../src/lib/request-values.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const bytesOf = (text: string): Uint8Array => Buffer.from(text)
const textsAt = (text: string, path: string): string[] =>
  slicesAt(bytesOf(text), path).map((slice) => Buffer.from(slice).toString())

const names = ['a', 'b', '', '0', '1', 'ñ', '\u{1f4e6}', '"', '\\', '*', 'length', 'ev"ents', '\n']
/** Texts of one name: plain, and with its every character escaped. */
const spelling = (name: string, isEscaped: boolean): string =>
  isEscaped
    ? `"${[...Array(name.length).keys()].map((at) => `\\u${name.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
    : JSON.stringify(name)
const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 })
const name = fc.tuple(fc.constantFrom(...names), fc.boolean()).map(([text, is]) => spelling(text, is))
const scalar = fc.oneof(
  fc.constantFrom('null', 'true', 'false', '0', '-0', '1.50', '1e999', '9007199254740993', '-1E+2'),
  fc.constantFrom('""', '"\\\\"', '"\\""', '"[{]}"', '"a,b:c"', '"\\ud83d\\ude00"', '"\\ud83d"', '"ñ日"'),
)
/** JSON as text, which no serializer writes: blanks anywhere, escapes, names that stand twice. */
const { json } = fc.letrec<{ json: string; list: string; object: string }>((tie) => ({
  json: fc
    .tuple(blank, fc.oneof({ maxDepth: 5, withCrossShrink: true }, scalar, tie('list'), tie('object')), blank)
    .map((parts) => parts.join('')),
  list: fc
    .tuple(blank, fc.array(tie('json'), { maxLength: 4 }))
    .map(([gap, all]) => `[${all.join() || gap}]`),
  object: fc
    .tuple(blank, fc.array(fc.tuple(blank, name, blank, tie('json')), { maxLength: 4 }))
    .map(([gap, all]) => `{${all.map(([a, n, b, v]) => `${a}${n}${b}:${v}`).join() || gap}}`),
}))
const path = fc
  .array(fc.constantFrom('*', ...names, '01', '-1', '2'), { minLength: 1, maxLength: 4 })
  .filter((keys) => keys.join('.') !== '')

describe('the bytes of the values at a path', () => {
  it('are those that JSON.parse finds there, in the same order', () => {
    let found = 0
    const property = fc.property(json, path, (text, keys) => {
      const read = parseJson(bytesOf(text))
      if ('problem' in read) throw new Error(`${read.problem} of generated JSON: ${text}`)
      const at = keys.join('.')
      const slices = textsAt(text, at)
      expect(slices.map((slice) => JSON.parse(slice) as unknown)).toEqual(valuesAt(read.value, at))
      found += slices.length
    })
    fc.assert(property, { seed, numRuns: 5_000 })
    expect(found, `seed ${seed}`).toBeGreaterThan(100)
  })

  it('end within the bytes, and after them, whatever those are', () => {
    const unit = fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', ':', ' ', 'a', '1')
    const property = fc.property(fc.string({ unit, maxLength: 24 }), path, (text, keys) => {
      const bytes = bytesOf(text)
      try {
        for (const slice of slicesAt(bytes, keys.join('.')))
          expect(slice.byteOffset + slice.byteLength).toBeLessThanOrEqual(bytes.byteOffset + bytes.byteLength)
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError)
      }
    })
    fc.assert(property, { seed, numRuns: 20_000 })
    for (const text of ['', '[', '{', '"', '[}', '{"a"', '{"a":', '[,', '{"a":1,', '["\\', '{a', '[[', '{]'])
      for (const at of ['*', 'a', '0', 'a.*'])
        try {
          slicesAt(bytesOf(text), at)
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError)
        }
  })

  it.each<[string, string, string, string[]]>([
    ['each element of a list', '[1, {"a": 2} ,[3]]', '*', ['1', '{"a": 2}', '[3]']],
    ['an element by its number', '{"a":[{"b":[1]},{"b":[2,3]}]}', 'a.1.b.*', ['2', '3']],
    ['nothing beyond the last element', '[1]', '1', []],
    ['nothing by a number that is not written as one', '[1]', '00', []],
    ['no length of a list', '[1,2]', 'length', []],
    ['the length that an object has', '{"length":2}', 'length', ['2']],
    ['a field by a number', '{"0":"x"}', '0', ['"x"']],
    ['elements of lists of lists', '{"e":[{"c":[1,2]},{},{"c":[3]},{"c":4}]}', 'e.*.c.*', ['1', '2', '3']],
    ['the last of two fields of one name', '{"e":[1],"e":[2,3]}', 'e.*', ['2', '3']],
    ['the last, which may be no list', '{"e":[1],"e":{"0":2}}', 'e.*', []],
    ['a name that is escaped', '{"\\u0065vents":[1]}', 'events.*', ['1']],
    [
      'numbers byte for byte',
      '[1.50,1e2,9007199254740993,-0]',
      '*',
      ['1.50', '1e2', '9007199254740993', '-0'],
    ],
    ['texts that hold brackets', '["]","\\"]",{"}":"{"}]', '*', ['"]"', '"\\"]"', '{"}":"{"}']],
    ['unicode', '{"é":["日本","\\u00e9"]}', 'é.*', ['"日本"', '"\\u00e9"']],
    ['nothing of a scalar', '7', '*', []],
    ['nothing of an empty list', ' [ ] ', '*', []],
    ['nothing of an empty object', ' { } ', 'a', []],
    ['no elements of an object', '{"*":1}', '*', []],
    ['blanks around them left out', '\n[ 1 ,\t2\r\n]', '*', ['1', '2']],
  ])('are %s', (_, text, at, expected) => {
    expect(textsAt(text, at)).toEqual(expected)
    const read = parseJson(bytesOf(text))
    expect(textsAt(text, at).map((slice) => JSON.parse(slice) as unknown)).toEqual(
      'value' in read ? valuesAt(read.value, at) : 'no JSON',
    )
  })

  it('are found in time that grows with their number', () => {
    const elements = Array.from({ length: 200_000 }, (_, at) => `{"id":${at}}`)
    const slices = slicesAt(
      bytesOf(`{"pad":"${'x'.repeat(100_000)}","events":[${elements.join()}]}`),
      'events.*',
    )
    expect(slices).toHaveLength(elements.length)
  })
})
