import { type CryptoKey, hmacDigest, toSecretKey } from '../lib/crypto.ts'
import { describe } from '../lib/options.ts'
import type { KeyKind, Keys } from './keys.ts'

/** A shared secret: text, taken as UTF-8, or bytes. At least 16 bytes. */
export type Secret = string | Uint8Array

/** Shared secrets: one, a list, a map by name, or a function of the request. */
export type Secrets = Keys<Secret>

const minSecretBytes = 16
const ownerLabel = Buffer.from('acuse: whose key this is')
const placeholder =
  /^(?:undefined|null|nan|true|false|none|password|secret|test|\[object \w+\]|<.*>|\$\{.*\}|(.)\1*)$|change[-_ ]?(?:me|this)|(?:your|replace|insert)[-_ ](?:\w+[-_ ])*(?:secret|key|here|me|this)|(?:secret|key)[-_ ]?here/i
const remedy = 'Give the secret exactly as the provider shows it, usually from an environment variable'

/** How schemes with a shared secret take it. */
export const secretKind: KeyKind<Secret, CryptoKey> = {
  name: 'secret',
  isKey: (value): value is Secret => typeof value === 'string' || value instanceof Uint8Array,
  parse: (secret) => toSecretKey(checkSecret(secret)),
  identify: (key) => hmacDigest('sha256', key, ownerLabel).toString('base64url'),
}

/**
 * The bytes of a secret that can be used; a copy.
 * @throws TypeError when it is missing, empty, short (< 16 bytes), padded with blanks, a placeholder or a PEM
 */
export function checkSecret(secret: unknown): Uint8Array {
  if (typeof secret !== 'string' && !(secret instanceof Uint8Array)) {
    throw new TypeError(`The secret must be text or bytes, not ${describe(secret)}. ${remedy}`)
  }
  const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : Uint8Array.from(secret)
  if (bytes.byteLength === 0) throw new TypeError(`The secret is empty. ${remedy}`)
  if (Buffer.from(bytes).includes('-----BEGIN')) {
    throw new TypeError('The secret is a PEM: a public key is no shared secret. Use the scheme made for it')
  }
  if (typeof secret === 'string') checkText(secret)
  if (bytes.byteLength < minSecretBytes) {
    throw new TypeError(`The secret is shorter than ${minSecretBytes} bytes. ${remedy}`)
  }
  return bytes
}

function checkText(secret: string): void {
  if (secret.trim() === '') throw new TypeError(`The secret is blank. ${remedy}`)
  if (secret !== secret.trim()) {
    throw new TypeError('The secret starts or ends with blanks or a line break. Trim it where it is read')
  }
  if (placeholder.test(secret)) throw new TypeError(`The secret is a placeholder. ${remedy}`)
  if (!secret.isWellFormed()) throw new TypeError('The secret is not well-formed text. Give it as bytes')
}
