/** A live claim, or a committed idempotency key with a result. */
export interface Held {
  /** By {@link compact}. */
  readonly bodyHash: string
  readonly token: string
  /** The last moment at which it counts, in milliseconds since the store began. */
  readonly end: number
  readonly result?: string
}

/** A committed idempotency key without a result is one short text: body hash, token and end, one byte a character. */
export type Remembered = string | Held

/** 15 bytes are 20 characters of base64url, and none of another one. */
const hashBytes = 15
const hashCharacters = 20
const tokenEnd = hashBytes + 4
const size = tokenEnd + 5
const maxEnd = 2 ** 40 - 1
const maxClaims = 2 ** 32
const scratch = Buffer.alloc(size)

/** 120 bits of the body hash. */
export function compact(bodyHash: string): string {
  return bodyHash.slice(0, hashCharacters)
}

/** Tells its claim from the 2^32 before it. */
export function toToken(claim: number): string {
  return (claim % maxClaims).toString(36)
}

/** What is kept of a committed claim. */
export function remember({ bodyHash, token, end }: Held, result: string | undefined): Remembered {
  if (result !== undefined) return { bodyHash, token, end, result }
  scratch.fill(0)
  scratch.write(bodyHash, 'base64url')
  scratch.writeUInt32BE(Number.parseInt(token, 36), hashBytes)
  // At least as long as asked, and no longer than five bytes tell, which is 34 years.
  scratch.writeUIntBE(Math.min(Math.ceil(end), maxEnd), tokenEnd, size - tokenEnd)
  return scratch.toString('latin1')
}

/** Whether handling ended: the claim is nobody's any more. */
export function isCommitted(known: Remembered): boolean {
  return typeof known === 'string' || known.result !== undefined
}

/** Whether it is of the same content. */
export function isOf(known: Remembered, bodyHash: string): boolean {
  if (typeof known !== 'string') return known.bodyHash === bodyHash
  scratch.fill(0)
  scratch.write(bodyHash, 'base64url')
  return scratch.toString('latin1', 0, hashBytes) === known.slice(0, hashBytes)
}

/** The token of the claim. */
export function ownerOf(known: Remembered): string {
  return typeof known === 'string' ? toToken(numberIn(known, hashBytes, tokenEnd)) : known.token
}

/** The last moment at which it counts. */
export function endOf(known: Remembered): number {
  return typeof known === 'string' ? numberIn(known, tokenEnd, size) : known.end
}

function numberIn(text: string, from: number, to: number): number {
  let number = 0
  for (let at = from; at < to; at++) number = number * 256 + text.charCodeAt(at)
  return number
}
