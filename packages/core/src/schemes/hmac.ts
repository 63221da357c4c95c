import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import type { CryptoKey } from '../lib/crypto.ts'
import {
  allHashes,
  equalBytes,
  hashBytes,
  hashNames,
  hmacDigest,
  secretBytes,
  toSecretKey,
} from '../lib/crypto.ts'
import type { SecretFinding } from '../model/finding.ts'
import type { Scheme } from '../model/scheme.ts'
import type { HashName, SignatureEncoding } from '../model/signing.ts'
import { isTextOf, type Reading } from './diagnosis.ts'
import { createKeyRing, type KeyRing, type NamedKey } from './keys.ts'
import { type Secrets, secretKindOf, whsec } from './secrets.ts'
import { createSignatureHeader, type SignatureHeaderOptions } from './signature-header.ts'
import { createSignatureScheme } from './signature-scheme.ts'
import { createSignedContent, type SignedContentOptions } from './signed-content.ts'

/** Options of {@link hmac}. */
export interface HmacOptions extends SignatureHeaderOptions, SignedContentOptions {
  /** The shared secret, or several. `undefined` throws, so that an unset environment variable is noticed. */
  readonly secret: Secrets | undefined
  /**
   * How a secret that is text stands for its bytes: `utf8`, the text's own; `base64`, those that it encodes (RFC 4648 §4,
   * padded); `whsec`, the same, after `whsec_` or not, as Standard Webhooks writes it. Bytes are taken as they are.
   * Default `utf8`.
   */
  readonly secretEncoding?: 'utf8' | 'base64' | 'whsec'
  /** The hash function. Default `sha256`. */
  readonly hash?: HashName
  /**
   * How the signature is written: lower-case hex, or padded base64 (RFC 4648 §4). A list takes any of them,
   * told apart by length, and signs with the first. Default `hex`.
   */
  readonly encoding?: SignatureEncoding | readonly SignatureEncoding[]
}

const secretEncodings: readonly unknown[] = ['utf8', 'base64', 'whsec']
const optionKinds: OptionKinds<HmacOptions> = {
  secret: 'checked',
  secretEncoding: 'checked',
  header: 'checked',
  hash: 'checked',
  encoding: 'checked',
  numberedHeader: 'text',
  bodyField: 'text',
  prefix: 'text',
  separator: 'checked',
  signs: 'list',
}

/**
 * HMAC (RFC 2104) over the raw body. The header must stand once, hold a signature of the exact length in its
 * one canonical spelling, and match one of the keys.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { hmac } from '@acuse/core'
 *
 * const secret = { current: process.env['ACME_SECRET'] as string, next: process.env['ACME_NEXT'] as string }
 * const scheme = hmac({ header: 'X-Hub-Signature-256', prefix: 'sha256=', secret })
 */
export function hmac(options: HmacOptions): Scheme {
  checkOptions('hmac options', options, optionKinds)
  const { hash = 'sha256', encoding = 'hex', secretEncoding = 'utf8' } = options
  if (!Object.hasOwn(hashBytes, hash)) throw new TypeError(`hmac hash must be ${hashNames}`)
  if (!secretEncodings.includes(secretEncoding))
    throw new TypeError("hmac secretEncoding must be 'utf8', 'base64' or 'whsec'")
  const encodings: readonly SignatureEncoding[] = [encoding].flat()
  if (encodings.length === 0 || encodings.some((each) => each !== 'hex' && each !== 'base64')) {
    throw new TypeError("hmac encoding must be 'hex', 'base64' or a list of them")
  }
  const header = createSignatureHeader(options, encodings, (bytes) => bytes === hashBytes[hash])
  const ring = createKeyRing(options.secret, secretKindOf(secretEncoding))
  const first = ring.fixed?.[0]
  const scheme = createSignatureScheme({
    name: 'hmac',
    ring,
    header,
    content: createSignedContent(options),
    matches: (key, signature, signed) => equalBytes(signature, hmacDigest(hash, key, signed)),
    sign: first && ((signed) => hmacDigest(hash, first.key, signed)),
    readings: (key) => readingsOf(key, hash),
  })
  return { ...scheme, mac: (text, keyId) => macOf(text, keyId, { hash, ring }) }
}

/** None where the key depends on the request: no name tells which it was. */
function macOf(
  text: string,
  keyId: string,
  { hash, ring }: { readonly hash: HashName; readonly ring: KeyRing<CryptoKey> },
): string | undefined {
  const named = ring.fixed?.find(({ id }) => id === keyId)
  return named && hmacDigest(hash, named.key, Buffer.from(text)).toString('hex')
}

/** The secret as it is, as what it may encode, and as a text that may encode it. */
function* secretsOf(key: CryptoKey): Iterable<{ key: CryptoKey; findings: readonly SecretFinding[] }> {
  const bytes = secretBytes(key)
  const text = bytes.toString()
  yield { key, findings: [] }
  const other = (found: SecretFinding['found'], taken: Uint8Array) => ({
    key: toSecretKey(taken),
    findings: [{ kind: 'secret-encoding', found } as const],
  })
  for (const encoding of ['hex', 'base64'] as const)
    if (isTextOf(text, encoding)) yield other(encoding, Buffer.from(text, encoding))
  if (text.startsWith(whsec)) yield other('whsec', Buffer.from(text.slice(whsec.length), 'base64'))
  yield other('hex-text', Buffer.from(bytes.toString('hex')))
  yield other('base64-text', Buffer.from(bytes.toString('base64')))
  yield other('whsec-text', Buffer.from(whsec + bytes.toString('base64')))
  yield other('line-break', Buffer.concat([bytes, Buffer.from('\n')]))
  for (const quote of ['"', "'"]) yield other('quotes', Buffer.from(quote + text + quote))
}

/** Each secret with each hash. */
function* readingsOf({ key }: NamedKey<CryptoKey>, expected: HashName): Iterable<Reading> {
  const secrets = [...secretsOf(key)]
  for (const hash of allHashes) {
    const other = hash === expected ? [] : [{ kind: 'hash', expected, found: hash } as const]
    for (const secret of secrets) {
      yield {
        findings: [...secret.findings, ...other],
        // Of another length it is none of this hash, and need not be computed.
        matches: (signature, signed) =>
          signature.byteLength === hashBytes[hash] &&
          equalBytes(signature, hmacDigest(hash, secret.key, signed)),
      }
    }
  }
}
