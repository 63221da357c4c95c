import { type CryptoKey, parseEd25519Seed, parsePkcs8, parsePublicKey } from '../lib/crypto.ts'
import { decodeStrictly } from '../lib/encoding.ts'
import type { AsymmetricKeyInput } from '../model/signing.ts'

/** Of Ed25519: a public key, and the seed of a private one. */
const keyBytes = 32
const hexKey = /^[0-9a-f]{64}$/i
/** How Standard Webhooks writes keys: base64 after these. */
const whpk = 'whpk_'
const whsk = 'whsk_'

/** Whether a text is a private key, in any of the forms that senders print. */
export function isPrivateText(text: string): boolean {
  if (text.includes('PRIVATE KEY-----') || text.startsWith(whsk)) return true
  const bytes = decodeStrictly(text, 'base64')
  // Seed and public key of Ed25519, or PKCS #8 without its lines.
  return bytes !== undefined && (bytes.byteLength === 2 * keyBytes || parsePkcs8(bytes) !== undefined)
}

/** An Ed25519 public key that is printed as its bytes; `undefined` for any other input. */
export function readPublicText(input: AsymmetricKeyInput): CryptoKey | undefined {
  if (typeof input !== 'string') return undefined
  const text = input.startsWith(whpk) ? input.slice(whpk.length) : input
  const bytes = hexKey.test(input) ? Buffer.from(input, 'hex') : decodeStrictly(text, 'base64')
  if (bytes?.byteLength !== keyBytes) return undefined
  return parsePublicKey({ kty: 'OKP', crv: 'Ed25519', x: Buffer.from(bytes).toString('base64url') })
}

/**
 * An Ed25519 private key as Standard Webhooks writes it; `undefined` for any other input.
 * @throws TypeError when it is none
 */
export function readPrivateText(input: AsymmetricKeyInput): CryptoKey | undefined {
  if (typeof input !== 'string' || !input.startsWith(whsk)) return undefined
  const bytes = decodeStrictly(input.slice(whsk.length), 'base64')
  const key = bytes && parseEd25519Seed(bytes.subarray(0, keyBytes))
  const stated = bytes?.subarray(keyBytes) ?? []
  if (key && (stated.length === 0 || Buffer.from(stated).equals(publicBytes(key)))) return key
  throw new TypeError('It is not a seed, or not a seed and its public key')
}

function publicBytes(key: CryptoKey): Uint8Array {
  return Buffer.from(String(parsePublicKey(key).export({ format: 'jwk' }).x), 'base64url')
}
