import type { Fill, Handshake } from '../model/handshake.ts'
import { fromRawHeaders } from '../model/headers.ts'
import type { Provider } from '../model/provider.ts'
import type { EncodedBody } from '../model/sending.ts'
import { fieldOf } from './field-of.ts'
import { type HandshakeParts, handshakeParts } from './handshake-parts.ts'
import { RequestValues } from './request-values.ts'
import { missingIn, type SignedDelivery, signDelivery, withQuery } from './sign-delivery.ts'

/** A handshake as its sender asks. */
export interface HandshakeRequest extends SignedDelivery {
  /** How it asks; all but `POST` have no body. */
  readonly method: Handshake['method']
  /** What is wrong with an answer, in words; `undefined`: it is the one that the handshake wants. */
  faultOf(answered: HandshakeAnswered): string | undefined
}

/** What was answered to a handshake. */
export interface HandshakeAnswered {
  /** The HTTP status. */
  readonly status: number
  /** The body, decoded as UTF-8; `''` where there is none. */
  readonly body: string
  /** The value of a header, its name in lower case. */
  header(name: string): string | undefined
}

/** How to ask. */
export interface HandshakeOptions {
  /** The time to sign. */
  readonly at: Date
  /**
   * The query that the address has already, without a question mark: it is signed where the scheme signs it. Default: none.
   */
  readonly addressQuery?: string
}

/** The parts of a provider that say how it asks. */
export type AskingProvider = Pick<Provider<object>, 'name' | 'scheme' | 'time' | 'bodies'>

/**
 * A handshake as its sender asks: with what tells it from a delivery, the token, fresh values for what must be told back, and
 * the proof. For senders and tests.
 * @throws TypeError when the scheme cannot sign, or the body is neither JSON nor a form
 */
export function toHandshakeRequest(
  provider: AskingProvider,
  handshake: Handshake,
  options: HandshakeOptions,
): HandshakeRequest {
  const { scheme } = provider
  const { method, proof } = handshake
  const parts = handshakeParts(handshake, provider, options.at)
  const encoded = method === 'POST' ? encode(provider, parts.body) : undefined
  const sent = (proof === 'scheme' ? proven : unproven)(provider, { ...options, ...parts, encoded })
  const request = {
    method,
    url: withQuery(withQuery('/', options.addressQuery), sent.query),
    headers: fromRawHeaders(Object.entries(sent.headers).flat()),
    body: sent.body,
  }
  const values = new RequestValues(request, (name) => scheme.fields?.(request, name) ?? [], {
    value: parts.body,
  })
  const filled = (fill: Fill): string | undefined => {
    if (!('mac' in fill)) return values.one(fill)
    return scheme.mac?.(String(values.one(fill.mac)), String(fieldOf(scheme.verify(request), 'keyId')))
  }
  return { ...sent, method, faultOf: (answered) => faultOf(answered, handshake, filled) }
}

/** What is asked, without its proof. */
type Asked = HandshakeOptions & HandshakeParts & { readonly encoded: EncodedBody | undefined }

/** Without what it sends beside events, which may read their payloads. */
function proven({ name, scheme }: AskingProvider, { encoded, body, ...asked }: Asked): SignedDelivery {
  return signDelivery(
    { name, scheme },
    { event: '', payload: Object(body), ...asked, ...(encoded && { encoded }) },
  )
}

/** A key in the query is part of the address, whatever is asked there. */
function unproven(
  { scheme }: AskingProvider,
  { headers, query, addressQuery, encoded }: Asked,
): SignedDelivery {
  return {
    headers: { ...(encoded && { 'content-type': encoded.mediaType }), ...headers },
    body: Buffer.from(encoded?.body ?? ''),
    query: missingIn(addressQuery, { ...query, ...scheme.signQuery?.() }),
  }
}

const form = 'application/x-www-form-urlencoded'

/** As JSON, where the provider has it; else as a form. */
function encode({ name, bodies }: AskingProvider, body: unknown): EncodedBody {
  if (bodies === undefined) return { mediaType: 'application/json', body: JSON.stringify(body) }
  const json = Object.keys(bodies).find((mediaType) => bodies[mediaType] === 'json')
  if (json !== undefined)
    return { mediaType: json === '*' ? 'application/json' : json, body: JSON.stringify(body) }
  if (bodies[form] !== 'form')
    throw new TypeError(`${name} states a handshake, and bodies that are neither JSON nor forms: ask by hand`)
  const fields = Object.entries(Object(body)).map(([field, value]): [string, string] => [
    field,
    String(value),
  ])
  return { mediaType: form, body: new URLSearchParams(fields).toString() }
}

function faultOf(
  { status, body, header }: HandshakeAnswered,
  { method, answer }: Handshake,
  filled: (fill: Fill) => string | undefined,
): string | undefined {
  const wanted = answer.status ?? 200
  if (status !== wanted) return `the status is ${status}, not ${wanted}`
  for (const [name, fill] of Object.entries(answer.headers ?? {}))
    if (header(name.toLowerCase()) !== filled(fill)) return `the header '${name}' is not what it must be`
  // RFC 9110 §9.3.2: an answer to HEAD has no body.
  if (method === 'HEAD') return undefined
  if (answer.text && body !== filled(answer.text)) return 'the body is not the text that it must be'
  if (answer.json === undefined) return undefined
  const told = parsed(body)
  for (const [name, fill] of Object.entries(answer.json)) {
    const value = fieldOf(told, name)
    // What was sent as a number may come back as one.
    const isRight = typeof fill === 'object' ? String(value) === filled(fill) : value === fill
    if (!isRight) return `'${name}' of the JSON is not what it must be`
  }
  return undefined
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
