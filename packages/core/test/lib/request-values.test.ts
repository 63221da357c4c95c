import { describe, expect, it } from 'vitest'
import { fromRawHeaders } from '../../src/index.ts'
import { crc32 } from '../../src/lib/crc32.ts'
import { coveredBy } from '../../src/lib/parts.ts'
import { queryOf, RequestValues, valuesAt } from '../../src/lib/request-values.ts'
import type { Part, Value } from '../../src/provider-kit.ts'

const of = (payload: unknown, headers: readonly string[] = [], url = '/'): RequestValues =>
  new RequestValues({
    method: 'POST',
    url,
    headers: fromRawHeaders(headers),
    body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  })

describe('a value of a request', () => {
  const values = of(
    { id: 'B-1', n: 7, f: 1.5, t: true, z: null, list: ['a', 'b'], one: ['x'], e: '', big: 2 ** 53 },
    ['X-Id', 'H-1', 'X-Two', 'a', 'x-two', 'b'],
    '/hook?id=Q%201&two=a&two=b&empty=',
  )

  it.each<[string, Value, string | undefined]>([
    ['of a header, in any case', { header: 'x-ID' }, 'H-1'],
    ['of a header that stands twice is none', { header: 'x-two' }, undefined],
    ['of the query, decoded', { query: 'id' }, 'Q 1'],
    ['of the query that stands twice is none', { query: 'two' }, undefined],
    ['of the query that is empty is none', { query: 'empty' }, undefined],
    ['of the body', { body: 'id' }, 'B-1'],
    ['of the body in lower case', { body: 'id', lower: true }, 'b-1'],
    ['of a whole number is its digits', { body: 'n' }, '7'],
    ['of a boolean is its name', { body: 't' }, 'true'],
    ['of a fraction is none', { body: 'f' }, undefined],
    ['of a number beyond the safe ones is none', { body: 'big' }, undefined],
    ['of null is none', { body: 'z' }, undefined],
    ['of a list is none', { body: 'list' }, undefined],
    ['of elements is none where there are two', { body: 'list.*' }, undefined],
    ['of the one element is it', { body: 'one.*' }, 'x'],
    ['of an element by its number', { body: 'list.1' }, 'b'],
    ['of the length of a list is none', { body: 'list.length' }, undefined],
    ['of an empty text is none', { body: 'e' }, undefined],
    ['of what a prototype has is none', { body: 'constructor.name' }, undefined],
    ['of a constant', { text: 'K' }, 'K'],
    ['of the signature header is none where that has no parts', { field: 't' }, undefined],
    ['of another grammar is none', { body: 'id', as: 'unix-seconds' }, undefined],
    ['of its grammar', { body: 'id', as: 'id' }, 'B-1'],
  ])('%s', (_, value, expected) => {
    expect(values.one(value)).toBe(expected)
  })

  it('is there though it is no text', () => {
    for (const body of ['z', 'list', 'e', 'f', '']) expect(values.has({ body })).toBe(true)
    for (const body of ['y', 'list.7', 'id.x']) expect(values.has({ body })).toBe(false)
    expect(values.has({ header: 'x-two' })).toBe(true)
    expect(values.has({ query: 'three' })).toBe(false)
  })

  it('may be several, all of their grammar', () => {
    expect(values.every({ body: 'list.*', as: 'id' })).toEqual(['a', 'b'])
    expect(values.every({ body: 'none.*' })).toBeUndefined()
    expect(of({ list: ['a', 'b c'] }).every({ body: 'list.*', as: 'id' })).toBeUndefined()
  })

  it('of a body that is no JSON is none', () => {
    expect(of('{').one({ body: 'id' })).toBeUndefined()
    expect(of('{').has({ body: '' })).toBe(true)
  })

  it('of an event of a batch is its own, and the headers are those of all', () => {
    const item = values.of({ id: 'I' })
    expect([item.one({ body: 'id' }), item.one({ header: 'x-id' })]).toEqual(['I', 'H-1'])
  })
})

describe('the query of a target', () => {
  it.each([
    ['/a', ''],
    ['/a?', ''],
    ['/a?b=c?d#e?f', 'b=c?d'],
    ['?b', 'b'],
  ])('of %s is %j', (url, expected) => {
    expect(queryOf(url)).toBe(expected)
  })
})

describe('the values at a path', () => {
  it('are the payload itself at none', () => {
    expect(valuesAt(7, '')).toEqual([7])
    expect(valuesAt(undefined, 'a')).toEqual([])
  })
})

describe('what a scheme covers', () => {
  const covered = (...signs: Part[]) => coveredBy({ signs })

  it.each<[string, Part[], Value, boolean]>([
    ['a field of a body that is signed', [{ raw: 'body' }], { body: 'a' }, true],
    ['no field where the CRC of the body is', [{ raw: 'body-crc32' }], { body: 'a' }, false],
    ['no field where a form is, sorted', [{ raw: 'sorted-form' }], { body: 'a' }, false],
    ['the very field', [{ body: 'a.b' }], { body: 'a.b' }, true],
    ['no field beside it', [{ body: 'a.b' }], { body: 'a' }, false],
    ['a header in any case', [{ header: 'x-a', as: 'id' }], { header: 'X-A' }, true],
    ['no other header', [{ header: 'x-a', as: 'id' }], { header: 'x-b' }, false],
    ['a parameter', [{ query: 'a', as: 'id' }], { query: 'a' }, true],
    ['no header of that name', [{ query: 'a', as: 'id' }], { header: 'a' }, false],
    ['every parameter of a public URL', [{ publicUrl: 'https://a.cl/b' }], { query: 'z' }, true],
    ['no header of a public URL', [{ publicUrl: 'https://a.cl/b' }], { header: 'z' }, false],
    ['a field of the signature header', [{ field: 't', as: 'unix' }], { field: 't' }, true],
    ['a constant', [{ raw: 'body' }], { text: 'x' }, true],
    [
      'what is signed in lower case, in lower case',
      [{ query: 'a', as: 'id', lower: true }],
      { query: 'a', lower: true },
      true,
    ],
    ['but not its own spelling', [{ query: 'a', as: 'id', lower: true }], { query: 'a' }, false],
    ['lower case of what is signed', [{ query: 'a', as: 'id' }], { query: 'a', lower: true }, true],
    ['no constant of a part for a value', [{ text: 'a' }], { header: 'a' }, false],
  ])('is %s', (_, signs, value, expected) => {
    expect(covered(...signs).isSigned(value)).toBe(expected)
  })

  it('is nothing where it signs nothing', () => {
    expect(covered()).toMatchObject({ anything: false, body: false })
    expect(covered({ raw: 'body-crc32' })).toMatchObject({ anything: true, body: false })
  })
})

describe('CRC-32', () => {
  it.each([
    ['', 0],
    ['123456789', 0xcbf43926],
    ['a', 0xe8b7be43],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('of %j is that of the standard', (text, expected) => {
    expect(crc32(Buffer.from(text))).toBe(expected)
  })
})
