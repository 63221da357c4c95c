import { type CryptoKey, isKeyObject, parsePrivateKey, parsePublicKey, sha256 } from '../lib/crypto.ts'
import { fieldOf } from '../lib/field-of.ts'
import { describe } from '../lib/options.ts'
import type { AsymmetricKeyInput } from '../model/signing.ts'
import type { KeyKind } from './keys.ts'

/** The algorithms that a key may be for. */
export type KeyAlgorithm = 'rsa' | 'ed25519'

const minModulusBits = 2048
const maxModulusBits = 8192

/** How a scheme takes the public keys of its algorithm. */
export function publicKeyKind(algorithm: KeyAlgorithm): KeyKind<AsymmetricKeyInput, CryptoKey> {
  return {
    name: 'publicKey',
    isKey: isKeyInput,
    parse(input) {
      if (isPrivate(input)) {
        throw new TypeError('publicKey is a private key: a receiver must not hold it. Give the public one')
      }
      return checkKey(parse('publicKey', input, parsePublicKey), 'public', algorithm)
    },
    identify: (key) => sha256(key.export({ type: 'spki', format: 'pem' })),
  }
}

/**
 * A private key to sign with.
 * @throws TypeError when it is not one of the algorithm
 */
export function toPrivateKey(input: unknown, algorithm: KeyAlgorithm): CryptoKey {
  return checkKey(parse('privateKey', input, parsePrivateKey), 'private', algorithm)
}

function isKeyInput(value: unknown): value is AsymmetricKeyInput {
  return typeof value === 'string' || isKeyObject(value) || typeof fieldOf(value, 'kty') === 'string'
}

function isPrivate(input: unknown): boolean {
  if (isKeyObject(input)) return input.type === 'private'
  if (typeof input === 'string') return input.includes('PRIVATE KEY-----')
  return fieldOf(input, 'd') !== undefined
}

/** Node's parser quotes nothing of the key, but says little; ours says what is taken. */
function parse(name: string, input: unknown, parser: (input: AsymmetricKeyInput) => CryptoKey): CryptoKey {
  try {
    if (isKeyInput(input)) return parser(input)
  } catch {
    throw new TypeError(`${name} cannot be parsed. Give it as PEM (-----BEGIN …), JWK or KeyObject`)
  }
  throw new TypeError(`${name} must be a PEM, JWK or KeyObject, not ${describe(input)}`)
}

function checkKey(key: CryptoKey, type: 'public' | 'private', algorithm: KeyAlgorithm): CryptoKey {
  if (key.type !== type) throw new TypeError(`The key must be a ${type} key, not a ${key.type} one`)
  if (key.asymmetricKeyType !== algorithm) {
    throw new TypeError(`The key must be for ${algorithm}, not ${key.asymmetricKeyType}`)
  }
  const bits = Number(key.asymmetricKeyDetails?.modulusLength)
  if (algorithm === 'rsa' && !(bits >= minModulusBits && bits <= maxModulusBits)) {
    throw new TypeError(`The RSA key must have ${minModulusBits} to ${maxModulusBits} bits, not ${bits}`)
  }
  return key
}
