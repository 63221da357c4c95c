import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type AsymmetricKeyInput, ed25519, fromRawHeaders, rsa } from '../../src/index.ts'
import { ecdsa } from '../../src/schemes/ecdsa.ts'

const header = 'x-signature'
const rsaKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const edKeys = generateKeyPairSync('ed25519')
/** Made by OpenSSL: test/vectors/make.sh says how. */
const certificate = readFileSync(new URL('../../../../test/vectors/certificate.pem', import.meta.url), 'utf8')
const asPem = { type: 'spki', format: 'pem' } as const

/** A public key of so many bits; nobody has the private one. */
function publicKeyOf(bits: number): AsymmetricKeyInput {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff)
  modulus[0] = 0xff >> (modulus.length * 8 - bits)
  return { kty: 'RSA', e: 'AQAB', n: modulus.toString('base64url') }
}

describe('an RSA key', () => {
  it.each([2_048, 3_072, 8_192])('of %i bits is taken', (bits) => {
    expect(() => rsa({ header, publicKey: publicKeyOf(bits) })).not.toThrow()
  })

  it.each([512, 2_047, 8_193])('of %i bits is refused', (bits) => {
    expect(() => rsa({ header, publicKey: publicKeyOf(bits) })).toThrow(
      new TypeError(`The RSA key must have 2048 to 8192 bits, not ${bits}`),
    )
  })
})

describe('a key', () => {
  const pem = 'Give it as PEM (-----BEGIN …), JWK or KeyObject'
  it.each<[string, () => unknown, string]>([
    [
      'that is public, to sign with RSA',
      () => rsa({ header, privateKey: rsaKeys.publicKey }),
      'The key must be a private key, not a public one',
    ],
    [
      'that is public, to sign with Ed25519',
      () => ed25519({ header, privateKey: edKeys.publicKey }),
      'The key must be a private key, not a public one',
    ],
    [
      'that is a secret, to verify with',
      () => ed25519({ header, publicKey: createSecretKey(Buffer.alloc(32, 1)) }),
      'The key must be a public key, not a secret one',
    ],
    [
      'of Ed25519, to sign with RSA',
      () => rsa({ header, privateKey: edKeys.privateKey }),
      'The key must be for rsa, not ed25519',
    ],
    [
      'of RSA, to sign with Ed25519',
      () => ed25519({ header, privateKey: rsaKeys.privateKey }),
      'The key must be for ed25519, not rsa',
    ],
    [
      'of RSA, to verify Ed25519 with',
      () => ed25519({ header, publicKey: rsaKeys.publicKey }),
      'The key must be for ed25519, not rsa',
    ],
    [
      'that no parser reads, to verify with',
      () => rsa({ header, publicKey: 'no key' }),
      `publicKey cannot be parsed. ${pem}`,
    ],
    [
      'that no parser reads, to sign with',
      () => rsa({ header, privateKey: 'no key' }),
      `privateKey cannot be parsed. ${pem}`,
    ],
    [
      'that is a number, to sign with',
      () => rsa({ header, privateKey: 7 as never }),
      'privateKey must be a PEM, JWK or KeyObject, not 7',
    ],
    [
      'whose type is no text',
      () => ed25519({ header, privateKey: { kty: 7 } as never }),
      'privateKey must be a PEM, JWK or KeyObject, not object',
    ],
    [
      'that is private, as a JWK, to verify with',
      () => ed25519({ header, publicKey: edKeys.privateKey.export({ format: 'jwk' }) }),
      'publicKey is a private key: a receiver must not hold it. Give the public one',
    ],
  ])('%s is refused, with the remedy', (_, construct, message) => {
    expect(construct).toThrow(new TypeError(message))
  })

  it('has one mark in each of its forms, which is not that of another', () => {
    const marksOf = (publicKey: AsymmetricKeyInput) => ed25519({ header, publicKey }).keyMarks?.()
    const text = edKeys.publicKey.export(asPem) as string
    const [mark] = marksOf(text) ?? []
    expect(mark).toMatch(/^[\w-]{43}$/)
    for (const form of [edKeys.publicKey, edKeys.publicKey.export({ format: 'jwk' }), createPublicKey(text)])
      expect(marksOf(form)).toEqual([mark])
    expect(marksOf(generateKeyPairSync('ed25519').publicKey)).not.toEqual([mark])
  })
})

describe('a key as senders print it', () => {
  const body = Buffer.from('{}')
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = edKeys.publicKey.export({ format: 'jwk' })
  const raw = Buffer.from(String(jwk.x), 'base64url')
  const seed = Buffer.from(String(edKeys.privateKey.export({ format: 'jwk' }).d), 'base64url')
  const derOf = (key: KeyObject) => key.export({ type: 'spki', format: 'der' }).toString('base64')
  const pkcs8Of = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'der' }).toString('base64')
  const isPrivate = 'publicKey is a private key: a receiver must not hold it. Give the public one'
  const unparsed = `publicKey cannot be parsed. Give it as PEM (-----BEGIN …), JWK or KeyObject`

  it.each([
    ['hex', raw.toString('hex')],
    ['hex in upper case', raw.toString('hex').toUpperCase()],
    ['base64', raw.toString('base64')],
    ['base64 after whpk_', `whpk_${raw.toString('base64')}`],
    ['the base64 of its SPKI', derOf(edKeys.publicKey)],
  ])('of Ed25519 may be %s, and has the mark of the same key in PEM', (_, publicKey) => {
    const scheme = ed25519({ header, publicKey })
    expect(scheme.keyMarks?.()).toEqual(ed25519({ header, publicKey: edKeys.publicKey }).keyMarks?.())
    const sent = ed25519({ header, privateKey: edKeys.privateKey }).sign?.(body) ?? {}
    const headers = fromRawHeaders(Object.entries(sent).flat())
    expect(scheme.verify({ method: 'POST', url: '/', headers, body })).toEqual({ keyId: 'default' })
  })

  it('of RSA and ECDSA may be the base64 of its SPKI, and no raw bytes', () => {
    expect(rsa({ header, publicKey: derOf(rsaKeys.publicKey) }).keyMarks?.()).toEqual(
      rsa({ header, publicKey: rsaKeys.publicKey }).keyMarks?.(),
    )
    expect(ecdsa({ header, publicKey: derOf(ec.publicKey) }).keyMarks?.()).toEqual(
      ecdsa({ header, publicKey: ec.publicKey }).keyMarks?.(),
    )
    for (const publicKey of [raw.toString('hex'), raw.toString('base64'), `whpk_${raw.toString('base64')}`]) {
      expect(() => rsa({ header, publicKey })).toThrow(new TypeError(unparsed))
      expect(() => ecdsa({ header, publicKey })).toThrow(new TypeError(unparsed))
    }
  })

  it.each([
    ['31 bytes', raw.subarray(1).toString('base64')],
    ['33 bytes', Buffer.concat([raw, Buffer.alloc(1)]).toString('base64')],
    ['63 hex digits', raw.toString('hex').slice(1)],
    ['66 hex digits', `${raw.toString('hex')}00`],
    ['base64 without padding', raw.toString('base64').replace('=', '')],
    ['base64url', raw.toString('base64url')],
    ['base64 with a line break', `${raw.toString('base64')}\n`],
    ['hex after whpk_', `whpk_${raw.toString('hex')}`],
    ['another prefix', `whsec_${raw.toString('base64')}`],
  ])('is refused as %s', (_, publicKey) => {
    expect(() => ed25519({ header, publicKey })).toThrow(new TypeError(unparsed))
  })

  it.each<[string, string]>([
    ['after whsk_, its seed', `whsk_${seed.toString('base64')}`],
    ['after whsk_, seed and public key', `whsk_${Buffer.concat([seed, raw]).toString('base64')}`],
    ['after whsk_, nothing that is one', 'whsk_x'],
    ['seed and public key as base64', Buffer.concat([seed, raw]).toString('base64')],
    ['the base64 of PKCS #8', pkcs8Of(edKeys.privateKey)],
  ])('that is private is never taken for a public one: %s', (_, publicKey) => {
    expect(() => ed25519({ header, publicKey })).toThrow(new TypeError(isPrivate))
    expect(() => rsa({ header, publicKey })).toThrow(new TypeError(isPrivate))
  })

  it('that is private is told by the base64 of its PKCS #8, whatever it is for', () => {
    expect(() => rsa({ header, publicKey: pkcs8Of(rsaKeys.privateKey) })).toThrow(new TypeError(isPrivate))
    expect(() => ecdsa({ header, publicKey: pkcs8Of(ec.privateKey) })).toThrow(new TypeError(isPrivate))
  })

  it('that is private may be whsk_ and the base64 of its seed, with its public key or without', () => {
    const expected = ed25519({ header, privateKey: edKeys.privateKey }).sign?.(body)
    for (const bytes of [seed, Buffer.concat([seed, raw])])
      expect(ed25519({ header, privateKey: `whsk_${bytes.toString('base64')}` }).sign?.(body)).toEqual(
        expected,
      )
    for (const bytes of [
      seed.subarray(1),
      Buffer.concat([seed, raw.subarray(1)]),
      Buffer.concat([seed, seed]),
      Buffer.concat([seed, raw, raw]),
      Buffer.alloc(0),
    ])
      expect(() => ed25519({ header, privateKey: `whsk_${bytes.toString('base64')}` })).toThrow(
        new TypeError('privateKey cannot be parsed. Give it as PEM (-----BEGIN …), JWK or KeyObject'),
      )
    expect(() => rsa({ header, privateKey: `whsk_${seed.toString('base64')}` })).toThrow(
      'privateKey cannot be parsed',
    )
  })

  it('may be an X.509 certificate in PEM', () => {
    const [mark] = rsa({ header, publicKey: certificate }).keyMarks?.() ?? []
    expect(rsa({ header, publicKey: createPublicKey(certificate) }).keyMarks?.()).toEqual([mark])
    expect(() => ed25519({ header, publicKey: certificate })).toThrow('The key must be for ed25519, not rsa')
  })
})
