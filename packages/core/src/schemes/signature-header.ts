import { decodeStrictly } from '../lib/encoding.ts'
import type { HeaderFinding } from '../model/finding.ts'
import { type RequestHeaders, singleValue } from '../model/headers.ts'
import type { SignatureEncoding } from '../model/signing.ts'

/** Where a signature stands in a request, and how it is written. */
export interface SignatureHeaderOptions {
  /** The header that carries the signature, in any case, such as `X-Webhook-Signature`. */
  readonly header: string
  /** The prefix of each signature, such as `sha256=` or `v1,`. Default: nothing. */
  readonly prefix?: string
  /**
   * The separator between the signatures of a header that may carry several, at most 10. Those of another
   * version, such as `v1a,…` beside `v1,…`, are skipped. Default: the header carries one.
   */
  readonly separator?: ' ' | ','
}

/** Why a header is refused: `code` tells it from the parsed header. */
export interface HeaderFault {
  readonly code: HeaderFinding['kind']
  /** Its name, in lower case. */
  readonly header: string
}

/** The signatures of a header; at least one. */
export interface Signatures {
  readonly signatures: readonly Uint8Array[]
}

/** A parsed {@link SignatureHeaderOptions}. */
export interface SignatureHeader {
  /** The header's name, in lower case. */
  readonly name: string
  readonly prefix: string
  readonly encodings: readonly SignatureEncoding[]
  /** A header's value as the signatures it holds, each with its prefix. */
  split(value: string): readonly string[]
  /** The signatures that a request carries, or why there are none. */
  read(headers: RequestHeaders): Signatures | HeaderFault
  /** A signature as the header carries it. */
  write(signature: Uint8Array): string
}

/** RFC 9110 §5.6.2: the characters of a header name. */
const headerNameGrammar = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
/** A signature of a version that is not ours to judge: `v1a,…`, `v0=…`. */
const otherVersionGrammar = /^[A-Za-z0-9]+[,=][A-Za-z0-9+/=_-]+$/
const maxHeaderBytes = 4_096
const maxSignatures = 10

/**
 * A header's name in lower case.
 * @throws TypeError when it cannot be one
 */
export function toHeaderName(option: string, name: unknown): string {
  const lower = typeof name === 'string' ? name.toLowerCase() : ''
  if (headerNameGrammar.test(lower)) return lower
  throw new TypeError(`${option} must be a header name (RFC 9110 §5.6.2)`)
}

/**
 * Reads and writes the signatures of a header.
 * @throws TypeError when an option cannot be used
 */
export function createSignatureHeader(
  { header, prefix = '', separator }: SignatureHeaderOptions,
  encodings: readonly SignatureEncoding[],
  isLength: (bytes: number) => boolean,
): SignatureHeader {
  const name = toHeaderName('header', header)
  const malformed: HeaderFault = { code: 'header-malformed', header: name }
  if (separator !== undefined && separator !== ' ' && separator !== ',') {
    throw new TypeError("separator must be ' ' or ','")
  }

  /** One more than the cap, so that too many can be told from many. */
  function split(value: string): readonly string[] {
    return separator === undefined ? [value] : value.split(separator, maxSignatures + 1)
  }

  function decodeAll(entries: readonly string[]): Signatures | HeaderFault {
    const signatures: Uint8Array[] = []
    for (const entry of entries) {
      if (!entry.startsWith(prefix) && otherVersionGrammar.test(entry)) continue
      const bytes = entry.startsWith(prefix)
        ? decodeAny(entry.slice(prefix.length), encodings, isLength)
        : undefined
      if (!bytes) return malformed
      signatures.push(bytes)
    }
    return signatures.length > 0 ? { signatures } : malformed
  }

  return {
    name,
    prefix,
    encodings,
    split,
    read(headers) {
      const single = singleValue(headers, name)
      if ('code' in single) return single
      if (single.value.length > maxHeaderBytes) return malformed
      const entries = split(single.value)
      if (entries.length > maxSignatures) return malformed
      return decodeAll(entries)
    },
    write: (signature) => prefix + Buffer.from(signature).toString(encodings[0]),
  }
}

/** By the first encoding that it is written in. */
function decodeAny(
  text: string,
  encodings: readonly SignatureEncoding[],
  isLength: (bytes: number) => boolean,
): Uint8Array | undefined {
  for (const encoding of encodings) {
    const bytes = decodeStrictly(text, encoding)
    if (bytes && isLength(bytes.byteLength)) return bytes
  }
  return undefined
}
