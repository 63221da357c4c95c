import { checkOptions, type OptionKinds } from '../lib/check-options.ts'
import type { CryptoKey } from '../lib/crypto.ts'
import { createSignature, hashBytes, parsePublicKey, verifySignature } from '../lib/crypto.ts'
import type { SignatureFinding } from '../model/finding.ts'
import type { Scheme } from '../model/scheme.ts'
import type { AsymmetricKeyInput, HashName } from '../model/signing.ts'
import { publicKeyKind, toPrivateKey } from './asymmetric-keys.ts'
import type { Reading } from './diagnosis.ts'
import { createKeyRing, type Keys, type NamedKey } from './keys.ts'
import { createSignatureHeader, type SignatureHeaderOptions } from './signature-header.ts'
import { createSignatureScheme } from './signature-scheme.ts'
import { createSignedContent, type SignedContentOptions } from './signed-content.ts'

/** Options of {@link rsa}: a public key to verify with, or a private one to sign with. */
export interface RsaOptions extends SignatureHeaderOptions, SignedContentOptions {
  /** The sender's public key, 2048 to 8192 bits, or several. For receivers. */
  readonly publicKey?: Keys<AsymmetricKeyInput> | undefined
  /** The sender's private key, instead of `publicKey`. For senders and tests. */
  readonly privateKey?: AsymmetricKeyInput | undefined
  /** The hash function. Default `sha256`. */
  readonly hash?: HashName
  /** RSASSA-PKCS1-v1_5, or RSASSA-PSS with a salt as long as the hash (RFC 8017 §8). Default `pkcs1`. */
  readonly padding?: 'pkcs1' | 'pss'
}

/** How a scheme is set up. */
interface ExpectedAlgorithm {
  readonly hash: HashName
  readonly padding: 'pkcs1' | 'pss'
}

const optionKinds: OptionKinds<RsaOptions> = {
  publicKey: 'checked',
  privateKey: 'checked',
  header: 'checked',
  hash: 'checked',
  padding: 'checked',
  prefix: 'text',
  separator: 'checked',
  signedHeaders: 'list',
  joint: 'checked',
}
const minSignatureBytes = 256
const maxSignatureBytes = 1_024

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
  const { hash = 'sha256', padding = 'pkcs1', privateKey } = options
  if (!Object.hasOwn(hashBytes, hash)) throw new TypeError("rsa hash must be 'sha256' or 'sha512'")
  if (padding !== 'pkcs1' && padding !== 'pss') throw new TypeError("rsa padding must be 'pkcs1' or 'pss'")
  if (privateKey !== undefined && options.publicKey !== undefined) {
    throw new TypeError('rsa takes publicKey, to verify, or privateKey, to sign; not both')
  }
  const isLength = (bytes: number): boolean => bytes >= minSignatureBytes && bytes <= maxSignatureBytes
  const header = createSignatureHeader(options, ['base64'], isLength)
  const signer = privateKey === undefined ? undefined : toPrivateKey(privateKey, 'rsa')
  const ring = createKeyRing(signer ? parsePublicKey(signer) : options.publicKey, publicKeyKind('rsa'))
  const algorithm = { hash, padding }
  return createSignatureScheme({
    name: 'rsa',
    ring,
    header,
    content: createSignedContent(options),
    matches: (key, signature, signed) =>
      signature.byteLength === modulusBytes(key) && verifySignature(algorithm, key, signed, signature),
    sign: signer && ((signed) => createSignature(algorithm, signer, signed)),
    readings: (key) => readingsOf(key, algorithm),
  })
}

function modulusBytes(key: CryptoKey): number {
  return Math.ceil(Number(key.asymmetricKeyDetails?.modulusLength) / 8)
}

/** Salts that libraries make: none, as long as SHA-1 to SHA-512, and any that the signature itself tells. */
const saltLengths = [0, 20, 32, 48, 64, 'auto'] as const

function* readingsOf({ key }: NamedKey<CryptoKey>, expected: ExpectedAlgorithm): Iterable<Reading> {
  for (const hash of ['sha256', 'sha512'] as const) {
    const otherHash = hash === expected.hash ? [] : [differs('hash', expected.hash, hash)]
    for (const padding of ['pkcs1', 'pss'] as const) {
      const otherPadding = padding === expected.padding ? [] : [differs('padding', expected.padding, padding)]
      const findings = [...otherHash, ...otherPadding]
      yield {
        findings,
        matches: (signature, signed) => verifySignature({ hash, padding }, key, signed, signature),
      }
      if (padding === 'pkcs1') continue
      for (const saltLength of saltLengths) {
        const found = saltLength === 'auto' ? 'another' : String(saltLength)
        yield {
          findings: [...findings, differs('salt-length', String(hashBytes[hash]), found)],
          matches: (signature, signed) =>
            verifySignature({ hash, padding, saltLength }, key, signed, signature),
        }
      }
    }
  }
}

function differs(kind: SignatureFinding['kind'], expected: string, found: string): SignatureFinding {
  return { kind, expected, found }
}
