import { checkOptions } from '../lib/check-options.ts'
import { equalBytes, sha256, sha256Bytes } from '../lib/crypto.ts'
import { decodeStrictly } from '../lib/encoding.ts'
import { toHeaderName } from '../lib/header-name.ts'
import { RequestValues } from '../lib/request-values.ts'
import type { Finding, HeaderFinding } from '../model/finding.ts'
import { fromRawHeaders, type RequestHeaders, singleValue } from '../model/headers.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { NotProven, Scheme, SentParts } from '../model/scheme.ts'
import type { HeaderFault } from './findings.ts'
import { createKeyRing, type KeyKind, signatureMismatch, toAuthentic } from './keys.ts'
import { checkSecret, isSecret, type Secret, type Secrets } from './secrets.ts'

/** Options of {@link apiKey}. */
export interface ApiKeyOptions {
  /**
   * The key, or several; of `basic`, `user:password`. `undefined` throws, so that an unset environment variable is
   * noticed.
   */
  readonly key: Secrets | undefined
  /** The header that carries it. Default `Authorization`; none where `query` is given alone. */
  readonly header?: string
  /**
   * How it stands there: alone; after `Bearer ` (RFC 6750 §2.1); either; or as user and password after `Basic ` (RFC 7617).
   * Default `either`.
   */
  readonly format?: 'raw' | 'bearer' | 'either' | 'basic'
  /**
   * The parameter of the query that carries it, instead of a header, or beside `header`: then either place will do, and what
   * stands in both must be right in both. Addresses are written to logs on their way: only where the sender knows no other.
   */
  readonly query?: string
}

/** The bytes of a key that a request carries. */
interface FoundKey {
  readonly bytes: Uint8Array
}

/** Where keys stand, and how. */
interface KeyPlaces {
  /** In lower case. */
  readonly header: string | undefined
  readonly format: ApiKeyOptions['format'] & {}
  readonly query: string | undefined
}

const formats: readonly unknown[] = ['raw', 'bearer', 'either', 'basic']
const maxBytes = 4_096
/** RFC 9110 §5.5. A character over U+00FF is no byte, and must not be taken for the one that it ends in. */
const fieldGrammar = /^[\t\x20-\x7e\x80-\xff]+$/
/** RFC 9110 §11.1: the name of an authentication scheme is case-insensitive. */
const bearer = /^bearer /i
const basic = /^basic /i
const malformedValue: NotProven = { code: 'value-malformed' }

/**
 * A key in a header or in the query. It proves that the sender knows the key, and **nothing about the body**: whoever sees
 * one request can make others. For development, behind another proof, or where a sender has nothing better.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { apiKey } from '@acuse/core'
 *
 * const scheme = apiKey({ header: 'X-Api-Key', key: process.env['ACME_KEY'] as string, format: 'raw' })
 * const basic = apiKey({ format: 'basic', key: `acme:${process.env['ACME_PASSWORD']}` })
 */
export function apiKey(options: ApiKeyOptions): Scheme {
  checkOptions('apiKey options', options, {
    key: 'checked',
    header: 'text',
    format: 'checked',
    query: 'text',
  })
  const places = toPlaces(options)
  const { header, format } = places
  const ring = createKeyRing(options.key, digestKindOf(format))

  return {
    name: 'apiKey',
    signs: [],
    headers: header === undefined ? [] : [header],
    keyMarks: ring.marks,
    check: (headers) => checkHeader(headers, places),
    verify(request) {
      const found = keysIn(request, places)
      if ('code' in found) return found
      const ringed = ring.keysFor(request)
      if ('code' in ringed) return ringed
      const digests = found.map(({ bytes }) => sha256Bytes(bytes))
      const match = ringed.keys.find(({ key }) => digests.every((digest) => equalBytes(key, digest)))
      return match ? toAuthentic(match) : signatureMismatch
    },
    diagnose(request) {
      const found = keysIn(request, places)
      return [
        'code' in found
          ? toFinding(found, places)
          : { kind: 'unexplained', detail: 'It carries another key' },
      ]
    },
    ...(ring.prepare && { prepare: ring.prepare }),
    ...(ring.load && { loadKeys: ring.load }),
    ...signer(options.key, places),
  }
}

/** The mark of a key (`Scheme.keyMarks`). */
export function keyMarkOf(key: string): string {
  return sha256(sha256Bytes(Buffer.from(key)))
}

/** Keys are compared by their digests: equal length, and no first difference to find by timing. */
function digestKindOf(format: KeyPlaces['format']): KeyKind<Secret, Uint8Array> {
  return {
    name: 'key',
    isKey: isSecret,
    parse(key) {
      const bytes = Buffer.from(checkSecret(key))
      if (format === 'basic' && !bytes.includes(':'))
        throw new TypeError(
          "The key of format 'basic' is user and password, joined by a colon: 'user:password'",
        )
      return sha256Bytes(bytes)
    },
    identify: (digest) => sha256(digest),
  }
}

function toPlaces({ header, format = 'either', query }: ApiKeyOptions): KeyPlaces {
  if (!formats.includes(format))
    throw new TypeError("apiKey format must be 'raw', 'bearer', 'either' or 'basic'")
  if (query === '') throw new TypeError("apiKey query must be the name of a parameter, such as 'key'")
  const isInQueryAlone = query !== undefined && header === undefined
  return {
    header: isInQueryAlone ? undefined : toHeaderName('apiKey header', header ?? 'Authorization'),
    format,
    query,
  }
}

function checkHeader(headers: RequestHeaders, places: KeyPlaces): HeaderFault | undefined {
  if (places.header === undefined) return undefined
  const found = keyIn(headers, places.header, places.format)
  return 'code' in found && !isElsewhere(found, places) ? found : undefined
}

/** A header may be missing where the key may stand in the query. */
function isElsewhere({ code }: HeaderFault, { query }: KeyPlaces): boolean {
  return query !== undefined && code === 'header-missing'
}

/** Every key that a request carries, one at least. */
function keysIn(request: WebhookRequest, places: KeyPlaces): readonly FoundKey[] | NotProven {
  const { header, format, query } = places
  const found: FoundKey[] = []
  if (header !== undefined) {
    const inHeader = keyIn(request.headers, header, format)
    if (!('code' in inHeader)) found.push(inHeader)
    else if (!isElsewhere(inHeader, places)) return inHeader
  }
  if (query !== undefined) {
    const [text, another] = new RequestValues(request).query.getAll(query)
    if (another !== undefined || text === '' || (text?.length ?? 0) > maxBytes) return malformedValue
    if (text !== undefined) found.push({ bytes: Buffer.from(text) })
  }
  if (found.length > 0) return found
  return header === undefined ? malformedValue : { code: 'header-missing', header }
}

function keyIn(headers: RequestHeaders, header: string, format: KeyPlaces['format']): FoundKey | HeaderFault {
  const single = singleValue(headers, header)
  if ('code' in single) return single
  const { value } = single
  const malformed = { code: 'header-malformed', header } as const
  if (value.length > maxBytes || !fieldGrammar.test(value)) return malformed
  if (format === 'basic') {
    const bytes = basic.test(value) ? decodeStrictly(value.slice('basic '.length), 'base64') : undefined
    return bytes ? { bytes } : malformed
  }
  const isBearer = format !== 'raw' && bearer.test(value)
  if (format === 'bearer' && !isBearer) return malformed
  // Node hands out header values as latin1: the bytes that were sent.
  return { bytes: Buffer.from(isBearer ? value.slice('bearer '.length) : value, 'latin1') }
}

function toFinding({ code, header }: NotProven, { query = '' }: KeyPlaces): Finding {
  if (header === undefined) return { kind: 'value-malformed', place: 'query', name: query }
  return { kind: code as HeaderFinding['kind'], header }
}

/** Only a single key, whose text is at hand, can be sent. */
function signer(key: Secrets | undefined, places: KeyPlaces): Pick<Scheme, 'sign' | 'signQuery'> {
  if (!isSecret(key)) return {}
  const { header, format, query } = places
  const bytes = Buffer.from(key)
  if (header !== undefined) return { sign: () => ({ [header]: toText(bytes, format) }) }
  const parameter = String(query)
  return {
    sign: (body, sent) => checkAddress(bytes, parameter, body, sent),
    signQuery: () => ({ [parameter]: bytes.toString() }),
  }
}

function toText(bytes: Buffer, format: KeyPlaces['format']): string {
  if (format === 'basic') return `Basic ${bytes.toString('base64')}`
  return format === 'bearer' ? `Bearer ${bytes.toString('latin1')}` : bytes.toString('latin1')
}

/** A key in the query is sent by whoever writes the address: no header proves anything. */
function checkAddress(
  key: Buffer,
  query: string,
  body: Uint8Array,
  { url = '' }: SentParts = {},
): Record<string, string> {
  const request = { method: 'POST', url, headers: fromRawHeaders([]), body }
  const found = new RequestValues(request).query.getAll(query)
  if (found.length === 1 && key.equals(Buffer.from(String(found[0])))) return {}
  throw new TypeError(`To sign, give a url whose parameter '${query}' is the key, percent-encoded`)
}
