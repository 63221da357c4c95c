import { decodeStrictly } from '../lib/encoding.ts'
import type { RequestValues } from '../lib/request-values.ts'
import type { RequestHeaders } from '../model/headers.ts'
import type { NotProven } from '../model/scheme.ts'
import type { SignatureEncoding } from '../model/signing.ts'
import {
  maxSignatures,
  type SignatureHeaderOptions,
  type SignaturePlace,
  toPlace,
} from './signature-place.ts'

export type { SignatureHeaderOptions } from './signature-place.ts'

/** The signatures of a header; at least one. */
interface Signatures {
  readonly signatures: readonly Uint8Array[]
}

/** A parsed {@link SignatureHeaderOptions}. */
export interface SignatureHeader extends Omit<SignaturePlace, 'inHeaders' | 'inRequest' | 'malformed'> {
  readonly prefix: string
  /** Whether a header may carry fields beside signatures, which their prefix tells apart. */
  readonly hasFields: boolean
  readonly encodings: readonly SignatureEncoding[]
  /** A header's value as the signatures it holds, each with its prefix. */
  split(value: string): readonly string[]
  /** What is wrong with it, before the body is there. */
  check(headers: RequestHeaders): NotProven | undefined
  /** The signatures that a request carries, or why there are none. */
  read(values: RequestValues): Signatures | NotProven
  /** The values of another field of the header, such as `t` of `t=1,v1=…`. */
  fields(headers: RequestHeaders, name: string): readonly string[]
  /** A signature as the header carries it, after other fields. */
  write(signature: Uint8Array, fields?: Readonly<Record<string, string>>): Record<string, string>
}

/** A signature of a version that is not ours to judge: `v1a,…`, `v0=…`. */
const otherVersionGrammar = /^[A-Za-z0-9]+[,=][A-Za-z0-9+/=_-]+$/
const maxHeaderBytes = 4_096
const separators: readonly unknown[] = [' ', ',', ';']

/**
 * Reads and writes the signatures of a request.
 * @throws TypeError when an option cannot be used
 */
export function createSignatureHeader(
  options: SignatureHeaderOptions,
  encodings: readonly SignatureEncoding[],
  isLength: (bytes: number) => boolean,
): SignatureHeader {
  const { prefix = '', separator } = options
  if (separator !== undefined && !separators.includes(separator))
    throw new TypeError("separator must be ' ', ',' or ';'")
  const { inHeaders, inRequest, malformed, ...place } = toPlace(options)
  const { name, headers: carriers } = place

  /** One more than the cap, so that too many can be told from many. */
  function split(value: string): readonly string[] {
    return separator === undefined ? [value] : value.split(separator, maxSignatures + 1)
  }

  function decodeAll(texts: readonly string[]): Signatures | NotProven {
    const signatures: Uint8Array[] = []
    for (const text of texts) {
      const entries = text.length > maxHeaderBytes ? [] : split(text)
      if (entries.length === 0 || entries.length > maxSignatures) return malformed
      for (const entry of entries) {
        const isOurs = entry.startsWith(prefix)
        if (!isOurs && otherVersionGrammar.test(entry)) continue
        const bytes = isOurs ? decodeAny(entry.slice(prefix.length), encodings, isLength) : undefined
        if (!bytes || signatures.push(bytes) > maxSignatures) return malformed
      }
    }
    return signatures.length > 0 ? { signatures } : malformed
  }

  function read(found: readonly string[] | NotProven): Signatures | NotProven {
    return 'code' in found ? found : decodeAll(found)
  }

  return {
    ...place,
    prefix,
    hasFields: separator !== undefined && prefix !== '',
    encodings,
    split,
    check(headers) {
      if (!inHeaders) return undefined
      const found = read(inHeaders(headers))
      return 'code' in found ? found : undefined
    },
    read: (values) => read(inRequest(values)),
    fields(headers, field) {
      const start = `${field}=`
      const entries = carriers.flatMap((header) => headers.values(header)).flatMap(split)
      return entries.filter((entry) => entry.startsWith(start)).map((entry) => entry.slice(start.length))
    },
    write(signature, fields = {}) {
      const others = Object.entries(fields).map(([field, value]) => `${field}=${value}`)
      const text = prefix + Buffer.from(signature).toString(encodings[0])
      return { [name]: [...others, text].join(separator) }
    },
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
