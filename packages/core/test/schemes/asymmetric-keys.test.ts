import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type AsymmetricKeyInput, ed25519, rsa } from '../../src/index.ts'

const header = 'x-signature'
const rsaKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const edKeys = generateKeyPairSync('ed25519')
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
