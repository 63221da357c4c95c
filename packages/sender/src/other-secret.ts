import { createPrivateKey, generateKeyPairSync, KeyObject, randomBytes } from 'node:crypto'

/**
 * Another secret of the same kind, of the same length where it is a text; the same for the same one. Keys are made.
 * @throws TypeError when no other can be made of it
 */
export function toOtherSecret(secret: unknown): unknown {
  if (typeof secret === 'string') return secret.includes('-----BEGIN') ? otherPem(secret) : otherText(secret)
  if (secret instanceof KeyObject) return otherKey(secret)
  if (secret instanceof Uint8Array) return randomBytes(secret.byteLength)
  if (Array.isArray(secret)) return secret.map(toOtherSecret)
  if (typeof secret === 'object' && secret !== null)
    return Object.fromEntries(Object.entries(secret).map(([name, value]) => [name, otherOrSame(value)]))
  throw new TypeError(
    'wrongSecret needs a secret that is a text, bytes or a key: it cannot make another of this one',
  )
}

/** Beside secrets, options may hold numbers and functions. */
function otherOrSame(value: unknown): unknown {
  const isSecret = typeof value === 'string' || (typeof value === 'object' && value !== null)
  return isSecret ? toOtherSecret(value) : value
}

/** Keeps a prefix such as `whsec_`, and stays hexadecimal or base64 where it was. */
function otherText(secret: string): string {
  const from = Math.min(Math.ceil(secret.length / 2), Math.max(secret.length - 8, 0))
  const to = Math.max(secret.length - 4, from + 1)
  const turned = secret.slice(from, to).replaceAll(/[0-9a-fA-F]/g, (digit) => nextDigit(digit))
  const other = secret.slice(0, from) + turned + secret.slice(to)
  return other === secret ? `${secret.slice(0, from)}${'0'.repeat(to - from)}${secret.slice(to)}` : other
}

const circles = ['0123456789', 'abcdef', 'ABCDEF']

function nextDigit(digit: string): string {
  const circle = circles.find((digits) => digits.includes(digit)) ?? digit
  return circle[(circle.indexOf(digit) + 1) % circle.length] ?? digit
}

function otherPem(pem: string): string {
  return otherKey(createPrivateKey(pem)).export({ type: 'pkcs8', format: 'pem' }).toString()
}

function otherKey(key: KeyObject): KeyObject {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key
  if (type === 'ed25519') return generateKeyPairSync('ed25519').privateKey
  if (type === 'ec')
    return generateKeyPairSync('ec', { namedCurve: details.namedCurve ?? 'prime256v1' }).privateKey
  if (type === 'rsa')
    return generateKeyPairSync('rsa', { modulusLength: details.modulusLength ?? 2_048 }).privateKey
  throw new TypeError(`wrongSecret cannot make another key of the type ${type ?? key.type}`)
}
