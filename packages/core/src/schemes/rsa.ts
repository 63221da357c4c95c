import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import type { CryptoKey } from '../lib/crypto.ts'
import { allHashes, createSignature, hashBytes, hashNames, verifySignature } from '../lib/crypto.ts'
import { wholeNumber } from '../lib/options.ts'
import type { SignatureFinding } from '../model/finding.ts'
import type { Scheme } from '../model/scheme.ts'
import type { AsymmetricKeyInput, HashName } from '../model/signing.ts'
import { toKeys } from './asymmetric-keys.ts'
import type { Reading } from './diagnosis.ts'
import type { FetchedKeys } from './fetched-keys.ts'
import type { Keys, NamedKey } from './keys.ts'
import { createSignatureHeader, type SignatureHeaderOptions } from './signature-header.ts'
import { createSignatureScheme } from './signature-scheme.ts'
import { createSignedContent, type SignedContentOptions } from './signed-content.ts'

/** Options of {@link rsa}: a public key of 2048 to 8192 bits to verify with, or a private one to sign with. */
export interface RsaOptions extends SignatureHeaderOptions, SignedContentOptions {
  /** The sender's public key, 2048 to 8192 bits, or several, or where it is fetched from. For receivers. */
  readonly publicKey?: Keys<AsymmetricKeyInput> | FetchedKeys | undefined
  /** The sender's private key, instead of `publicKey`. For senders and tests. */
  readonly privateKey?: AsymmetricKeyInput | undefined
  /** The hash function. A list takes any of them, and signs with the first. Default `sha256`. */
  readonly hash?: HashName | readonly HashName[]
  /** RSASSA-PKCS1-v1_5, or RSASSA-PSS (RFC 8017 §8). Default `pkcs1`. */
  readonly padding?: 'pkcs1' | 'pss'
  /**
   * The length of the PSS salt in bytes, 0 to 512; `auto` takes any. With `padding: 'pss'` only. Default: as long as the
   * hash.
   */
  readonly saltLength?: number | 'auto'
}

/** How a scheme is set up. */
interface ExpectedAlgorithm {
  readonly hashes: readonly HashName[]
  readonly padding: 'pkcs1' | 'pss'
  readonly saltLength: number | 'auto' | undefined
}

const optionKinds: OptionKinds<RsaOptions> = {
  publicKey: 'checked',
  privateKey: 'checked',
  header: 'checked',
  hash: 'checked',
  padding: 'checked',
  saltLength: 'checked',
  numberedHeader: 'text',
  bodyField: 'text',
  prefix: 'text',
  separator: 'checked',
  signs: 'list',
}
const minSignatureBytes = 256
const maxSignatureBytes = 1_024
const maxSaltBytes = 512

/**
 * RSA signatures over the raw body, as padded base64. Keys are parsed once: parsing a PEM for each
 * verification costs several times the verification. A signature must be as long as the modulus.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { readFileSync } from 'node:fs'
 * import { rsa } from '@acuse/core'
 *
 * const scheme = rsa({ header: 'X-Signature', publicKey: readFileSync('acme.pem', 'utf8'), padding: 'pss' })
 */
export function rsa(options: RsaOptions): Scheme {
  checkOptions('rsa options', options, optionKinds)
  const expected = toExpected(options)
  const { hashes, padding, saltLength } = expected
  const isLength = (bytes: number): boolean => bytes >= minSignatureBytes && bytes <= maxSignatureBytes
  const header = createSignatureHeader(options, ['base64'], isLength)
  const { ring, signer } = toKeys('rsa', options, 'rsa')
  const algorithms = hashes.map((hash) => ({ hash, padding, saltLength }))
  const [first] = algorithms
  return createSignatureScheme({
    name: 'rsa',
    ring,
    header,
    content: createSignedContent(options),
    matches: (key, signature, signed) =>
      signature.byteLength === modulusBytes(key) &&
      algorithms.some((algorithm) => verifySignature(algorithm, key, signed, signature)),
    sign: signer && first && ((signed) => createSignature(first, signer, signed)),
    readings: (key) => readingsOf(key, expected),
  })
}

function toExpected({ hash = 'sha256', padding = 'pkcs1', saltLength }: RsaOptions): ExpectedAlgorithm {
  const hashes: readonly HashName[] = [hash].flat()
  if (hashes.length === 0 || hashes.some((each) => !Object.hasOwn(hashBytes, each)))
    throw new TypeError(`rsa hash must be ${hashNames}, or a list of them`)
  if (padding !== 'pkcs1' && padding !== 'pss') throw new TypeError("rsa padding must be 'pkcs1' or 'pss'")
  if (saltLength !== undefined && padding !== 'pss')
    throw new TypeError("rsa saltLength is for padding: 'pss'. Leave it out with 'pkcs1'")
  if (saltLength !== undefined && saltLength !== 'auto')
    wholeNumber('rsa saltLength', saltLength, 0, maxSaltBytes)
  return { hashes, padding, saltLength }
}

function modulusBytes(key: CryptoKey): number {
  return Math.ceil(Number(key.asymmetricKeyDetails?.modulusLength) / 8)
}

/** Salts that libraries make: none, as long as SHA-1 to SHA-512, and any that the signature itself tells. */
const saltLengths = [0, 20, 32, 48, 64, 'auto'] as const

function* readingsOf({ key }: NamedKey<CryptoKey>, expected: ExpectedAlgorithm): Iterable<Reading> {
  for (const hash of allHashes) {
    const otherHash = expected.hashes.includes(hash)
      ? []
      : [differs('hash', expected.hashes.join(' or '), hash)]
    for (const padding of ['pkcs1', 'pss'] as const) {
      const otherPadding = padding === expected.padding ? [] : [differs('padding', expected.padding, padding)]
      const findings = [...otherHash, ...otherPadding]
      const reading = (saltLength: number | 'auto' | undefined, more: readonly SignatureFinding[]) => ({
        findings: [...findings, ...more],
        matches: (signature: Uint8Array, signed: Uint8Array) =>
          verifySignature({ hash, padding, saltLength }, key, signed, signature),
      })
      yield reading(expected.saltLength, [])
      if (padding === 'pkcs1') continue
      const stated = String(expected.saltLength ?? hashBytes[hash])
      for (const saltLength of saltLengths) {
        const found = saltLength === 'auto' ? 'another' : String(saltLength)
        yield reading(saltLength, [differs('salt-length', stated, found)])
      }
    }
  }
}

function differs(kind: SignatureFinding['kind'], expected: string, found: string): SignatureFinding {
  return { kind, expected, found }
}
