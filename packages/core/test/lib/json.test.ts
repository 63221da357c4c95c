import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/lib/json.ts'

const json = (text: string | Uint8Array) => parseJson(Buffer.from(text as string))

describe('parseJson', () => {
  it('takes what JSON.parse takes', () => {
    for (const text of ['{}', '[]', 'null', '"a"', ' 1 ', '{"a":[{"b":"[[[{{{"}]}', '"\\"{\\\\"']) {
      expect(json(text)).toEqual({ value: JSON.parse(text) })
    }
  })

  it('refuses bytes that are not UTF-8, a byte order mark and UTF-16', () => {
    expect(json(new Uint8Array([0x22, 0xff, 0x22]))).toEqual({ problem: 'body-not-utf8' })
    expect(json(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]))).toEqual({ problem: 'body-not-utf8' })
    expect(json('\ufeff{}')).toEqual({ problem: 'body-not-json' })
    expect(parseJson(Buffer.from('\ufeff{}', 'utf16le'))).toEqual({ problem: 'body-not-utf8' })
    expect(parseJson(Buffer.from('{}', 'utf16le'))).toEqual({ problem: 'body-not-json' })
  })

  it('refuses what is not JSON', () => {
    for (const text of ['', ' ', '{', '{"a":}', "{'a':1}", '{}{}', 'NaN', '"open', '"\\']) {
      expect(json(text), text).toEqual({ problem: 'body-not-json' })
    }
  })

  it('takes 64 levels and refuses 65, however they are written', () => {
    expect(json('['.repeat(64) + ']'.repeat(64))).toHaveProperty('value')
    expect(json('['.repeat(65) + ']'.repeat(65))).toEqual({ problem: 'body-too-deep' })
    expect(json(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toEqual({ problem: 'body-too-deep' })
    expect(json(`[${'[],'.repeat(500)}[]]`)).toHaveProperty('value')
    expect(json(`[${'{},'.repeat(500)}{}]`)).toHaveProperty('value')
    expect(json(`${'['.repeat(64)}"${'[{\\"'.repeat(500)}"${']'.repeat(64)}`)).toHaveProperty('value')
    expect(json(`{"open${'['.repeat(500)}`)).toEqual({ problem: 'body-not-json' })
  })

  it('refuses a million levels', () => {
    const bytes = Buffer.from('['.repeat(1_000_000))
    expect(parseJson(bytes)).toEqual({ problem: 'body-too-deep' })
  })

  it('refuses a key __proto__, plain, escaped or deep; takes it as a value', () => {
    for (const text of [
      '{"__proto__":{}}',
      '[{"a":{"__proto__":1}}]',
      '{"\\u005f_proto__":1}',
      '{"__pr\\u006Fto__":1}',
    ]) {
      expect(json(text), text).toEqual({ problem: 'body-forbidden-key' })
    }
    for (const text of ['{"a":"__proto__"}', '{"a":"\\u00e9"}', '{"constructor":1}', '{"__proto":1}']) {
      expect(json(text), text).toEqual({ value: JSON.parse(text) })
    }
    expect({}).not.toHaveProperty('polluted')
  })
})
