import type { SignatureEncoding } from '../model/signing.ts'

const hexGrammar = /^(?:[0-9a-f]{2})+$/
const base64Grammar = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * The bytes of a text, or `undefined`. One spelling per value: lower-case hex, or padded RFC 4648 §4 base64
 * that re-encodes to itself. `Buffer.from` alone takes many spellings of one value.
 */
export function decodeStrictly(text: string, encoding: SignatureEncoding): Uint8Array | undefined {
  if (encoding === 'hex') return hexGrammar.test(text) ? Buffer.from(text, 'hex') : undefined
  if (text.length % 4 !== 0 || !base64Grammar.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
