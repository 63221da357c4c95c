import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { apiKey, fromRawHeaders, type HmacOptions, hmac, rsa } from '../../src/index.ts'

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
