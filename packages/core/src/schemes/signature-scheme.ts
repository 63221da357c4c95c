import type { CryptoKey } from '../lib/crypto.ts'
import { isJsonObject, parseJson } from '../lib/json.ts'
import { RequestValues } from '../lib/request-values.ts'
import { withValueAt } from '../lib/with-value-at.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { Scheme } from '../model/scheme.ts'
import { diagnoseSignature, type Reading } from './diagnosis.ts'
import { findingsOfShape } from './header-shape.ts'
import { type KeyRing, type NamedKey, signatureMismatch, toAuthentic } from './keys.ts'
import type { SignatureHeader } from './signature-header.ts'
import type { SignedContent } from './signed-content.ts'
import { writeContent } from './written-content.ts'

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

/**
 * A scheme from its parts: where signatures stand, what is signed, keys, and an algorithm.
 * @throws TypeError when the parts do not fit each other
 */
export function createSignatureScheme(algorithm: SignatureAlgorithmOf): Scheme {
  checkTogether(algorithm)
  const { name, ring, header, content, matches, readings } = algorithm
  // One look into the headers less, where no field is signed.
  const valuesOf = content.hasFields
    ? (request: WebhookRequest) =>
        new RequestValues(request, (field) => header.fields(request.headers, field))
    : (request: WebhookRequest) => new RequestValues(request)
  return {
    name,
    headers: [...header.headers, ...content.names, ...(ring.headers ?? [])],
    signs: content.parts,
    keyMarks: ring.marks,
    check: (headers) => header.check(headers) ?? content.check(headers) ?? ring.check?.(headers),
    verify(request) {
      const values = valuesOf(request)
      const read = header.read(values)
      if ('code' in read) return read
      const signed = content.read(values)
      if ('code' in signed) return signed
      const ringed = ring.keysFor(request)
      if ('code' in ringed) return ringed
      for (const named of ringed.keys) {
        const { key } = named
        for (const signature of read.signatures) {
          if (matches(key, signature, signed.bytes)) return toAuthentic(named)
        }
      }
      return signatureMismatch
    },
    diagnose(request) {
      const ringed = ring.keysFor(request)
      const all = 'code' in ringed ? [] : ringed.keys.flatMap((key) => [...readings(key)])
      return diagnoseSignature({ request, header, content, valuesOf }, all)
    },
    diagnoseHeaders: (headers) =>
      header.headers
        .flatMap((each) => headers.values(each))
        .flatMap((value) => findingsOfShape(value, header)),
    fields: ({ headers }, field) => header.fields(headers, field),
    ...(content.signsBody ? undefined : { signedBytes: toSignedBytes(content, valuesOf) }),
    ...preparer(algorithm, valuesOf),
    ...signer(algorithm),
  }
}

function checkTogether({ header, content }: SignatureAlgorithmOf): void {
  if (content.hasFields && !header.hasFields)
    throw new TypeError(
      "signs[] names a field of the signature's header, which holds a signature alone. State its separator, and the prefix of signatures, such as 'v1='",
    )
  if (content.signsBody && header.headers.length === 0)
    throw new TypeError(
      'A signature that stands in the body cannot sign the raw body. List in signs what is signed',
    )
}

/** Nothing is fetched for a request that cannot be proven, whatever its keys are. */
function preparer(
  { ring, header, content }: SignatureAlgorithmOf,
  valuesOf: (request: WebhookRequest) => RequestValues,
): Pick<Scheme, 'prepare' | 'loadKeys'> {
  const { prepare, load } = ring
  if (!prepare) return {}
  return {
    ...(load && { loadKeys: load }),
    prepare(request, options) {
      if (ring.fixed) return undefined
      const values = valuesOf(request)
      const isReadable = !('code' in header.read(values)) && !('code' in content.read(values))
      return isReadable ? prepare(request, options) : undefined
    },
  }
}

/** Asked of proven requests, which have all that is signed. */
function toSignedBytes(
  content: SignedContent,
  valuesOf: (request: WebhookRequest) => RequestValues,
): NonNullable<Scheme['signedBytes']> {
  return (request) => {
    const signed = content.read(valuesOf(request))
    if ('code' in signed) throw new TypeError('signedBytes() was asked of a request that is not proven')
    return signed.bytes
  }
}

function signer({ header, content, sign }: SignatureAlgorithmOf): Pick<Scheme, 'sign' | 'signBody'> {
  if (!sign) return {}
  if (header.headers.length === 0) {
    return {
      signBody(body, sent = {}) {
        const { bytes } = writeContent(content, body, sent)
        return withSignature(body, header.write(sign(bytes)))
      },
    }
  }
  return {
    sign(body, sent = {}) {
      const { headers, fields, bytes } = writeContent(content, body, sent)
      return { ...headers, ...header.write(sign(bytes), fields) }
    },
  }
}

/** The body with its signature; a path may lead to it. */
function withSignature(body: Uint8Array, written: Readonly<Record<string, string>>): Uint8Array {
  const parsed = parseJson(body)
  if ('problem' in parsed || !isJsonObject(parsed.value))
    throw new TypeError('To sign in the body, give a body that is a JSON object')
  let signed: unknown = parsed.value
  for (const [path, text] of Object.entries(written)) signed = withValueAt(signed, path, () => text)
  return Buffer.from(JSON.stringify(signed))
}
