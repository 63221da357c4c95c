import { type CryptoKey, isKeyObject, parsePrivateKey, parsePublicKey, sha256 } from '../lib/crypto.ts'
import { fieldOf } from '../lib/field-of.ts'
import { describe } from '../lib/options.ts'
import type { AsymmetricKeyInput } from '../model/signing.ts'
import type { FetchedKeys } from './fetched-keys.ts'
import { isPrivateText, readPrivateText, readPublicText } from './key-texts.ts'
import { createKeyRing, type KeyKind, type KeyRing, type Keys } from './keys.ts'

/** The key of a scheme: one to verify with, or one to sign with. */
interface AsymmetricKeys {
  readonly publicKey?: Keys<AsymmetricKeyInput> | FetchedKeys | undefined
  readonly privateKey?: AsymmetricKeyInput | undefined
}

/** The algorithms that a key may be for, as Node names them. */
export type KeyAlgorithm = 'rsa' | 'ed25519' | 'ec'

/** The keys of a scheme. */
interface ParsedKeys {
  /** To verify with. */
  readonly ring: KeyRing<CryptoKey>
  /** To sign with, where there is one. */
  readonly signer: CryptoKey | undefined
}

const minModulusBits = 2048
const maxModulusBits = 8192
/** OpenSSL's name of P-256. */
const curve = 'prime256v1'

/**
 * The keys of a scheme.
 * @throws TypeError when none can be used, or both are given
 */
export function toKeys(
  scheme: string,
  { publicKey, privateKey }: AsymmetricKeys,
  algorithm: KeyAlgorithm,
): ParsedKeys {
  const kind = publicKeyKind(algorithm)
  if (privateKey === undefined) {
    const ring = isFetched(publicKey) ? publicKey.toKeyRing(kind) : createKeyRing(publicKey, kind)
    return { ring, signer: undefined }
  }
  if (publicKey !== undefined)
    throw new TypeError(`${scheme} takes publicKey, to verify, or privateKey, to sign; not both`)
  const signer = toPrivateKey(privateKey, algorithm)
  return { ring: createKeyRing<AsymmetricKeyInput, CryptoKey>(parsePublicKey(signer), kind), signer }
}

/** By what it can do: whoever fetches no keys need not import what does. */
function isFetched(keys: AsymmetricKeys['publicKey']): keys is FetchedKeys {
  return typeof fieldOf(keys, 'toKeyRing') === 'function'
}

/** How a scheme takes the public keys of its algorithm. */
function publicKeyKind(algorithm: KeyAlgorithm): KeyKind<AsymmetricKeyInput, CryptoKey> {
  return {
    name: 'publicKey',
    isKey: isKeyInput,
    parse(input) {
      if (isPrivate(input)) {
        throw new TypeError('publicKey is a private key: a receiver must not hold it. Give the public one')
      }
      const parser = (key: AsymmetricKeyInput): CryptoKey =>
        (algorithm === 'ed25519' && readPublicText(key)) || parsePublicKey(key)
      return checkKey(parse('publicKey', input, parser), 'public', algorithm)
    },
    identify: (key) => sha256(key.export({ type: 'spki', format: 'pem' })),
  }
}

function toPrivateKey(input: unknown, algorithm: KeyAlgorithm): CryptoKey {
  const parser = (key: AsymmetricKeyInput): CryptoKey =>
    (algorithm === 'ed25519' && readPrivateText(key)) || parsePrivateKey(key)
  return checkKey(parse('privateKey', input, parser), 'private', algorithm)
}

function isKeyInput(value: unknown): value is AsymmetricKeyInput {
  return typeof value === 'string' || isKeyObject(value) || typeof fieldOf(value, 'kty') === 'string'
}

function isPrivate(input: unknown): boolean {
  if (isKeyObject(input)) return input.type === 'private'
  return typeof input === 'string' ? isPrivateText(input) : fieldOf(input, 'd') !== undefined
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
  const { asymmetricKeyType, asymmetricKeyDetails } = key
  if (key.type !== type) throw new TypeError(`The key must be a ${type} key, not a ${key.type} one`)
  if (asymmetricKeyType !== algorithm) {
    throw new TypeError(`The key must be for ${algorithm}, not ${asymmetricKeyType}`)
  }
  const bits = Number(asymmetricKeyDetails?.modulusLength)
  if (algorithm === 'rsa' && !(bits >= minModulusBits && bits <= maxModulusBits)) {
    throw new TypeError(`The RSA key must have ${minModulusBits} to ${maxModulusBits} bits, not ${bits}`)
  }
  if (algorithm === 'ec' && asymmetricKeyDetails?.namedCurve !== curve) {
    throw new TypeError(
      `The key must be on the curve P-256, not ${asymmetricKeyDetails?.namedCurve}. Ask the sender for one that is`,
    )
  }
  return key
}
