import { checkOptions } from '../lib/check-options.ts'
import { equalBytes, sha256, sha256Bytes } from '../lib/crypto.ts'
import { type RequestHeaders, singleValue } from '../model/headers.ts'
import type { Scheme } from '../model/scheme.ts'
import { toFinding } from './diagnosis.ts'
import { createKeyRing, type KeyKind, signatureMismatch, toAuthentic } from './keys.ts'
import { checkSecret, type Secret, type Secrets, secretKind } from './secrets.ts'
import { type HeaderFault, toHeaderName } from './signature-header.ts'

/** Options of {@link apiKey}. */
export interface ApiKeyOptions {
  /** The key, or several. `undefined` throws, so that an unset environment variable is noticed. */
  readonly key: Secrets | undefined
  /** The header that carries it. Default `Authorization`. */
  readonly header?: string
  /** How it stands there: alone, after `Bearer ` (RFC 6750 §2.1), or either. Default `either`. */
  readonly format?: 'raw' | 'bearer' | 'either'
}

const maxHeaderBytes = 4_096
/** RFC 9110 §5.5. A character over U+00FF is no byte, and must not be taken for the one that it ends in. */
const fieldGrammar = /^[\t\x20-\x7e\x80-\xff]+$/
/** RFC 9110 §11.1: the name of an authentication scheme is case-insensitive. */
const bearer = /^bearer /i

/** Keys are compared by their digests: equal length, and no first difference to find by timing. */
const digestKind: KeyKind<Secret, Buffer> = {
  name: 'key',
  isKey: secretKind.isKey,
  parse: (key) => sha256Bytes(checkSecret(key)),
  identify: (digest) => sha256(digest),
}

/**
 * A key in a header. It proves that the sender knows the key, and **nothing about the body**: whoever sees one
 * request can make others. For development, or behind another proof.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { apiKey } from '@acuse/core'
 *
 * const scheme = apiKey({ header: 'X-Api-Key', key: process.env['ACME_KEY'] as string, format: 'raw' })
 */
export function apiKey(options: ApiKeyOptions): Scheme {
  checkOptions('apiKey options', options, { key: 'checked', header: 'text', format: 'checked' })
  const { format = 'either' } = options
  if (format !== 'raw' && format !== 'bearer' && format !== 'either') {
    throw new TypeError("apiKey format must be 'raw', 'bearer' or 'either'")
  }
  const header = toHeaderName('apiKey header', options.header ?? 'Authorization')
  const malformed: HeaderFault = { code: 'header-malformed', header }
  const ring = createKeyRing(options.key, digestKind)

  function keyIn(headers: RequestHeaders): { readonly key: string } | HeaderFault {
    const single = singleValue(headers, header)
    if ('code' in single) return single
    const { value } = single
    if (value.length > maxHeaderBytes || !fieldGrammar.test(value)) return malformed
    if (format === 'raw' || (format === 'either' && !bearer.test(value))) return { key: value }
    return bearer.test(value) ? { key: value.slice('bearer '.length) } : malformed
  }

  return {
    name: 'apiKey',
    signsBody: false,
    headers: [header],
    keyMarks: ring.marks,
    check(headers) {
      const found = keyIn(headers)
      return 'code' in found ? found : undefined
    },
    verify(request) {
      const found = keyIn(request.headers)
      if ('code' in found) return found
      const ringed = ring.keysFor(request)
      if ('code' in ringed) return ringed
      // Node hands out header values as latin1: the bytes that were sent.
      const digest = sha256Bytes(Buffer.from(found.key, 'latin1'))
      const match = ringed.keys.find(({ key }) => equalBytes(key, digest))
      return match ? toAuthentic(match) : signatureMismatch
    },
    diagnose({ headers }) {
      const found = keyIn(headers)
      return ['code' in found ? toFinding(found) : { kind: 'unexplained', detail: 'It carries another key' }]
    },
    ...signer(options.key, header, format),
  }
}

/** Only a single key, whose text is at hand, can be sent. */
function signer(
  key: Secrets | undefined,
  header: string,
  format: ApiKeyOptions['format'],
): Pick<Scheme, 'sign'> {
  if (!secretKind.isKey(key)) return {}
  const text = Buffer.from(key).toString('latin1')
  return { sign: () => ({ [header]: format === 'bearer' ? `Bearer ${text}` : text }) }
}
