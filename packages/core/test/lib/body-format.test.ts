import { describe, expect, it } from 'vitest'
import { type BodyFormats, formatOf, readBody, toMediaType } from '../../src/lib/body-format.ts'
import { watchUnhandled } from '../support/unhandled.ts'

watchUnhandled()

const bytes = (text: string): Uint8Array => Buffer.from(text)
const form = (text: string) => readBody('form', bytes(text))
const jsonIn = (text: string) => readBody({ jsonIn: 'payload' }, bytes(text))

describe('the media type of a request', () => {
  it.each([
    [[], ''],
    [['Application/JSON; Charset=utf-8'], 'application/json'],
    [[' text/xml '], 'text/xml'],
    [['a/b', 'c/d'], 'a/b,c/d'],
  ])('of %j is %j', (headers, expected) => {
    expect(toMediaType(headers)).toBe(expected)
  })

  it.each<[string, BodyFormats, string, unknown]>([
    ['what is listed', { 'text/plain': 'text' }, 'text/plain', 'text'],
    ['nothing that is not listed', { 'text/plain': 'text' }, 'application/json', undefined],
    ['JSON as JSON beside any other', { '*': 'form' }, 'application/json', 'json'],
    ['any other, and none', { '*': 'form' }, '', 'form'],
    ['JSON otherwise only where that is listed', { 'application/json': 'text' }, 'application/json', 'text'],
    ['no name of Object', { 'text/plain': 'text' }, 'constructor', undefined],
  ])('reads %s', (_, formats, mediaType, expected) => {
    expect(formatOf(formats, mediaType)).toBe(expected)
  })
})

describe('a form', () => {
  it.each<[string, string, object]>([
    ['names and values', 'a=1&b=2', { a: '1', b: '2' }],
    ['a list where a name stands more than once', 'a=1&b=2&a=3&a=4', { a: ['1', '3', '4'], b: '2' }],
    ['a plus as a blank, and what is encoded', 'a=x+y%20z&n%C3%B1=%2B', { a: 'x y z', nñ: '+' }],
    ['percent signs that begin no byte as they are', 'a=100%&b=%zz&c=%4', { a: '100%', b: '%zz', c: '%4' }],
    ['bytes that are no UTF-8 as what stands for them', 'a=%FF', { a: '\ufffd' }],
    ['a name without a value', 'a&b=', { a: '', b: '' }],
    ['no field of nothing', '', {}],
    ['names of Object as any other', 'constructor=1&toString=2', { constructor: '1', toString: '2' }],
    ['an equals sign in a value', 'a=b=c', { a: 'b=c' }],
    ['encoded brackets', 'a=%7B%7D', { a: '{}' }],
  ])('has %s', (_, text, value) => {
    expect(form(text)).toEqual({ value })
  })

  it.each(['__proto__=1', 'a=1&__proto__=2', '%5F_proto__=1'])(
    'with the name __proto__ is refused: %s',
    (text) => {
      expect(form(text)).toEqual({ problem: 'body-forbidden-key' })
      expect(jsonIn(text)).toEqual({ problem: 'body-forbidden-key' })
      expect(Object.hasOwn(Object.prototype, '1')).toBe(false)
    },
  )

  it.each(['{"a":1}', ' [1]', '\r\n\t"a=1"', '<a>1</a>', '\ufeff{"a":"=&"}'])(
    'is none where another format begins so, whatever the media type says: %j',
    (text) => {
      expect(form(text)).toEqual({ problem: 'body-malformed' })
      expect(jsonIn(text)).toEqual({ problem: 'body-malformed' })
    },
  )

  it('of bytes that are no UTF-8 is refused', () => {
    expect(readBody('form', Uint8Array.of(0x61, 0xff))).toEqual({ problem: 'body-not-utf8' })
  })

  it('of a megabyte of names is read in time that grows with their number', () => {
    const names = Array.from({ length: 200_000 }, (_, at) => at.toString(36))
    const read = form(`${names.join('&')}&0=again&0=more`)
    expect('value' in read && Object.keys(read.value as object)).toHaveLength(names.length)
    expect(read).toMatchObject({ value: { 0: ['', 'again', 'more'] } })
    expect(form('a&'.repeat(200_000))).toMatchObject({ value: { a: { length: 200_000 } } })
  })
})

describe('JSON in a field of a form', () => {
  it.each<[string, string, object]>([
    ['is the payload', 'payload=%7B%22a%22%3A%5B1%5D%7D&token=x', { value: { a: [1] } }],
    [
      'is the form itself where there is no such field',
      'command=%2Fdeploy',
      { value: { command: '/deploy' } },
    ],
    ['is unknown where it stands twice', 'payload=%7B%7D&payload=%7B%7D', { problem: 'body-malformed' }],
    ['is refused where it is none', 'payload=a', { problem: 'body-not-json' }],
    ['is refused where it is empty', 'payload=', { problem: 'body-not-json' }],
    [
      'is refused with a forbidden key',
      'payload=%7B%22__proto__%22%3A1%7D',
      { problem: 'body-forbidden-key' },
    ],
    ['is refused where it is too deep', `payload=${'%5B'.repeat(70)}`, { problem: 'body-too-deep' }],
  ])('%s', (_, text, expected) => {
    expect(jsonIn(text)).toEqual(expected)
  })
})

describe('a body that is text', () => {
  it('is what it says', () => {
    expect(readBody('text', bytes('{"a": ñ'))).toEqual({ value: '{"a": ñ' })
    expect(readBody('text', bytes(''))).toEqual({ value: '' })
  })

  it('keeps a byte order mark, and is refused where it is no UTF-8', () => {
    expect(readBody('text', bytes('\ufeffa'))).toEqual({ value: '\ufeffa' })
    expect(readBody('text', Uint8Array.of(0xc3))).toEqual({ problem: 'body-not-utf8' })
  })
})

describe("a body that somebody's function parses", () => {
  it('is what that answers', () => {
    expect(readBody({ parse: (body) => body.byteLength }, bytes('abc'))).toEqual({ value: 3 })
    expect(readBody({ parse: () => undefined }, bytes('abc'))).toEqual({ value: undefined })
  })

  it('is refused with what that throws', () => {
    const error = new Error('no XML')
    const parse = () => {
      throw error
    }
    expect(readBody({ parse }, bytes('a'))).toEqual({ problem: 'body-malformed', error })
  })

  it.each([
    ['a promise', () => Promise.resolve({})],
    ['a promise that rejects', () => Promise.reject(new Error('late'))],
  ])('is refused where that answers %s', (_, parse) => {
    const error = new TypeError('parse() of a body answered a promise: it must answer at once')
    expect(readBody({ parse }, bytes('a'))).toEqual({ problem: 'body-malformed', error })
  })
})
