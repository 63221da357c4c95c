import { fromRawHeaders } from '../model/headers.ts'
import type { IncomingRequest } from '../model/request.ts'

/** A request as it was captured. */
export interface Captured {
  readonly method: string
  /** By name in lower case; a list where one stands more than once. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Uint8Array
  /** Without a question mark. */
  readonly query: string
}

/** The request as an adapter hands it on. */
export function toIncoming({ method, headers, body, query }: Captured, path: string): IncomingRequest {
  const raw = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, value]),
  )
  const url = query === '' ? path : `${path}?${query}`
  return { method, url, headers: fromRawHeaders(raw), read: () => body }
}

/** The same request with other headers; `undefined` takes one away. */
export function withHeaders(
  captured: Captured,
  changes: Readonly<Record<string, string | readonly string[] | undefined>>,
): Captured {
  const headers = Object.entries({ ...captured.headers, ...changes })
  return {
    ...captured,
    headers: Object.fromEntries(
      headers.filter((entry): entry is [string, string | readonly string[]] => entry[1] !== undefined),
    ),
  }
}

/** The same request with another value of a parameter. */
export function withParameter(captured: Captured, name: string, value: string): Captured {
  const parameters = new URLSearchParams(captured.query)
  parameters.set(name, value)
  return { ...captured, query: parameters.toString() }
}

/** The numbers of bits to flip: each, where there are no more than `most`, or so many of them, the same each time. */
export function bitsOf(bytes: number, most: number): readonly number[] {
  const total = bytes * 8
  if (total <= most) return Array.from({ length: total }, (_, bit) => bit)
  let state = total
  return Array.from({ length: most }, () => {
    // Numerical Recipes' generator: spread is enough.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % total
  })
}

/** A copy with one bit flipped. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = Uint8Array.from(bytes)
  flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
  return flipped
}

/** A text of one byte a character, as Node hands out headers, with one bit flipped. */
export function flipBitOfText(text: string, bit: number): string {
  return Buffer.from(flipBit(Buffer.from(text, 'latin1'), bit)).toString('latin1')
}
