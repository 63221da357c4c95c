import { equalBytes, type HashName, hashBytes, hmacDigest } from '../lib/crypto.ts'
import { decodeExactly, type SignatureEncoding } from '../lib/encoding.ts'
import type { RequestHeaders } from '../lib/headers.ts'
import { knownOptions } from '../lib/options.ts'
import type { AuthenticityCode } from '../rejection.ts'
import { type Secrets, toNamedKeys } from './keys.ts'
import type { Scheme } from './scheme.ts'

/** Options of {@link hmac}. */
export interface HmacOptions {
  /** The shared secret, or several while one replaces another. `undefined`, as an unset environment variable is, throws. */
  readonly secret: Secrets | undefined
  /** The header that carries the signature, in any case, such as `X-Webhook-Signature`. */
  readonly header: string
  /** The hash function. Default `sha256`. */
  readonly hash?: HashName
  /** How the signature is written: lower-case hex, or padded base64 (RFC 4648 §4). Default `hex`. */
  readonly encoding?: SignatureEncoding
}

/** RFC 9110 §5.6.2: the characters of a header name. */
const headerGrammar = /^[!#$%&'*+.^_`|~0-9a-z-]+$/

/**
 * HMAC (RFC 2104) over the raw body. The header must stand once, hold one signature of the exact length
 * in its one canonical spelling, and match one of the keys; all keys are tried in constant time each.
 * @throws TypeError when an option is unknown or cannot be used
 */
export function hmac(options: HmacOptions): Scheme {
  knownOptions('hmac options', options, ['secret', 'header', 'hash', 'encoding'])
  const { hash = 'sha256', encoding = 'hex' } = options
  if (!Object.hasOwn(hashBytes, hash)) throw new TypeError("hmac hash must be 'sha256' or 'sha512'")
  if (encoding !== 'hex' && encoding !== 'base64')
    throw new TypeError("hmac encoding must be 'hex' or 'base64'")
  const header = typeof options.header === 'string' ? options.header.toLowerCase() : ''
  if (!headerGrammar.test(header)) throw new TypeError('hmac header must be a header name (RFC 9110 §5.6.2)')
  const keys = toNamedKeys(options.secret)
  const length = hashBytes[hash]

  function signatureIn(headers: RequestHeaders): Uint8Array | AuthenticityCode {
    const values = headers.values(header)
    if (values.length > 1) return 'header-repeated'
    const [value] = values
    if (!value) return 'header-missing'
    return decodeExactly(value, encoding, length) ?? 'header-malformed'
  }

  return {
    name: 'hmac',
    check(headers) {
      const signature = signatureIn(headers)
      return typeof signature === 'string' ? signature : undefined
    },
    verify({ headers, body }) {
      const signature = signatureIn(headers)
      if (typeof signature === 'string') return signature
      for (const { id, key } of keys) {
        if (equalBytes(signature, hmacDigest(hash, key, body))) return { keyId: id }
      }
      return 'signature-mismatch'
    },
    sign(body) {
      const [first] = keys as [(typeof keys)[number]]
      return { [header]: hmacDigest(hash, first.key, body).toString(encoding) }
    },
  }
}
