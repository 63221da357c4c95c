import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Finding, fromRawHeaders } from '../../src/index.ts'
import { type EcdsaOptions, ecdsa } from '../../src/schemes/ecdsa.ts'

const header = 'x-signature'
const body = Buffer.from('{"event":"delivered"}')
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const proven = { keyId: 'default' }
const malformed = { code: 'header-malformed', header }

const request = (value: string, bytes: Uint8Array = body) => ({
  method: 'POST',
  url: '/',
  headers: fromRawHeaders([header, value]),
  body: bytes,
})
const receiver = (options: Partial<EcdsaOptions> = {}) => ecdsa({ header, publicKey, ...options })
const sender = (options: Partial<EcdsaOptions> = {}) => ecdsa({ header, privateKey, ...options })
const signed = (options: Partial<EcdsaOptions> = {}) => sender(options).sign?.(body)[header] as string

describe('ecdsa', () => {
  for (const format of ['der', 'p1363'] as const)
    for (const hash of ['sha256', 'sha512'] as const)
      for (const encoding of ['base64', 'hex'] as const)
        it(`verifies and signs ${format} with ${hash} as ${encoding}`, () => {
          const options = { format, hash, encoding }
          const value = signed(options)
          const dsaEncoding = format === 'der' ? 'der' : 'ieee-p1363'
          expect(verify(hash, body, { key: publicKey, dsaEncoding }, Buffer.from(value, encoding))).toBe(true)
          expect(receiver(options).verify(request(value))).toEqual(proven)
          expect(sender(options).verify(request(value))).toEqual(proven)
          expect(receiver(options).verify(request(value, Buffer.from('{}')))).toEqual({
            code: 'signature-mismatch',
          })
          const other = { ...options, hash: hash === 'sha256' ? 'sha512' : 'sha256' } as const
          expect(receiver(other).verify(request(value))).toEqual({ code: 'signature-mismatch' })
        })

  it('verifies what OpenSSL signed', () => {
    const read = (name: string) => readFileSync(new URL(`../../../../test/vectors/${name}`, import.meta.url))
    const scheme = receiver({ publicKey: read('ecdsa-public.pem').toString() })
    const value = read('ecdsa-der-sha256.txt').toString()
    expect(scheme.verify(request(value, read('body.bin')))).toEqual(proven)
    expect(scheme.verify(request(value))).toEqual({ code: 'signature-mismatch' })
  })

  it('does not sign with a public key', () => {
    expect(receiver().sign).toBeUndefined()
  })

  it('takes DER of 8 to 72 bytes, and of P1363 64 and no others, before any arithmetic', () => {
    const verdictOf = (bytes: number, format: 'der' | 'p1363') =>
      receiver({ format }).verify(request(Buffer.alloc(bytes, 1).toString('base64')))
    for (let bytes = 1; bytes <= 130; bytes++) {
      const mismatch = { code: 'signature-mismatch' }
      expect(verdictOf(bytes, 'der'), `${bytes}`).toEqual(bytes >= 8 && bytes <= 72 ? mismatch : malformed)
      expect(verdictOf(bytes, 'p1363'), `${bytes}`).toEqual(bytes === 64 ? mismatch : malformed)
    }
  })

  it('takes one DER of a signature: no long lengths, no bytes behind, no zeros in front', () => {
    const der = sign('sha256', body, privateKey)
    const length = der[1] as number
    const rLength = der[3] as number
    const r = der.subarray(4, 4 + rLength)
    const s = der.subarray(4 + rLength + 2)
    const others = [
      Buffer.concat([der, Buffer.alloc(1)]),
      Buffer.concat([Buffer.from([0x30, 0x81, length]), der.subarray(2)]),
      Buffer.concat([Buffer.from([0x30, length + 1, 2, rLength + 1, 0]), r, Buffer.from([2, s.length]), s]),
      Buffer.concat([Buffer.from([0x30, length + 1, 2, rLength, ...r, 2, s.length + 1, 0]), s]),
      Buffer.concat([Buffer.from([0x31]), der.subarray(1)]),
      der.subarray(0, -1),
    ]
    for (const bytes of others)
      expect(receiver().verify(request(bytes.toString('base64'))), bytes.toString('hex')).toHaveProperty(
        'code',
      )
    expect(receiver().verify(request(der.toString('base64')))).toEqual(proven)
  })

  it('refuses r and s that are zero, which no key made', () => {
    expect(receiver({ format: 'p1363' }).verify(request(Buffer.alloc(64).toString('base64')))).toHaveProperty(
      'code',
    )
    expect(
      receiver().verify(request(Buffer.from('3006020100020100', 'hex').toString('base64'))),
    ).toHaveProperty('code')
  })

  it.each(['P-384', 'P-521', 'secp256k1'])(
    'does not construct with a key on %s, and says which it takes',
    (namedCurve) => {
      const other = generateKeyPairSync('ec', { namedCurve })
      const message = /must be on the curve P-256, not sec\w+\. Ask the sender for one that is/
      expect(() => receiver({ publicKey: other.publicKey })).toThrow(message)
      expect(() => ecdsa({ header, privateKey: other.privateKey })).toThrow(message)
    },
  )

  it('does not construct with a key of another algorithm', () => {
    const ed = generateKeyPairSync('ed25519')
    expect(() => receiver({ publicKey: ed.publicKey })).toThrow('The key must be for ec, not ed25519')
  })

  it('says what differs: the hash, the format, both', () => {
    const found = (options: Partial<EcdsaOptions>, expected: Partial<EcdsaOptions> = {}) =>
      receiver(expected).diagnose(request(signed(options)))
    const hash: Finding = { kind: 'hash', expected: 'sha256', found: 'sha512' }
    const format: Finding = { kind: 'signature-format', expected: 'der', found: 'p1363' }
    expect(found({ hash: 'sha512' })).toEqual([hash])
    expect(found({ format: 'p1363' })).toEqual([format])
    expect(found({ format: 'p1363', hash: 'sha512' })).toEqual([hash, format])
    expect(found({}, { format: 'p1363' })).toEqual([
      { kind: 'signature-format', expected: 'p1363', found: 'der' },
    ])
  })
})
