// The only file that touches node:crypto.
import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/** A MAC key, parsed once. Prints as `SecretKeyObject {}`, never as its bytes. */
export type SecretKey = KeyObject

/** Hash functions that an HMAC scheme may use. */
export type HashName = 'sha256' | 'sha512'

/** Bytes of each hash, and so of a full HMAC made with it. */
export const hashBytes: Readonly<Record<HashName, number>> = { sha256: 32, sha512: 64 }

/** Parses key bytes once, so that verifying does not. */
export function toSecretKey(bytes: Uint8Array): SecretKey {
  return createSecretKey(bytes)
}

/** HMAC (RFC 2104) of `data`. */
export function hmacDigest(hash: HashName, key: SecretKey, data: Uint8Array): Buffer {
  return createHmac(hash, key).update(data).digest()
}

/** Compares without telling by its time where the first difference is. Lengths are not secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

/** The first `bytes` of SHA-256, as base64url text. Cut as bytes: a slice of a text would keep all of it. */
export function sha256(data: Uint8Array | string, bytes = 32): string {
  return createHash('sha256').update(data).digest().toString('base64url', 0, bytes)
}
