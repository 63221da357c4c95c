import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { apiKey, fromRawHeaders, hmac, rsa } from '../../src/index.ts'
import type { HmacOptions } from '../../src/provider-kit.ts'

const header = 'x-signature'
const secret = 'a-secret-of-more-than-sixteen-bytes'
const body = Buffer.from('{}')
const right = createHmac('sha256', secret).update(body).digest('hex')
const malformed = { code: 'header-malformed', header }
const proven = { keyId: 'default' }

const request = (value: string) => ({
  method: 'POST',
  url: '/',
  headers: fromRawHeaders(['X-Signature', value]),
  body,
})
const verify = (value: string, changes: Partial<HmacOptions> = {}) =>
  hmac({ header, secret, ...changes }).verify(request(value))

describe("a signature's header", () => {
  it('takes the prefix that is stated, and no other text of its length', () => {
    const prefix = 'sha256='
    expect(verify(`sha256=${right}`, { prefix })).toEqual(proven)
    for (const other of ['sha256:', 'SHA256=', 'sha512=', 'xxxxxxx', ''])
      expect(verify(other + right, { prefix }), other).toEqual(malformed)
  })

  it.each(['v1a,xyz=', 'v0,abc', 'v2=a+b/c_d-e='])(
    'passes over a signature of another version: %s',
    (other) => {
      const several = { prefix: 'v1,', separator: ' ' } as const
      expect(verify(`${other} v1,${right}`, several)).toEqual(proven)
      expect(verify(other, several)).toEqual(malformed)
    },
  )

  it.each(['nonsense', 'v1a;xyz', ',abc', 'v0,', 'v0,a b', '"v0,abc"', 'v0,abc!'])(
    'is refused as a whole for an entry that is of no version: %s',
    (other) => {
      const several = { prefix: 'v1|', separator: ' ' } as const
      expect(verify(`v1|${right}`, several)).toEqual(proven)
      expect(verify(`${other} v1|${right}`, several)).toEqual(malformed)
    },
  )

  it('may have 4 096 characters, and no more', () => {
    const several = { prefix: 'v1,', separator: ' ' } as const
    const padding = (length: number) => `v1,${right} v0,`.padEnd(length, 'a')
    expect(verify(padding(4_096), several)).toEqual(proven)
    expect(verify(padding(4_097), several)).toEqual(malformed)
    const key = apiKey({ key: secret, header })
    expect(key.verify(request('a'.repeat(4_096)))).toEqual({ code: 'signature-mismatch' })
    expect(key.verify(request('a'.repeat(4_097)))).toEqual(malformed)
  })

  it('takes a signature in any of the encodings that are stated, and signs in the first', () => {
    const scheme = hmac({ header, secret, encoding: ['base64', 'hex'] })
    const base64 = Buffer.from(right, 'hex').toString('base64')
    for (const value of [right, base64]) expect(scheme.verify(request(value))).toEqual(proven)
    expect(scheme.sign?.(body)).toEqual({ [header]: base64 })
    expect(scheme.verify(request(right.slice(2)))).toEqual(malformed)
  })

  it('of RSA takes signatures of 2048 to 8192 bits', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const of = (bytes: number) =>
      rsa({ header, publicKey }).verify(request(Buffer.alloc(bytes, 1).toString('base64')))
    for (const bytes of [255, 1_025]) expect(of(bytes), `${bytes}`).toEqual(malformed)
    for (const bytes of [256, 512, 1_024])
      expect(of(bytes), `${bytes}`).toEqual({ code: 'signature-mismatch' })
  })
})

describe('signatures in headers that are numbered', () => {
  const wrong = '0'.repeat(64)
  const scheme = hmac({ numberedHeader: 'X-Signature-', secret })
  const of = (...raw: string[]) => scheme.verify({ ...request(''), headers: fromRawHeaders(raw) })

  it('are tried from 1 to 10, whichever of them are there', () => {
    expect(scheme.headers).toHaveLength(10)
    expect(scheme.headers).toEqual(expect.arrayContaining(['x-signature-1', 'x-signature-10']))
    for (const n of [1, 2, 10]) expect(of(`X-Signature-${n}`, right)).toEqual(proven)
    expect(of('X-Signature-1', wrong, 'X-Signature-3', right)).toEqual(proven)
    expect(of('X-Signature-1', '', 'X-Signature-2', right)).toEqual(proven)
    for (const n of ['0', '11', '01', ''])
      expect(of(`X-Signature-${n}`, right), n).toEqual({ code: 'header-missing', header: 'x-signature-1' })
    expect(of('X-Signature-2', wrong)).toEqual({ code: 'signature-mismatch' })
    expect(scheme.sign?.(body)).toEqual({ 'x-signature-1': right })
  })

  it('stand once each, and are signatures', () => {
    expect(of('X-Signature-1', right, 'X-Signature-2', right, 'X-Signature-2', right)).toEqual({
      code: 'header-repeated',
      header: 'x-signature-2',
    })
    expect(of('X-Signature-1', right, 'X-Signature-2', 'x')).toEqual({
      code: 'header-malformed',
      header: 'x-signature-1',
    })
  })

  it('are ten at most, where each header may carry several', () => {
    const several = hmac({ numberedHeader: 'X-Signature-', separator: ' ', secret })
    const verifySeveral = (second: number) => {
      const list = (length: number) => [...Array(length - 1).fill(wrong), right].join(' ')
      const headers = fromRawHeaders(['X-Signature-1', list(5), 'X-Signature-2', list(second)])
      return several.verify({ ...request(''), headers })
    }
    expect(verifySeveral(5)).toEqual(proven)
    expect(verifySeveral(6)).toEqual({ code: 'header-malformed', header: 'x-signature-1' })
  })
})

describe('a signature in a field of the body', () => {
  const scheme = hmac({ bodyField: 'sign', secret, signs: [{ body: 'a' }] })
  const mac = createHmac('sha256', secret).update('1').digest('hex')
  const of = (payload: unknown) =>
    scheme.verify({
      ...request(''),
      body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    })

  it('is read once the body is there, and cannot be written', () => {
    expect(scheme.headers).toEqual([])
    expect(scheme.check(fromRawHeaders([]))).toBeUndefined()
    expect(of({ a: 1, sign: mac })).toEqual(proven)
    expect(of({ a: 2, sign: mac })).toEqual({ code: 'signature-mismatch' })
    expect(scheme.sign).toBeUndefined()
    for (const payload of [
      { a: 1 },
      { a: 1, sign: 7 },
      { a: 1, sign: [mac] },
      { a: 1, sign: 'x' },
      'no JSON',
    ])
      expect(of(payload), JSON.stringify(payload)).toEqual({ code: 'value-malformed' })
  })
})
