import type { CryptoKey } from '../lib/crypto.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { Scheme } from '../model/scheme.ts'
import { diagnoseSignature, type Reading } from './diagnosis.ts'
import { type KeyRing, type NamedKey, toAuthentic, toVerdict } from './keys.ts'
import type { SignatureHeader } from './signature-header.ts'
import { type SignedContent, withHead } from './signed-content.ts'

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
  const { name, ring, header, content, matches, sign, readings } = algorithm
  const scheme: Scheme = {
    name,
    signsBody: true,
    headers: [header.name, ...content.names],
    signedHeaders: content.names,
    keyMarks: ring.marks,
    signedParts: content.signedParts,
    check(headers) {
      const read = header.read(headers)
      if ('code' in read) return read.code
      const head = content.head(headers)
      return 'kind' in head ? head.kind : undefined
    },
    verify(request) {
      const read = header.read(request.headers)
      if ('code' in read) return read.code
      const head = content.head(request.headers)
      if ('kind' in head) return head.kind
      const ringed = ring.keysFor(request)
      if ('code' in ringed) return toVerdict(ringed)
      const signed = withHead(head.text, request.body)
      for (const named of ringed.keys) {
        const { key } = named
        for (const signature of read.signatures) {
          if (matches(key, signature, signed)) return toAuthentic(named)
        }
      }
      return 'signature-mismatch'
    },
    faultIn(headers) {
      const read = header.read(headers)
      if ('code' in read) return { kind: read.code, header: header.name }
      const head = content.head(headers)
      return 'kind' in head ? head : undefined
    },
    diagnose(request: WebhookRequest) {
      const ringed = ring.keysFor(request)
      return diagnoseSignature(
        request,
        header,
        content,
        'code' in ringed ? [] : ringed.keys.flatMap((key) => [...readings(key)]),
      )
    },
  }
  if (!sign) return scheme
  return {
    ...scheme,
    sign(body, parts = {}) {
      const { headers, text } = content.fromParts(parts)
      return { ...headers, [header.name]: header.write(sign(withHead(text, body))) }
    },
  }
}
