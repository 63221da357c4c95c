import { toHeaderName } from '../lib/header-name.ts'
import type { RequestValues } from '../lib/request-values.ts'
import type { Finding, HeaderFinding } from '../model/finding.ts'
import { type RequestHeaders, singleValue } from '../model/headers.ts'
import type { Path } from '../model/path.ts'
import type { NotProven } from '../model/scheme.ts'

/** Where signatures stand in a request, one place of three, and how they are written. */
export interface SignatureHeaderOptions {
  /** The header that carries the signature, in any case, such as `X-Webhook-Signature`. */
  readonly header?: string
  /**
   * Instead of `header`, what comes before the number in the names of headers that each carry a signature, from 1 to 10:
   * `X-DocuSign-Signature-`. Those that are missing are skipped.
   */
  readonly numberedHeader?: string
  /** Instead of `header`, the field of a JSON body that carries the signature. Such a scheme signs by `signBody`. */
  readonly bodyField?: Path
  /** The prefix of each signature, such as `sha256=` or `v1,`. Default: nothing. */
  readonly prefix?: string
  /**
   * The separator between the signatures of a header that may carry several, at most 10. Those of another
   * version, such as `v1a,…` beside `v1,…`, are skipped, and so are other fields, such as `t=…`. Default: the header
   * carries one.
   */
  readonly separator?: ' ' | ',' | ';'
}

/** Where signatures stand. */
export interface SignaturePlace {
  /** The header's name, in lower case, the first where they are numbered; of a field of the body, its path. */
  readonly name: string
  /** The headers that carry signatures, in lower case. */
  readonly headers: readonly string[]
  /** What stands there is no signature. */
  readonly malformed: NotProven
  /** Every text that may hold signatures, for diagnosis. */
  texts(values: RequestValues): readonly string[]
  /** The texts of the headers, or why there are none. Absent: they stand in the body. */
  inHeaders?(headers: RequestHeaders): readonly string[] | NotProven
  /** The texts of the request, or why there are none. */
  inRequest(values: RequestValues): readonly string[] | NotProven
  /** A fault as something that was found. */
  toFinding(fault: NotProven): Finding
}

/** The most signatures that a request may carry: each is tried. */
export const maxSignatures = 10

/**
 * Where signatures stand.
 * @throws TypeError unless exactly one place is stated
 */
export function toPlace({ header, numberedHeader, bodyField }: SignatureHeaderOptions): SignaturePlace {
  if ([header, numberedHeader, bodyField].filter((each) => each !== undefined).length > 1)
    throw new TypeError('A signature stands in header, numberedHeader or bodyField: state one of them')
  if (bodyField !== undefined) return toFieldPlace(bodyField)
  if (numberedHeader === undefined) return toHeaderPlace([toHeaderName('header', header)])
  const start = toHeaderName('numberedHeader', numberedHeader)
  return toHeaderPlace(Array.from({ length: maxSignatures }, (_, at) => `${start}${at + 1}`))
}

function toHeaderPlace(headers: readonly string[]): SignaturePlace {
  const name = headers[0] as string
  function inHeaders(all: RequestHeaders): readonly string[] | NotProven {
    const found: string[] = []
    for (const each of headers) {
      const single = singleValue(all, each)
      if (!('code' in single)) found.push(single.value)
      else if (single.code === 'header-repeated') return single
    }
    return found.length > 0 ? found : { code: 'header-missing', header: name }
  }
  return {
    name,
    headers,
    malformed: { code: 'header-malformed', header: name },
    texts: ({ request }) => headers.flatMap((each) => request.headers.values(each)),
    inHeaders,
    inRequest: ({ request }) => inHeaders(request.headers),
    toFinding: ({ code, header = name }) => ({ kind: code as HeaderFinding['kind'], header }),
  }
}

function toFieldPlace(path: unknown): SignaturePlace {
  if (typeof path !== 'string' || path === '')
    throw new TypeError("bodyField must be a path, such as 'Signature'")
  const value = { body: path }
  const malformed: NotProven = { code: 'value-malformed' }
  return {
    name: path,
    headers: [],
    malformed,
    texts: (values) => values.all(value),
    inRequest(values) {
      const text = values.one(value)
      return text === undefined ? malformed : [text]
    },
    toFinding: () => ({ kind: 'value-malformed', place: 'body', name: path }),
  }
}
