import type { CryptoKey } from '../lib/crypto.ts'
import type { RequestHeaders } from '../model/headers.ts'
import type { Scheme } from '../model/scheme.ts'
import { diagnoseSignature, type Reading } from './diagnosis.ts'
import { type KeyRing, type NamedKey, signatureMismatch, toAuthentic } from './keys.ts'
import type { HeaderFault, SignatureHeader, Signatures } from './signature-header.ts'
import { type SignedContent, type SignedHead, withHead } from './signed-content.ts'

/** The differences between signature schemes. */
export interface SignatureAlgorithmOf {
  readonly name: string
  readonly ring: KeyRing<CryptoKey>
  readonly header: SignatureHeader
  readonly content: SignedContent
  /** Whether a key verifies a signature over bytes; in constant time, and never throws. */
  readonly matches: (key: CryptoKey, signature: Uint8Array, signed: Uint8Array) => boolean
  /** Signs, for those who hold a key that can. */
  readonly sign: ((signed: Uint8Array) => Uint8Array) | undefined
  /** Other ways to read a signature that does not match, for diagnosis. */
  readonly readings: (key: NamedKey<CryptoKey>) => Iterable<Reading>
}

/** A scheme from its parts: a header, what is signed, keys, and an algorithm. */
export function createSignatureScheme(algorithm: SignatureAlgorithmOf): Scheme {
  const { name, ring, header, content, matches, readings } = algorithm
  return {
    name,
    signsBody: true,
    headers: [header.name, ...content.names],
    signedHeaders: content.names,
    keyMarks: ring.marks,
    signedParts: content.signedParts,
    check(headers) {
      const read = readHeaders(headers, algorithm)
      return 'code' in read ? read : undefined
    },
    verify(request) {
      const read = readHeaders(request.headers, algorithm)
      if ('code' in read) return read
      const ringed = ring.keysFor(request)
      if ('code' in ringed) return ringed
      const signed = withHead(read.text, request.body)
      for (const named of ringed.keys) {
        const { key } = named
        for (const signature of read.signatures) {
          if (matches(key, signature, signed)) return toAuthentic(named)
        }
      }
      return signatureMismatch
    },
    diagnose(request) {
      const ringed = ring.keysFor(request)
      const all = 'code' in ringed ? [] : ringed.keys.flatMap((key) => [...readings(key)])
      return diagnoseSignature(request, header, content, all)
    },
    ...signer(algorithm),
  }
}

/** The signatures, and what is signed before the body. */
function readHeaders(
  headers: RequestHeaders,
  { header, content }: Pick<SignatureAlgorithmOf, 'header' | 'content'>,
): (Signatures & SignedHead) | HeaderFault {
  const read = header.read(headers)
  if ('code' in read) return read
  const head = content.head(headers)
  return 'code' in head ? head : { signatures: read.signatures, text: head.text }
}

function signer({ header, content, sign }: SignatureAlgorithmOf): Pick<Scheme, 'sign'> {
  if (!sign) return {}
  return {
    sign(body, parts = {}) {
      const { headers, text } = content.fromParts(parts)
      return { ...headers, [header.name]: header.write(sign(withHead(text, body))) }
    },
  }
}
