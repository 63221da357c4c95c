import { type CryptoKey, hmacDigest, toSecretKey } from '../lib/crypto.ts'
import { decodeStrictly } from '../lib/encoding.ts'
import type { KeyKind, Keys } from './keys.ts'

/** A shared secret: text, taken as UTF-8, or bytes. At least 16 bytes. */
export type Secret = string | Uint8Array

/** Shared secrets: one, a list, a map by name, functions that give them, or a function of the request. */
export type Secrets = Keys<Secret>

const minSecretBytes = 16
const ownerLabel = Buffer.from('acuse: whose key this is')
/** Apart: of one pattern of all of them nothing can tell that it does not backtrack. */
const placeholders = [
  /^(?:undefined|null|nan|true|false|none|password|secret|test)$/i,
  /^(?:\[object \w+\]|<.*>|\$\{.*\})$/i,
  /change[-_ ]?(?:me|this)|(?:secret|key)[-_ ]?here/i,
]
const templateStart = /(?:your|replace|insert)$/
const templateEnd = /^(?:secret|key|here|me|this)/
const remedy = 'Give the secret exactly as the provider shows it, usually from an environment variable'

/** How the text of a secret stands for its bytes. */
export type SecretEncoding = 'utf8' | 'base64' | 'whsec'

/** How Standard Webhooks writes a secret: its bytes as base64, after this. */
export const whsec = 'whsec_'

/** How schemes with a shared secret take it. */
export function secretKindOf(encoding: SecretEncoding): KeyKind<Secret, CryptoKey> {
  return {
    name: 'secret',
    isKey: isSecret,
    parse: (secret) => toSecretKey(checkSecret(secret, encoding)),
    identify: (key) => hmacDigest('sha256', key, ownerLabel).toString('base64url'),
  }
}

/** Whether a value is one secret, not several. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'string' || value instanceof Uint8Array
}

/**
 * The bytes of a secret that can be used; a copy.
 * @throws TypeError when it is missing, empty, short (< 16 bytes), padded with blanks, a placeholder, a PEM, or not of its
 *   encoding
 */
export function checkSecret(secret: unknown, encoding: SecretEncoding = 'utf8'): Uint8Array {
  if (!isSecret(secret)) {
    // A number may be one that lost its quotes: it is not told.
    const found = secret === null ? secret : typeof secret
    throw new TypeError(`The secret must be text or bytes, not ${found}. ${remedy}`)
  }
  const bytes = Buffer.from(secret)
  if (bytes.byteLength === 0) throw new TypeError(`The secret is empty. ${remedy}`)
  if (bytes.includes('-----BEGIN')) {
    throw new TypeError('The secret is a PEM: a public key is no shared secret. Use the scheme made for it')
  }
  if (typeof secret !== 'string') return checkLength(bytes)
  checkText(secret)
  return checkLength(encoding === 'utf8' ? bytes : decodeSecret(secret, encoding))
}

function checkLength(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength >= minSecretBytes) return bytes
  throw new TypeError(`The secret is shorter than ${minSecretBytes} bytes. ${remedy}`)
}

function decodeSecret(secret: string, encoding: SecretEncoding): Uint8Array {
  const text = encoding === 'whsec' && secret.startsWith(whsec) ? secret.slice(whsec.length) : secret
  const bytes = decodeStrictly(text, 'base64')
  if (bytes) return bytes
  throw new TypeError(
    `The secret is not padded base64 (RFC 4648 §4), as secretEncoding '${encoding}' says. ${remedy}; where the sender takes its text, leave secretEncoding out`,
  )
}

function checkText(secret: string): void {
  if (secret.trim() === '') throw new TypeError(`The secret is blank. ${remedy}`)
  if (secret !== secret.trim()) {
    throw new TypeError('The secret starts or ends with blanks or a line break. Trim it where it is read')
  }
  if (isQuoted(secret)) {
    throw new TypeError(
      'The secret stands in quotes, which docker --env-file and some shells keep. Leave them out where it is set',
    )
  }
  if (isPlaceholder(secret)) throw new TypeError(`The secret is a placeholder. ${remedy}`)
  if (!secret.isWellFormed()) throw new TypeError('The secret is not well-formed text. Give it as bytes')
}

// No pattern tells these two in time that can be shown to grow with the length: that takes a back-reference.
function isQuoted(text: string): boolean {
  const first = text.charAt(0)
  return text.length > 1 && '"\'`'.includes(first) && text.endsWith(first)
}

function isPlaceholder(text: string): boolean {
  return placeholders.some((each) => each.test(text)) || isOneCharacter(text) || isTemplate(text)
}

function isOneCharacter(text: string): boolean {
  return new Set(text.toLowerCase()).size === 1
}

/** Such as `your-webhook-secret`, `replace_me`, by words: a pattern for it would backtrack. */
function isTemplate(secret: string): boolean {
  const words = secret.toLowerCase().split(/[-_ ]/)
  const start = words.findIndex((word) => templateStart.test(word))
  if (start < 0) return false
  const rest = words.slice(start + 1)
  const end = rest.findIndex((word) => templateEnd.test(word))
  return end >= 0 && rest.slice(0, end).every((word) => /^\w*$/.test(word))
}
