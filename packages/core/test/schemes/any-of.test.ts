import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { apiKey, ed25519, fromRawHeaders, hmac, type Scheme, type Schemes } from '../../src/index.ts'
import { anyOf } from '../../src/schemes/any-of.ts'
import { manualClock } from '../support/clock.ts'
import { schemeOf } from '../support/schemes.ts'

const secret = 'a-secret-of-more-than-sixteen-bytes'
const other = 'another-secret-of-sixteen-bytes-or-more'
const body = Buffer.from('{}')
const keys = generateKeyPairSync('ed25519')
const proven = { keyId: 'default' }
const malformed = { code: 'header-malformed', header: 'webhook-signature' }
const mismatch = { code: 'signature-mismatch' }

const place = { header: 'webhook-signature', separator: ' ' } as const
const v1 = hmac({ ...place, prefix: 'v1,', encoding: 'base64', secret })
const v1a = ed25519({ ...place, prefix: 'v1a,', privateKey: keys.privateKey })
const both = anyOf([v1, v1a])

const request = (
  headers: Readonly<Record<string, string>>,
  changes: { url?: string; body?: Uint8Array } = {},
) => ({
  method: 'POST',
  url: '/',
  headers: fromRawHeaders(Object.entries(headers).flat()),
  body,
  ...changes,
})
const signatureOf = (scheme: Scheme) => scheme.sign?.(body)['webhook-signature'] as string
const answering = (verdict: unknown) => schemeOf({ verify: () => verdict })
const failing = schemeOf({
  verify: () => {
    throw new Error('mistake')
  },
})
const verdictOf = (...schemes: Scheme[]): Schemes.Verdict => anyOf(schemes).verify(request({}))

describe('anyOf', () => {
  it('is proven by any of its schemes, the first that holds', () => {
    for (const scheme of [v1, v1a])
      expect(both.verify(request({ 'webhook-signature': signatureOf(scheme) }))).toEqual(proven)
    expect(both.verify(request({ 'webhook-signature': `${signatureOf(v1)} ${signatureOf(v1a)}` }))).toEqual(
      proven,
    )
    expect(verdictOf(answering({ keyId: 'a' }), answering({ keyId: 'b' }))).toEqual({ keyId: 'a' })
    expect(verdictOf(answering(mismatch), answering({ keyId: 'b', tenant: 't' }))).toEqual({
      keyId: 'b',
      tenant: 't',
    })
    for (const first of [failing, answering(undefined), answering('yes'), answering({ ok: true })])
      expect(verdictOf(first, answering({ keyId: 'b' }))).toEqual({ keyId: 'b' })
  })

  it('refuses what none proves, and says what tells most', () => {
    expect(
      both.verify(request({ 'webhook-signature': signatureOf(v1).replace(/.=$/, 'A=') })),
    ).toHaveProperty('code')
    expect(both.verify(request({ 'webhook-signature': `v1,${'A'.repeat(43)}=` }))).toEqual(mismatch)
    expect(both.verify(request({ 'webhook-signature': `v1a,${'A'.repeat(86)}==` }))).toEqual(mismatch)
    expect(both.verify(request({ 'webhook-signature': 'x' }))).toEqual(malformed)
    expect(both.verify(request({}))).toEqual({ code: 'header-missing', header: 'webhook-signature' })
  })

  const codes = [
    'header-missing',
    'header-malformed',
    'header-repeated',
    'header-mismatch',
    'value-malformed',
    'key-unknown',
    'signature-mismatch',
  ] as const
  it('orders refusals by what they tell, whichever comes first', () => {
    for (const [at, code] of codes.entries())
      for (const less of codes.slice(0, at)) {
        expect(verdictOf(answering({ code }), answering({ code: less }))).toEqual({ code })
        expect(verdictOf(answering({ code: less }), answering({ code }))).toEqual({ code })
      }
  })

  it('hides no failure of one behind the refusal of another', () => {
    const away = { code: 'keys-failed', error: new Error('away') }
    const broken = { code: 'scheme-failed', error: new Error('broken') }
    for (const code of codes) {
      expect(verdictOf(answering(away), answering({ code }))).toBe(away)
      expect(verdictOf(answering({ code }), answering(away))).toBe(away)
    }
    expect(verdictOf(answering(away), answering(broken))).toBe(broken)
    expect(verdictOf(answering(mismatch), failing)).toEqual({
      code: 'scheme-failed',
      error: new Error('mistake'),
    })
    for (const wrong of [undefined, true, { ok: true }, { code: 'inbox-full' }])
      expect(verdictOf(answering(broken), answering(wrong))).toBe(wrong)
  })

  it('never throws, whatever a scheme answers', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const getter = Object.defineProperty({}, 'keyId', {
      get: () => {
        throw null
      },
    })
    for (const answer of [proxy, getter, null, 7, Symbol('x')])
      expect(() => verdictOf(answering(answer), answering(mismatch))).not.toThrow()
    expect(verdictOf(answering(getter), answering(mismatch))).toEqual({ code: 'scheme-failed', error: null })
  })

  it('passes the first step where any of its schemes does', () => {
    const check = (headers: Readonly<Record<string, string>>) => both.check(request(headers).headers)
    expect(check({ 'webhook-signature': signatureOf(v1a) })).toBeUndefined()
    expect(check({ 'webhook-signature': 'x' })).toEqual(malformed)
    expect(check({})).toEqual({ code: 'header-missing', header: 'webhook-signature' })
    const two = anyOf([hmac({ header: 'a', secret }), hmac({ header: 'b', secret })])
    expect(two.check(request({ b: 'x' }).headers)).toEqual({ code: 'header-malformed', header: 'b' })
    expect(two.check(request({ a: 'x' }).headers)).toEqual({ code: 'header-malformed', header: 'a' })
  })

  it('leaves it to verify to tell of a scheme whose first step fails', () => {
    const refusing = schemeOf({ check: () => ({ code: 'header-missing', header: 'x' }) })
    for (const check of [
      () => {
        throw new Error('mistake')
      },
      () => 'no',
      () => ({ code: 'inbox-full' }),
    ])
      expect(anyOf([refusing, schemeOf({ check })]).check(fromRawHeaders([]))).toBeUndefined()
  })

  it('reads the headers of all, has the marks of all, and signs with the first that can', () => {
    const one = hmac({ header: 'a', secret: (_) => secret })
    const two = hmac({ header: 'b', secret })
    const scheme = anyOf([
      one,
      two,
      schemeOf({ signs: two.signs, headers: undefined }),
      hmac({ header: 'b', secret: other }),
    ])
    expect(scheme.name).toBe('anyOf')
    expect(scheme.headers).toEqual(['a', 'b'])
    expect(scheme.keyMarks?.()).toHaveLength(2)
    expect(scheme.sign?.(body)).toEqual(two.sign?.(body))
    expect(anyOf([one, one]).sign).toBeUndefined()
    const own = schemeOf({
      sign() {
        return { name: (this as Scheme).name }
      },
    })
    expect(anyOf([own, own]).sign?.(body)).toEqual({ name: 'by-hand' })
  })

  it('makes the MAC of a handshake by the first that has the key', () => {
    const scheme = anyOf([
      v1a,
      hmac({ header: 'a', secret: { a: secret } }),
      hmac({ header: 'b', secret: { b: other } }),
    ])
    const macOf = (key: string) => createHmac('sha256', key).update('x').digest('hex')
    expect(scheme.mac?.('x', 'a')).toBe(macOf(secret))
    expect(scheme.mac?.('x', 'b')).toBe(macOf(other))
    expect(scheme.mac?.('x', 'c')).toBeUndefined()
    expect(anyOf([v1a, v1a]).mac).toBeUndefined()
  })

  it('gives the diagnosis of the scheme that tells most, and nothing twice', () => {
    const found = (value: string) => both.diagnose(request({ 'webhook-signature': value }))
    expect(found(`v1,${'A'.repeat(43)}=`)).toEqual([
      { kind: 'unexplained', detail: 'It was signed with another key, or over another body' },
    ])
    expect(both.diagnose(request({}))).toEqual([{ kind: 'header-missing', header: 'webhook-signature' }])
    const two = anyOf([hmac({ header: 'a', secret }), hmac({ header: 'b', secret })])
    expect(two.diagnose(request({}))).toEqual([
      { kind: 'header-missing', header: 'a' },
      { kind: 'header-missing', header: 'b' },
    ])
  })
})

describe('what anyOf signs', () => {
  const id = { header: 'X-Id', as: 'id' } as const
  const raw = { raw: 'body' } as const

  it('is what all of its schemes do', () => {
    const one = hmac({ header: 'a', secret, signs: [id, { text: '.' }, raw] })
    const two = hmac({
      header: 'b',
      secret,
      signs: [raw, { text: '.' }, { as: 'id', header: 'x-id' }, { query: 'k', as: 'id' }],
    })
    expect(anyOf([one, two]).signs).toEqual([{ header: 'x-id', as: 'id' }, { text: '.' }, raw])
    expect(anyOf([one, v1]).signs).toEqual([raw])
    expect(anyOf([schemeOf({ signs: [id, raw] }), one]).signs).toEqual([id, raw])
    const keyed = [apiKey({ key: secret }), apiKey({ key: other, header: 'x' })]
    expect(anyOf(keyed).signs).toEqual([])
    expect(anyOf(keyed).signedBytes).toBeUndefined()
  })

  it('must be something, where any of them signs anything', () => {
    const nothing =
      'The schemes of anyOf sign nothing in common: what one signs would not be proven by the other. Give each an endpoint of its own'
    const ids = hmac({ header: 'a', secret, signs: [id, { text: '.' }] })
    for (const schemes of [
      [v1, apiKey({ key: secret })],
      [apiKey({ key: secret }), v1],
      [ids, hmac({ header: 'b', secret, signs: [{ text: '.' }, raw] })],
    ])
      expect(() => anyOf(schemes)).toThrow(new TypeError(nothing))
  })

  it('is told as bytes by the scheme that proves, where it is not the body', () => {
    const one = hmac({ header: 'a', secret, signs: [id] })
    const two = hmac({ header: 'b', secret, signs: [id, { query: 'k', as: 'id' }] })
    const three = hmac({ header: 'c', secret, signs: [id, raw] })
    const scheme = anyOf([one, two, three])
    const sent = (each: Scheme) => {
      const headers = each.sign?.(body, { headers: { 'x-id': 'i' }, url: '/?k=q' }) ?? {}
      return request(headers, { url: '/?k=q' })
    }
    expect(scheme.signedBytes?.(sent(one))).toEqual(Buffer.from('i'))
    expect(scheme.signedBytes?.(sent(two))).toEqual(Buffer.from('iq'))
    expect(scheme.signedBytes?.(sent(three))).toEqual(body)
    expect(() => scheme.signedBytes?.(request({}))).toThrow(
      'signedBytes() was asked of a request that is not proven',
    )
    expect(anyOf([three, v1]).signedBytes).toBeUndefined()
  })

  it('has the fields of the scheme that proves, not those of another header', () => {
    const of = (header: string) =>
      hmac({ header, secret, separator: ',', prefix: 'v1=', signs: [{ field: 't', as: 'unix' }, raw] })
    const scheme = anyOf([
      of('a'),
      of('b'),
      hmac({ header: 'c', secret }),
      schemeOf({ verify: () => mismatch }),
    ])
    const at = new Date('2026-11-25T18:59:16Z')
    const sent = of('b').sign?.(body, { at }) ?? {}
    expect(scheme.fields?.(request({ ...sent, a: 't=1,v1=x' }), 't')).toEqual(['1795633156'])
    expect(scheme.fields?.(request({ a: 't=1,v1=x' }), 't')).toEqual([])
    expect(anyOf([schemeOf(), schemeOf()]).fields?.(request({}), 't')).toEqual([])
  })
})

describe('the keys of anyOf', () => {
  const bounds = { timeoutMs: 1_000, clock: manualClock() }

  it('are fetched for those of its schemes that may hold, and no failure hides another proof', async () => {
    const asked: string[] = []
    const fetching = (name: string, answer: unknown, check: () => unknown = () => undefined) =>
      schemeOf({
        check,
        prepare: () => {
          asked.push(name)
          return answer
        },
      })
    const scheme = anyOf([
      fetching('refused', Promise.resolve(), () => ({ code: 'header-missing', header: 'x' })),
      fetching('at hand', undefined),
      fetching('away', Promise.resolve({ code: 'keys-failed', error: 1 })),
      fetching('broken', Promise.reject(new Error('mistake'))),
      schemeOf(),
    ])
    expect(await scheme.prepare?.(request({}), bounds)).toBeUndefined()
    expect(asked).toEqual(['at hand', 'away', 'broken'])
    expect(anyOf([fetching('a', undefined), schemeOf()]).prepare?.(request({}), bounds)).toBeUndefined()
    expect(both.prepare).toBeUndefined()
  })
})

describe('anyOf does not construct', () => {
  it.each<[string, unknown]>([
    ['no list', v1],
    ['nothing', undefined],
    ['one scheme', [v1]],
    ['eleven schemes', Array(11).fill(v1)],
  ])('with %s', (_, given) => {
    expect(() => anyOf(given as never)).toThrow(
      new TypeError('anyOf takes a list of 2 to 10 schemes, such as anyOf([hmac({ … }), ed25519({ … })])'),
    )
  })

  it.each<[string, unknown, string]>([
    ['text', 'hmac', 'string'],
    ['null', null, 'null'],
    ['options', { header: 'x', secret }, 'object'],
    ['a scheme without verify', schemeOf({ verify: undefined }), 'object'],
    ['a scheme that does not say what it signs', schemeOf({ signs: undefined }), 'object'],
  ])('with %s for a scheme', (_, given, found) => {
    expect(() => anyOf([v1, given] as never)).toThrow(
      new TypeError(`anyOf takes schemes, as hmac() makes them, not ${found}`),
    )
  })

  it('and keeps its own list', () => {
    const list = [v1, v1a]
    const scheme = anyOf(list)
    list.length = 0
    expect(scheme.verify(request({ 'webhook-signature': signatureOf(v1a) }))).toEqual(proven)
    expect(() => anyOf(Array(10).fill(v1))).not.toThrow()
  })
})
