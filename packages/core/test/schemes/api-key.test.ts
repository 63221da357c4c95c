import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { apiKey, fromRawHeaders } from '../../src/index.ts'

const header = 'X-Signature'
const secret = 'a-secret-of-more-than-sixteen-bytes'
const body = Buffer.from('{}')
const proven = { keyId: 'default' }
const malformed = { code: 'header-malformed', header: 'x-signature' }

function request(value?: string, url = '/') {
  const raw = value === undefined ? [] : ['x-signature', value]
  return { method: 'POST', url, headers: fromRawHeaders(raw), body }
}

describe('apiKey', () => {
  it.each([
    ['either', secret, true],
    ['either', `Bearer ${secret}`, true],
    ['either', `bearer ${secret}`, true],
    ['either', `BEARER ${secret}`, true],
    ['either', `Basic ${secret}`, false],
    ['either', `Bearer  ${secret}`, false],
    ['either', `Bearer${secret}`, false],
    ['either', 'Bearer ', false],
    ['either', secret.replace('a', '\u0161'), false],
    ['raw', secret, true],
    ['raw', `Bearer ${secret}`, false],
    ['bearer', `Bearer ${secret}`, true],
    ['bearer', secret, false],
  ] as const)('as %s takes %o: %o', (format, value, taken) => {
    const verdict = apiKey({ key: secret, header, format }).verify(request(value))
    expect('keyId' in verdict).toBe(taken)
  })

  it('stands in Authorization unless another header is given, and is sent as it is taken', () => {
    expect(apiKey({ key: secret }).sign?.(body)).toEqual({ authorization: secret })
    expect(apiKey({ key: secret, header, format: 'bearer' }).sign?.(body)).toEqual({
      'x-signature': `Bearer ${secret}`,
    })
    expect(apiKey({ key: [secret] }).sign).toBeUndefined()
  })

  it('tells which key matched, and refuses a value that is too long to be one', () => {
    const scheme = apiKey({ key: { old: `${secret}-1`, new: secret }, header })
    expect(scheme.verify(request(secret))).toEqual({ keyId: 'new' })
    expect(scheme.verify(request('a'.repeat(4_097)))).toEqual(malformed)
    expect(scheme.check(request('').headers)).toEqual({ code: 'header-missing', header: 'x-signature' })
    expect(scheme.check(request(secret).headers)).toBeUndefined()
  })

  it('says why it is refused', () => {
    const scheme = apiKey({ key: secret, header })
    expect(scheme.diagnose(request())).toEqual([{ kind: 'header-missing', header: 'x-signature' }])
    expect(scheme.diagnose(request('x'))).toEqual([{ kind: 'unexplained', detail: 'It carries another key' }])
    const inQuery = apiKey({ key: secret, query: 'k' })
    const missing = [{ kind: 'value-malformed', place: 'query', name: 'k' }]
    expect(inQuery.diagnose(request())).toEqual(missing)
    expect(inQuery.diagnose(request(undefined, '/?k=1&k=2'))).toEqual(missing)
  })

  it('has the key of a tenant, or says why it has none', () => {
    const scheme = apiKey({ key: ({ url }) => (url === '/a' ? { a: secret } : undefined), header })
    expect(scheme.verify(request(secret, '/a'))).toMatchObject({ keyId: 'a', tenant: 'a' })
    expect(scheme.verify(request(secret, '/b'))).toEqual({ code: 'key-unknown' })
  })

  it('does not construct with options that cannot be used', () => {
    expect(() => apiKey({ key: secret, format: 'digest' as never })).toThrow(
      "'raw', 'bearer', 'either' or 'basic'",
    )
    expect(() => apiKey({ key: secret, header: 'a b' })).toThrow('apiKey header')
    expect(() => apiKey({ secret } as never)).toThrow("no option 'secret'")
  })
})

describe('apiKey as user and password', () => {
  const key = 'mailjet:contraseña-de-más!'
  const scheme = apiKey({ key, header, format: 'basic' })
  const encode = (text: string | Buffer) => Buffer.from(text).toString('base64')

  it('is compared as the bytes that the base64 stands for', () => {
    for (const name of ['Basic', 'basic', 'BASIC'])
      expect(scheme.verify(request(`${name} ${encode(key)}`))).toEqual(proven)
    expect(scheme.sign?.(body)).toEqual({ 'x-signature': `Basic ${encode(key)}` })
    expect(
      apiKey({ key: Buffer.from(key), header, format: 'basic' }).verify(request(`Basic ${encode(key)}`)),
    ).toEqual(proven)
  })

  it.each([
    ['another password', encode('mailjet:another')],
    ['its bytes in latin1', encode(Buffer.from(key, 'latin1'))],
    ['a longer one', encode(`${key}x`)],
    ['no colon', encode(key.replace(':', ''))],
  ])('is refused for %s', (_, credentials) => {
    expect(scheme.verify(request(`Basic ${credentials}`))).toEqual({ code: 'signature-mismatch' })
  })

  it.each([
    key,
    encode(key),
    `Bearer ${encode(key)}`,
    `Basic  ${encode(key)}`,
    `Basic ${encode(key)}=`,
    `Basic ${encode(key)} `,
    `Basic ${encode(key).replace('=', '')}`,
    'Basic ',
    'Basic',
  ])('has one spelling: not %o', (value) => {
    expect(scheme.verify(request(value))).toEqual(malformed)
    expect(scheme.check(request(value).headers)).toEqual(malformed)
  })
})

describe('apiKey in the query', () => {
  const key = 'a+key/of&more=than sixteen-bytes-ñ'
  const encoded = encodeURIComponent(key)
  const alone = apiKey({ key, query: 'k' })
  const either = apiKey({ key, query: 'k', header, format: 'raw' })
  const wire = Buffer.from(key).toString('latin1')
  const malformedValue = { code: 'value-malformed' }

  it('stands there once, percent-encoded, and no header is looked at', () => {
    expect(alone.check(request('anything').headers)).toBeUndefined()
    for (const url of [`/w?k=${encoded}`, `/w?a=1&k=${encoded}&b`, `https://a.cl/w?k=${encoded}#k=2`])
      expect(alone.verify(request('anything', url)), url).toEqual(proven)
    for (const url of [
      '/w',
      '/w?k',
      '/w?k=',
      `/w?K=${encoded}`,
      `/w?k=${encoded}&k=${encoded}`,
      `/w?k=${'a'.repeat(4_097)}`,
    ])
      expect(alone.verify(request(wire, url)), url).toEqual(malformedValue)
    for (const url of [`/w?k=${encoded}a`, `/w?k=${key}`, '/w?k=%FF%FE'])
      expect(alone.verify(request(wire, url)), url).toEqual({ code: 'signature-mismatch' })
  })

  it('or in a header, where both are stated: what stands in both must be right in both', () => {
    const good = `/w?k=${encoded}`
    expect(either.check(request().headers)).toBeUndefined()
    expect(either.check(fromRawHeaders([header, wire, header, wire]))).toMatchObject({
      code: 'header-repeated',
    })
    expect(either.verify(request(undefined, good))).toEqual(proven)
    expect(either.verify(request(wire, '/w'))).toEqual(proven)
    expect(either.verify(request(wire, good))).toEqual(proven)
    for (const [value, url] of [
      [wire, '/w?k=another'],
      ['another', good],
    ] as const)
      expect(either.verify(request(value, url))).toEqual({ code: 'signature-mismatch' })
    expect(either.verify(request(wire, '/w?k='))).toEqual(malformedValue)
    expect(either.verify(request(undefined, '/w'))).toEqual({ code: 'header-missing', header: 'x-signature' })
    expect(either.verify(request('š', good))).toEqual(malformed)
  })

  it('and in a header is one key of several, not one here and one there', () => {
    const other = 'another-key-of-more-than-sixteen'
    const two = apiKey({ key: { a: key, b: other }, query: 'k', header, format: 'raw' })
    expect(two.verify(request(other, `/w?k=${other}`))).toEqual({ keyId: 'b' })
    expect(two.verify(request(other, `/w?k=${encoded}`))).toEqual({ code: 'signature-mismatch' })
  })

  it('is sent by the address, which must have it', () => {
    expect(alone.sign?.(body, { url: `https://a.cl/w?k=${encoded}` })).toEqual({})
    expect(either.sign?.(body)).toEqual({ 'x-signature': wire })
    for (const sent of [
      undefined,
      {},
      { url: '/w' },
      { url: '/w?k=x' },
      { url: `/w?k=${encoded}&k=${encoded}` },
    ]) {
      const sign = () => alone.sign?.(body, sent)
      expect(sign).toThrow(
        new TypeError("To sign, give a url whose parameter 'k' is the key, percent-encoded"),
      )
    }
  })

  it('is nowhere to be seen in a verdict or a finding', () => {
    const verdicts = ['/w', `/w?k=${encoded}`, `/w?k=${encoded}&k=${encoded}`, `/w?k=${encoded}x`].flatMap(
      (url) => [alone.verify(request(undefined, url)), alone.diagnose(request(undefined, url))],
    )
    const printed = inspect([verdicts, alone], { depth: 20, showHidden: true })
    for (const text of [key, encoded, wire]) expect(printed).not.toContain(text)
  })
})
