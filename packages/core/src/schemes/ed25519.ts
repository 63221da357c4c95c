import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { createSignature, parsePublicKey, verifySignature } from '../lib/crypto.ts'
import type { Scheme } from '../model/scheme.ts'
import type { AsymmetricKeyInput, SignatureEncoding } from '../model/signing.ts'
import { publicKeyKind, toPrivateKey } from './asymmetric-keys.ts'
import { createKeyRing, type Keys } from './keys.ts'
import { createSignatureHeader, type SignatureHeaderOptions } from './signature-header.ts'
import { createSignatureScheme } from './signature-scheme.ts'
import { createSignedContent, type SignedContentOptions } from './signed-content.ts'

/** Options of {@link ed25519}: a public key to verify with, or a private one to sign with. */
export interface Ed25519Options extends SignatureHeaderOptions, SignedContentOptions {
  /** The sender's public key, or several. For receivers. */
  readonly publicKey?: Keys<AsymmetricKeyInput> | undefined
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
  prefix: 'text',
  separator: 'checked',
  signedHeaders: 'list',
  joint: 'checked',
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
 */
export function ed25519(options: Ed25519Options): Scheme {
  checkOptions('ed25519 options', options, optionKinds)
  const { encoding = 'base64', privateKey } = options
  if (encoding !== 'hex' && encoding !== 'base64')
    throw new TypeError("ed25519 encoding must be 'hex' or 'base64'")
  if (privateKey !== undefined && options.publicKey !== undefined) {
    throw new TypeError('ed25519 takes publicKey, to verify, or privateKey, to sign; not both')
  }
  const header = createSignatureHeader(options, [encoding], (bytes) => bytes === signatureBytes)
  const signer = privateKey === undefined ? undefined : toPrivateKey(privateKey, 'ed25519')
  return createSignatureScheme({
    name: 'ed25519',
    ring: createKeyRing(signer ? parsePublicKey(signer) : options.publicKey, publicKeyKind('ed25519')),
    header,
    content: createSignedContent(options),
    matches: (key, signature, signed) => verifySignature(algorithm, key, signed, signature),
    sign: signer && ((signed) => createSignature(algorithm, signer, signed)),
    readings: ({ key }) => [
      { findings: [], matches: (signature, signed) => verifySignature(algorithm, key, signed, signature) },
    ],
  })
}
