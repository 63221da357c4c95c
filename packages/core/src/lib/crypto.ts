// The only file that touches node:crypto. A primitive that throws means "not verified".
// By its name an import of `hash` fails where a runtime has none.
import * as nodeCrypto from 'node:crypto'
import {
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  createVerify,
  KeyObject,
  type SigningOptions,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import type { AsymmetricKeyInput, HashName } from '../model/signing.ts'
import { decodeStrictly } from './encoding.ts'
import { fieldOf } from './field-of.ts'

/** A parsed key. Prints as `SecretKeyObject {}` and the like, never as its bytes. */
export type CryptoKey = KeyObject

/** Bytes of each hash, and so of a full HMAC made with it. */
export const hashBytes: Readonly<Record<HashName, number>> = { sha256: 32, sha512: 64, 'sha1-legacy': 20 }

/** Every hash, the one that is likely first. */
export const allHashes = ['sha256', 'sha512', 'sha1-legacy'] as const

/** The same for people. */
export const hashNames = "'sha256', 'sha512' or 'sha1-legacy'"

/** The name of each at Node. */
const nodeNames = { sha256: 'sha256', sha512: 'sha512', 'sha1-legacy': 'sha1' } as const

/** How an asymmetric signature is made, beside its key. */
export interface SignatureAlgorithm {
  /** The hash; `undefined` where the algorithm brings its own, as Ed25519 does. */
  readonly hash: HashName | undefined
  /** PKCS#1 v1.5 or PSS (RFC 8017); RSA only. */
  readonly padding?: 'pkcs1' | 'pss' | undefined
  /** The length of the PSS salt in bytes; `auto`: any when it verifies, that of the hash when it signs. Default: that of the hash. */
  readonly saltLength?: number | 'auto' | undefined
  /** ECDSA signatures as `r` and `s` of a fixed length (IEEE P1363), not DER. */
  readonly isP1363?: boolean | undefined
}

/** Parses key bytes once, so that verifying does not. */
export function toSecretKey(bytes: Uint8Array): KeyObject {
  return createSecretKey(bytes)
}

/** The bytes of a secret key, for diagnosis. */
export function secretBytes(key: KeyObject): Buffer {
  return key.export()
}

/** Whether a value is a parsed key. */
export function isKeyObject(value: unknown): value is KeyObject {
  return value instanceof KeyObject
}

/**
 * Parses a public key, an X.509 certificate or the base64 of a SPKI; throws on anything else that is not one, but derives one
 * from a private key.
 */
export function parsePublicKey(input: AsymmetricKeyInput): KeyObject {
  if (isKeyObject(input)) return input.type === 'private' ? createPublicKey(input) : input
  if (typeof input !== 'string') return createPublicKey({ key: input, format: 'jwk' })
  const der = decodeStrictly(input, 'base64')
  return createPublicKey(der ? { key: Buffer.from(der), format: 'der', type: 'spki' } : input)
}

/** Parses a private key; throws on anything else. */
export function parsePrivateKey(input: AsymmetricKeyInput): KeyObject {
  if (isKeyObject(input)) return input
  return typeof input === 'string' ? createPrivateKey(input) : createPrivateKey({ key: input, format: 'jwk' })
}

/** A private key of DER in PKCS #8 (RFC 5208); `undefined` where it is none. */
export function parsePkcs8(der: Uint8Array): KeyObject | undefined {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  } catch {
    return undefined
  }
}

/** RFC 8410 §7: what stands before the seed of an Ed25519 key in PKCS #8. */
const ed25519Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The private key of a seed of 32 bytes (RFC 8032 §5.1.5); `undefined` of other lengths. */
export function parseEd25519Seed(seed: Uint8Array): KeyObject | undefined {
  return parsePkcs8(Buffer.concat([ed25519Head, seed]))
}

/** The public key of a certificate, and when it may be used. */
interface ParsedCertificate {
  readonly key: KeyObject
  /** In milliseconds since the Unix epoch. */
  readonly validFrom: number
  readonly validTo: number
}

/** Parses the first X.509 certificate of a PEM (RFC 5280); throws where it is none. Who signed it is not checked. */
export function parseCertificate(pem: string): ParsedCertificate {
  const { publicKey, validFrom, validTo } = new nodeCrypto.X509Certificate(pem)
  return { key: publicKey, validFrom: Date.parse(validFrom), validTo: Date.parse(validTo) }
}

/** HMAC (RFC 2104) of `data`. */
export function hmacDigest(hash: HashName, key: KeyObject, data: Uint8Array): Buffer {
  return createHmac(nodeNames[hash], key).update(data).digest()
}

/** Whether a public key verifies a signature. */
export function verifySignature(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const name = algorithm.hash && nodeNames[algorithm.hash]
  const options = toOptions(algorithm, constants.RSA_PSS_SALTLEN_AUTO)
  try {
    if (options === undefined) return verify(name, data, key, signature)
    if (!takesOnlyBareKeys) return verify(name, data, { key, ...options }, signature)
    const pem = key.export({ type: 'spki', format: 'pem' })
    return createVerify(String(name))
      .update(data)
      .verify({ key: pem, ...options }, signature)
  } catch {
    return false
  }
}

/** Signs with a private key. */
export function createSignature(algorithm: SignatureAlgorithm, key: KeyObject, data: Uint8Array): Buffer {
  const name = algorithm.hash && nodeNames[algorithm.hash]
  const options = toOptions(algorithm, constants.RSA_PSS_SALTLEN_DIGEST)
  return sign(name, data, options === undefined ? key : { key, ...options })
}

/** None where the runtime's defaults are meant, PKCS#1 v1.5 of RSA and DER of ECDSA: a bare key is what all runtimes take. */
function toOptions(
  { padding, saltLength = constants.RSA_PSS_SALTLEN_DIGEST, isP1363 }: SignatureAlgorithm,
  auto: number,
): SigningOptions | undefined {
  if (isP1363) return { dsaEncoding: 'ieee-p1363' }
  if (padding !== 'pss') return undefined
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltLength === 'auto' ? auto : saltLength }
}

const takesOnlyBareKeys = fieldOf(fieldOf(globalThis, 'navigator'), 'userAgent') === 'Cloudflare-Workers'

/** Compares without telling by its time where the first difference is. Lengths are not secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

/** SHA-256 in the forms that are needed. */
interface Sha256 {
  /** As base64url text. */
  readonly text: (data: Uint8Array | string) => string
  readonly bytes: (data: Uint8Array | string) => Buffer
}

/** By the call for a whole text, where a runtime has it: it takes a quarter to a half of the time. */
export function createSha256(hash: typeof nodeCrypto.hash | undefined): Sha256 {
  if (hash === undefined) {
    const bytes = (data: Uint8Array | string) => createHash('sha256').update(data).digest()
    return { bytes, text: (data) => bytes(data).toString('base64url') }
  }
  return {
    text: (data) => hash('sha256', data, 'base64url'),
    // Its buffer costs more than a text of bytes.
    bytes: (data) => Buffer.from(hash('sha256', data, 'binary'), 'binary'),
  }
}

const { text, bytes } = createSha256(nodeCrypto.hash)

/** SHA-256 as bytes. */
export const sha256Bytes: Sha256['bytes'] = bytes

/** SHA-256 as base64url text. */
export const sha256: Sha256['text'] = text

/** The first bytes of SHA-256, as base64url text. Cut as bytes: a slice of a text would keep all of it. */
export function sha256Start(data: Uint8Array | string, length: number): string {
  return sha256Bytes(data).toString('base64url', 0, length)
}
