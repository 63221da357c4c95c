import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromRawHeaders, hmac, type Schemes } from '../../src/index.ts'
import { RequestValues } from '../../src/lib/request-values.ts'
import type { HmacOptions } from '../../src/provider-kit.ts'
import { createSignedContent } from '../../src/schemes/signed-content.ts'

const header = 'x-signature'
const secret = 'a-secret-of-more-than-sixteen-bytes'
const body = Buffer.from('{}')
const at = new Date('2026-11-25T18:59:16.980Z')
const signs = [
  { header: 'X-Id', as: 'id' },
  { text: '.' },
  { header: 'X-Time', as: 'unix-ms' },
  { text: '.' },
  { raw: 'body' },
] as const

const macOf = (text: string | Uint8Array) => createHmac('sha256', secret).update(text).digest('hex')
const schemeOf = (options: Partial<HmacOptions>) => hmac({ header, secret, ...options })

interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly url?: string
  readonly body?: string | Uint8Array
}
function request({ headers = {}, url = '/', body: sent = body }: Sent) {
  return {
    method: 'POST',
    url,
    headers: fromRawHeaders(Object.entries(headers).flat()),
    body: Buffer.from(sent),
  }
}

/** The verdict on a request that carries the MAC of a text. */
function verify(
  parts: HmacOptions['signs'] & {},
  text: string | Uint8Array,
  sent: Sent = {},
): Schemes.Verdict {
  const headers = { ...sent.headers, [header]: macOf(text) }
  return schemeOf({ signs: parts }).verify(request({ ...sent, headers }))
}
const proven = { keyId: 'default' }
const mismatch = { code: 'signature-mismatch' }
const malformed = { code: 'value-malformed' }

describe('signed headers', () => {
  const scheme = schemeOf({ signs })
  const given = { 'x-id': 'msg_1', 'x-time': '1765380600000' }
  const from = (headers: Readonly<Record<string, string>>) => fromRawHeaders(Object.entries(headers).flat())

  it('are sent beside the signature, and each must be there in its grammar', () => {
    const sent = scheme.sign?.(body, { headers: given }) ?? {}
    expect(sent).toEqual({ ...given, [header]: macOf('msg_1.1765380600000.{}') })
    expect(scheme.check(from(sent))).toBeUndefined()
    for (const [name, value] of [
      ['x-time', '1765380600'],
      ['x-id', 'a b'],
    ] as const) {
      const fault = { code: 'header-malformed', header: name }
      expect(scheme.check(from({ ...sent, [name]: value }))).toEqual(fault)
      expect(scheme.verify(request({ headers: { ...sent, [name]: value } }))).toEqual(fault)
    }
  })

  it('are made where they are not given: an id that no other request has, and the time', () => {
    const made = scheme.sign?.(body, { at }) ?? {}
    expect(made).toMatchObject({
      'x-id': expect.stringMatching(/^msg_[\w-]{36}$/),
      'x-time': '1795633156980',
    })
    expect(scheme.sign?.(body)['x-id']).not.toBe(made['x-id'])
    const timeOf = (as: 'unix' | 'unix-seconds' | 'rfc3339') =>
      schemeOf({ signs: [{ header: 'x-time', as }] }).sign?.(body, { at })['x-time']
    expect([timeOf('unix'), timeOf('unix-seconds'), timeOf('rfc3339')]).toEqual([
      '1795633156',
      '1795633156',
      '2026-11-25T18:59:16.980Z',
    ])
    expect(Number(scheme.sign?.(body)['x-time'])).toBeCloseTo(Date.now(), -5)
  })

  it.each([
    ['x-id', { ...given, 'x-id': 'a b' }],
    ['x-time', { ...given, 'x-time': '1765380600' }],
  ])('that cannot be signed are refused with the name of the first: %s', (name, headers) => {
    expect(() => scheme.sign?.(body, { headers })).toThrow(
      new TypeError(`To sign, give '${name}' in its grammar`),
    )
  })

  it.each(['token', 'text'] as const)('that are a %s must be given', (as) => {
    const token = schemeOf({ signs: [{ header: 'x-token', as }] })
    expect(() => token.sign?.(body)).toThrow(new TypeError("To sign, give 'x-token' in its grammar"))
    expect(token.sign?.(body, { headers: { 'x-token': 'a' } })).toMatchObject({ 'x-token': 'a' })
  })

  it('may be optional: then they drop out with what stands around them, and are not made', () => {
    const optional = [
      { header: 'x-id', as: 'id', optional: true, before: 'id:', after: ';' },
      { raw: 'body' },
    ] as const
    expect(verify(optional, '{}')).toEqual(proven)
    expect(verify(optional, 'id:a;{}', { headers: { 'x-id': 'a' } })).toEqual(proven)
    expect(verify(optional, 'id:;{}')).toEqual(mismatch)
    expect(verify(optional, '{}', { headers: { 'x-id': 'a b' } })).toEqual({
      code: 'header-malformed',
      header: 'x-id',
    })
    const twice = fromRawHeaders(['x-id', 'a', 'x-id', 'a', header, macOf('id:a;{}')])
    const repeated = { code: 'header-repeated', header: 'x-id' }
    expect(schemeOf({ signs: optional }).verify({ ...request({}), headers: twice })).toEqual(repeated)
    expect(schemeOf({ signs: optional }).check(twice)).toEqual(repeated)
    expect(schemeOf({ signs: optional }).sign?.(body)).toEqual({ [header]: macOf('{}') })
    expect(schemeOf({ signs: optional }).sign?.(body, { headers: { 'x-id': 'a' } })).toEqual({
      'x-id': 'a',
      [header]: macOf('id:a;{}'),
    })
  })
})

describe('signed parts', () => {
  const options = { raw: 'body' } as const

  it('are the body itself, not a copy, where it is signed alone', () => {
    const values = new RequestValues(request({}))
    expect(createSignedContent({}).read(values)).toEqual({ bytes: body })
    expect((createSignedContent({}).read(values) as { bytes: Uint8Array }).bytes).toBe(values.request.body)
  })

  it('may stand before and after the body, whose bytes are no text', () => {
    const bytes = Buffer.from([0xff, 0x00, 0x80])
    const text = Buffer.concat([Buffer.from('a:'), bytes, Buffer.from(':z')])
    expect(verify([{ text: 'a:' }, options, { text: ':z' }], text, { body: bytes })).toEqual(proven)
    expect(verify([{ text: 'A:', lower: true }, options], Buffer.from('a:{}'))).toEqual(proven)
  })

  it('may be parameters of the query: decoded, once each, in their grammar', () => {
    const parts = [{ query: 'data.id', as: 'id', lower: true, before: 'id:', after: ';' }] as const
    expect(verify(parts, 'id:ab1;', { url: '/w?data.id=AB1&x=2' })).toEqual(proven)
    expect(verify(parts, 'id:ab1;', { url: '/w?data.id=%41B1#data.id=2' })).toEqual(proven)
    for (const url of ['/w', '/w?data.id=', '/w?data.id=ab1&data.id=ab1', '/w?data.id=a%20b'])
      expect(verify(parts, 'id:ab1;', { url }), url).not.toEqual(proven)
    const optional = [{ ...parts[0], optional: true }, options] as const
    expect(verify(optional, '{}', { url: '/w' })).toEqual(proven)
    expect(verify(optional, '{}', { url: '/w?data.id=' })).toEqual(malformed)
    expect(verify(optional, '{}', { url: '/w?data.id=1&data.id=1' })).toEqual(malformed)
  })

  it('may be fields of a JSON body, in their grammar where they have one', () => {
    const parts = [
      { text: 'Type\n' },
      { body: 'Type', after: '\n' },
      { body: 'Subject', optional: true, before: 'Subject\n', after: '\n' },
      { body: 'n', as: 'id' },
    ] as const
    const of = (payload: unknown, text: string) => verify(parts, text, { body: JSON.stringify(payload) })
    expect(of({ Type: 'a', n: 7 }, 'Type\na\n7')).toEqual(proven)
    expect(of({ Type: 'a', Subject: 'b\nc', n: 'x' }, 'Type\na\nSubject\nb\nc\nx')).toEqual(proven)
    for (const payload of [{ n: 7 }, { Type: {}, n: 7 }, { Type: 'a', n: 'x y' }, 'no object', [1]])
      expect(of(payload, 'Type\na\n7'), JSON.stringify(payload)).toEqual(malformed)
    expect(verify(parts, 'Type\na\n7', { body: 'no JSON' })).toEqual(malformed)
  })

  it('may be the public address with the query that came, and a form, sorted', () => {
    const parts = [{ publicUrl: 'https://app.example.cl/t' }, { raw: 'sorted-form' }] as const
    const form = 'b=2&a=1&b=1&a=1&c=%C3%A1+b&d'
    expect(verify(parts, 'https://app.example.cl/ta1b1b2cá bd', { body: form, url: '/other' })).toEqual(
      proven,
    )
    expect(verify(parts, 'https://app.example.cl/t?x=1a1', { body: 'a=1', url: '/t?x=1#y' })).toEqual(proven)
    expect(verify(parts, 'https://app.example.cl/ta1', { body: 'a=1', url: '/t?x=1' })).toEqual(mismatch)
  })

  it('may be the CRC-32 of the body, in decimal digits', () => {
    // The check value of CRC-32/ISO-HDLC.
    expect(verify([{ raw: 'body-crc32' }], '3421780262', { body: '123456789' })).toEqual(proven)
    expect(verify([{ raw: 'body-crc32' }], '0', { body: '' })).toEqual(proven)
  })

  it('may be fields of the header that carries the signature, which are written with it', () => {
    const scheme = schemeOf({
      prefix: 'v1=',
      separator: ',',
      signs: [{ field: 't', as: 'unix-seconds' }, { text: '.' }, options],
    })
    const sent = scheme.sign?.(body, { at }) ?? {}
    expect(sent).toEqual({ [header]: `t=1795633156,v1=${macOf('1795633156.{}')}` })
    expect(scheme.verify(request({ headers: sent }))).toEqual(proven)
    expect(scheme.fields?.(request({ headers: sent }), 't')).toEqual(['1795633156'])
    expect(scheme.fields?.(request({ headers: sent }), 'u')).toEqual([])
    const signature = `v1=${macOf('1795633156.{}')}`
    const other = (value: string) => scheme.verify(request({ headers: { [header]: value } }))
    expect(other(`${signature},t=1795633156,v0=abc`)).toEqual(proven)
    for (const value of [
      signature,
      `t=,${signature}`,
      `t=1795633156,t=1795633156,${signature}`,
      `t=1e9,${signature}`,
    ])
      expect(other(value), value).not.toEqual(proven)
    expect(other(signature)).toEqual(malformed)
  })

  it('that do not hold the body are told, so that two requests of one signature are known', () => {
    const scheme = schemeOf({ signs: [{ query: 'id', as: 'id' }] })
    const of = (url: string, bytes: string) => scheme.signedBytes?.(request({ url, body: bytes }))
    expect(of('/?id=a', '{}')).toEqual(Buffer.from('a'))
    expect(of('/?id=a&x=1', '[]')).toEqual(Buffer.from('a'))
    expect(() => of('/', '{}')).toThrow('signedBytes() was asked of a request that is not proven')
    expect(schemeOf({}).signedBytes).toBeUndefined()
  })

  it('of the query and the body must be there to sign', () => {
    const scheme = schemeOf({ signs: [{ query: 'id', as: 'id' }] })
    expect(scheme.sign?.(body, { url: '/?id=a' })).toEqual({ [header]: macOf('a') })
    expect(() => scheme.sign?.(body)).toThrow('To sign, give every signed value of the query and the body')
  })

  it('are a copy of what was given', () => {
    const parts = [{ header: 'X-Id', as: 'id' as const }, options]
    const scheme = schemeOf({ signs: parts })
    Object.assign(parts[0] as object, { header: 'x-other' })
    expect(scheme.headers).toEqual([header, 'x-id'])
    expect(scheme.check(request({ headers: { [header]: macOf(''), 'x-id': 'a' } }).headers)).toBeUndefined()
  })
})
