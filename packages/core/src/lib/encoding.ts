/** How a signature is written in a header. */
export type SignatureEncoding = 'hex' | 'base64'

const hexGrammar = /^[0-9a-f]+$/
const base64Grammar = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Bytes of exactly `byteLength`, or `undefined`. One spelling per value: lower-case hex, or padded
 * RFC 4648 §4 base64 that re-encodes to itself. `Buffer.from` alone takes many spellings of one value.
 */
export function decodeExactly(
  text: string,
  encoding: SignatureEncoding,
  byteLength: number,
): Uint8Array | undefined {
  if (encoding === 'hex') {
    if (text.length !== byteLength * 2 || !hexGrammar.test(text)) return undefined
    return Buffer.from(text, 'hex')
  }
  if (text.length !== Math.ceil(byteLength / 3) * 4 || !base64Grammar.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === byteLength && bytes.toString('base64') === text ? bytes : undefined
}
