import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { createSignature, verifySignature } from '../lib/crypto.ts'
import type { Scheme } from '../model/scheme.ts'
import type { AsymmetricKeyInput, SignatureEncoding } from '../model/signing.ts'
import { toKeys } from './asymmetric-keys.ts'
import type { FetchedKeys } from './fetched-keys.ts'
import type { Keys } from './keys.ts'
import { createSignatureHeader, type SignatureHeaderOptions } from './signature-header.ts'
import { createSignatureScheme } from './signature-scheme.ts'
import { createSignedContent, type SignedContentOptions } from './signed-content.ts'

/** Options of {@link ed25519}: a public key to verify with, or a private one to sign with. */
export interface Ed25519Options extends SignatureHeaderOptions, SignedContentOptions {
  /** The sender's public key, or several, or where it is fetched from. For receivers. */
  readonly publicKey?: Keys<AsymmetricKeyInput> | FetchedKeys | undefined
  /** The sender's private key, instead of `publicKey`. For senders and tests. */
  readonly privateKey?: AsymmetricKeyInput | undefined
  /** How the signature is written: padded base64 (RFC 4648 §4), or lower-case hex. Default `base64`. */
  readonly encoding?: SignatureEncoding
}

const optionKinds: OptionKinds<Ed25519Options> = {
  publicKey: 'checked',
  privateKey: 'checked',
  header: 'checked',
  encoding: 'checked',
  numberedHeader: 'text',
  bodyField: 'text',
  prefix: 'text',
  separator: 'checked',
  signs: 'list',
}
const signatureBytes = 64
const algorithm = { hash: undefined }

/**
 * Ed25519 signatures (RFC 8032) over the raw body.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { readFileSync } from 'node:fs'
 * import { ed25519 } from '@acuse/core'
 *
 * const scheme = ed25519({ header: 'X-Signature', publicKey: readFileSync('acme.pem', 'utf8') })
 * // As some senders print it: 64 hex digits.
 * const printed = ed25519({ header: 'X-Signature-Ed25519', encoding: 'hex', publicKey: process.env['PUBLIC_KEY'] })
 */
export function ed25519(options: Ed25519Options): Scheme {
  checkOptions('ed25519 options', options, optionKinds)
  const { encoding = 'base64' } = options
  if (encoding !== 'hex' && encoding !== 'base64')
    throw new TypeError("ed25519 encoding must be 'hex' or 'base64'")
  const header = createSignatureHeader(options, [encoding], (bytes) => bytes === signatureBytes)
  const { ring, signer } = toKeys('ed25519', options, 'ed25519')
  return createSignatureScheme({
    name: 'ed25519',
    ring,
    header,
    content: createSignedContent(options),
    matches: (key, signature, signed) => verifySignature(algorithm, key, signed, signature),
    sign: signer && ((signed) => createSignature(algorithm, signer, signed)),
    readings: ({ key }) => [
      { findings: [], matches: (signature, signed) => verifySignature(algorithm, key, signed, signature) },
    ],
  })
}
