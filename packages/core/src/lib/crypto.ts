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
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import type { AsymmetricKeyInput, HashName } from '../model/signing.ts'
import { fieldOf } from './field-of.ts'

/** A parsed key. Prints as `SecretKeyObject {}` and the like, never as its bytes. */
export type CryptoKey = KeyObject

/** Bytes of each hash, and so of a full HMAC made with it. */
export const hashBytes: Readonly<Record<HashName, number>> = { sha256: 32, sha512: 64 }

/** How an asymmetric signature is made, beside its key. */
export interface SignatureAlgorithm {
  /** The hash; `undefined` where the algorithm brings its own, as Ed25519 does. */
  readonly hash: HashName | undefined
  /** PKCS#1 v1.5 or PSS (RFC 8017) with a salt as long as the hash; RSA only. */
  readonly padding?: 'pkcs1' | 'pss'
  /** Another length of the PSS salt, in bytes, or `auto`: for diagnosis only. */
  readonly saltLength?: number | 'auto' | undefined
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

/** Parses a public key; throws on anything else that is not one, but derives one from a private key. */
export function parsePublicKey(input: AsymmetricKeyInput): KeyObject {
  if (isKeyObject(input)) return input.type === 'private' ? createPublicKey(input) : input
  return typeof input === 'string' ? createPublicKey(input) : createPublicKey({ key: input, format: 'jwk' })
}

/** Parses a private key; throws on anything else. */
export function parsePrivateKey(input: AsymmetricKeyInput): KeyObject {
  if (isKeyObject(input)) return input
  return typeof input === 'string' ? createPrivateKey(input) : createPrivateKey({ key: input, format: 'jwk' })
}

/** HMAC (RFC 2104) of `data`. */
export function hmacDigest(hash: HashName, key: KeyObject, data: Uint8Array): Buffer {
  return createHmac(hash, key).update(data).digest()
}

/** Whether a public key verifies a signature. */
export function verifySignature(
  { hash, padding, saltLength }: SignatureAlgorithm,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    if (saltLength !== undefined) return verify(hash, data, { key, ...pssWith(saltLength) }, signature)
    // PKCS#1 v1.5 is the default of RSA. A bare key: workerd accepts no options beside one.
    return padding === 'pss' ? verifyPss(hash, key, data, signature) : verify(hash, data, key, signature)
  } catch {
    return false
  }
}

function verifyPss(
  hash: string | undefined,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!takesOnlyBareKeys) return verify(hash, data, { key, ...pss }, signature)
  const pem = key.export({ type: 'spki', format: 'pem' })
  return createVerify(String(hash))
    .update(data)
    .verify({ key: pem, ...pss }, signature)
}

/** Signs with a private key. */
export function createSignature(
  { hash, padding }: SignatureAlgorithm,
  key: KeyObject,
  data: Uint8Array,
): Buffer {
  return sign(hash, data, padding === 'pss' ? { key, ...pss } : key)
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
const pssWith = (saltLength: number | 'auto') => ({
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: saltLength === 'auto' ? constants.RSA_PSS_SALTLEN_AUTO : saltLength,
})
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
