import { type SecretKey, toSecretKey } from '../lib/crypto.ts'
import { describe } from '../lib/options.ts'

/** A shared secret: text, taken as UTF-8, or bytes. At least 16 bytes. */
export type Secret = string | Uint8Array

/**
 * One secret, or several while one replaces another: a list, or a map whose names tell which one
 * matched, such as `{ current, next }`. At most 10, tried in order.
 */
export type Secrets = Secret | readonly Secret[] | { readonly [keyId: string]: Secret }

/** A parsed secret and its name. */
export interface NamedKey {
  readonly id: string
  readonly key: SecretKey
}

const minSecretBytes = 16
const maxKeys = 10
const placeholder =
  /^(?:undefined|null|nan|true|false|none|password|secret|test|\[object \w+\]|<.*>|\$\{.*\}|(.)\1*)$|change[-_ ]?(?:me|this)|(?:your|replace|insert)[-_ ](?:\w+[-_ ])*(?:secret|key|here|me|this)|(?:secret|key)[-_ ]?here/i
const remedy = 'Give the secret exactly as the provider shows it, usually from an environment variable'

/**
 * Parses secrets once, in the order they are tried.
 * @throws TypeError when one is empty, short (< 16 bytes), padded with blanks, a placeholder or a PEM
 */
export function toNamedKeys(secrets: Secrets | undefined): readonly NamedKey[] {
  const entries = toEntries(secrets)
  if (entries.length === 0) throw new TypeError(`The list of secrets is empty. ${remedy}`)
  if (entries.length > maxKeys) throw new TypeError(`At most ${maxKeys} secrets: each one costs a MAC`)
  return entries.map(([id, secret]) => ({ id, key: toSecretKey(checkSecret(secret)) }))
}

function toEntries(secrets: Secrets | undefined): (readonly [id: string, secret: unknown])[] {
  if (typeof secrets === 'string' || secrets instanceof Uint8Array) return [['default', secrets]]
  if (Array.isArray(secrets)) return secrets.map((secret, at) => [String(at), secret])
  if (typeof secrets === 'object' && secrets !== null) return Object.entries(secrets)
  throw new TypeError(`The secret must be text or bytes, not ${describe(secrets)}. ${remedy}`)
}

function checkSecret(secret: unknown): Uint8Array {
  if (typeof secret !== 'string' && !(secret instanceof Uint8Array)) {
    throw new TypeError(`The secret must be text or bytes, not ${describe(secret)}. ${remedy}`)
  }
  const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : Uint8Array.from(secret)
  if (bytes.byteLength === 0) throw new TypeError(`The secret is empty. ${remedy}`)
  if (typeof secret === 'string') checkText(secret)
  if (Buffer.from(bytes).includes('-----BEGIN')) {
    throw new TypeError('The secret is a PEM: a public key is no shared secret. Use the scheme made for it')
  }
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
  if (!secret.isWellFormed()) throw new TypeError(`The secret is not well-formed text. Give it as bytes`)
}
