import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { createSignature, verifySignature } from '../lib/crypto.ts'
import type { Scheme } from '../model/scheme.ts'
import type { AsymmetricKeyInput, SignatureEncoding } from '../model/signing.ts'
import { toKeys } from './asymmetric-keys.ts'
import type { Reading } from './diagnosis.ts'
import type { FetchedKeys } from './fetched-keys.ts'
import type { Keys } from './keys.ts'
import { createSignatureHeader, type SignatureHeaderOptions } from './signature-header.ts'
import { createSignatureScheme } from './signature-scheme.ts'
import { createSignedContent, type SignedContentOptions } from './signed-content.ts'

/** Options of {@link ecdsa}: a public key on the curve P-256 to verify with, or a private one to sign with. */
export interface EcdsaOptions extends SignatureHeaderOptions, SignedContentOptions {
  /** The sender's public key, on the curve P-256, or several, or where it is fetched from. For receivers. */
  readonly publicKey?: Keys<AsymmetricKeyInput> | FetchedKeys | undefined
  /** The sender's private key, instead of `publicKey`. For senders and tests. */
  readonly privateKey?: AsymmetricKeyInput | undefined
  /**
   * How `r` and `s` are written: `der`, a DER sequence of 8 to 72 bytes (RFC 3279 §2.2.3); `p1363`, 32 bytes each
   * (IEEE P1363, as JWS has it). Default `der`.
   */
  readonly format?: 'der' | 'p1363'
  /** The hash function. Default `sha256`. */
  readonly hash?: 'sha256' | 'sha512'
  /** How the signature is written: padded base64 (RFC 4648 §4), or lower-case hex. Default `base64`. */
  readonly encoding?: SignatureEncoding
}

const optionKinds: OptionKinds<EcdsaOptions> = {
  publicKey: 'checked',
  privateKey: 'checked',
  header: 'checked',
  format: 'checked',
  hash: 'checked',
  encoding: 'checked',
  numberedHeader: 'text',
  bodyField: 'text',
  prefix: 'text',
  separator: 'checked',
  signs: 'list',
}
const hashes = ['sha256', 'sha512'] as const

/**
 * ECDSA signatures (FIPS 186-5 §6) on the curve P-256. One body may have many good signatures: nothing may be told
 * apart by them.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { ecdsa } from '@acuse/core'
 *
 * // The base64 of the key, as some senders show it.
 * const publicKey = process.env['ACME_PUBLIC_KEY']
 * const scheme = ecdsa({ header: 'X-Signature', publicKey })
 */
export function ecdsa(options: EcdsaOptions): Scheme {
  checkOptions('ecdsa options', options, optionKinds)
  const { format = 'der', hash = 'sha256', encoding = 'base64' } = options
  if (format !== 'der' && format !== 'p1363') throw new TypeError("ecdsa format must be 'der' or 'p1363'")
  if (!hashes.includes(hash)) throw new TypeError("ecdsa hash must be 'sha256' or 'sha512'")
  if (encoding !== 'hex' && encoding !== 'base64')
    throw new TypeError("ecdsa encoding must be 'hex' or 'base64'")
  const isP1363 = format === 'p1363'
  const isLength = (bytes: number): boolean => (isP1363 ? bytes === 64 : bytes >= 8 && bytes <= 72)
  const header = createSignatureHeader(options, [encoding], isLength)
  const { ring, signer } = toKeys('ecdsa', options, 'ec')
  const algorithm = { hash, isP1363 }
  return createSignatureScheme({
    name: 'ecdsa',
    ring,
    header,
    content: createSignedContent(options),
    matches: (key, signature, signed) => verifySignature(algorithm, key, signed, signature),
    sign: signer && ((signed) => createSignature(algorithm, signer, signed)),
    readings: ({ key }) =>
      hashes.flatMap((found) =>
        [isP1363, !isP1363].map(
          (other): Reading => ({
            findings: [
              ...(found === hash ? [] : [{ kind: 'hash', expected: hash, found } as const]),
              ...(other === isP1363
                ? []
                : [{ kind: 'signature-format', expected: format, found: other ? 'p1363' : 'der' } as const]),
            ],
            matches: (signature, signed) =>
              verifySignature({ hash: found, isP1363: other }, key, signed, signature),
          }),
        ),
      ),
  })
}
