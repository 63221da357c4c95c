import type { JsonObject } from '../model/json.ts'
import type { Provider } from '../model/provider.ts'
import type { Scheme } from '../model/scheme.ts'
import type { EncodedBody } from '../model/sending.ts'
import type { Part, Value } from '../model/value.ts'

/** What a provider is to send. */
export interface DeliveryToSign {
  /** The event's name, for the provider's own headers and parameters. */
  readonly event: string
  /** The payload, stamped. */
  readonly payload: JsonObject
  /** When it is sent: the time to sign. */
  readonly at: Date
  /** Headers beside those that the provider sends, or instead of them, names in any case. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** Parameters of the address beside those that the provider sends. Default: none. */
  readonly query?: Readonly<Record<string, string>>
  /** The body. Default: the payload as `sending.encode` has it, or as JSON. */
  readonly encoded?: EncodedBody
  /**
   * The query that the address has already, without a question mark: it is signed where the scheme signs it. Default: none.
   */
  readonly addressQuery?: string
}

/** A request as a provider sends it, without its address. */
export interface SignedDelivery {
  /** Every header, by name in lower case. */
  readonly headers: Record<string, string>
  /** The bytes. */
  readonly body: Uint8Array
  /** Parameters to add to those of the address, without a question mark; `''`: none. */
  readonly query: string
}

/** The parts of a provider that say how it sends. */
export type SendingProvider = Pick<Provider<object>, 'name' | 'scheme' | 'sending'>

/**
 * Encodes a payload and proves it, as the provider does. For senders and tests. Ids and times that are signed in headers are
 * made where the provider states none.
 * @throws TypeError when the scheme cannot sign, or a signed value is missing or ungrammatical
 * @example
 * import { signDelivery } from '@acuse/core/inbox-kit'
 * import { github } from '@acuse/providers/github'
 *
 * const provider = github(process.env['GITHUB_SECRET'])
 * const at = new Date()
 * const { headers, body } = signDelivery(provider, { event: 'ping', payload: { zen: 'Keep it simple.' }, at })
 */
export function signDelivery(provider: SendingProvider, delivery: DeliveryToSign): SignedDelivery {
  const { name, scheme, sending } = provider
  if (!canSign(scheme))
    throw new TypeError(
      `${name} cannot sign with what it was given: it takes the private key, or one secret, not several`,
    )
  const { event, payload, at, headers = {} } = delivery
  const { mediaType, body: text } = delivery.encoded ?? sending?.encode?.(payload) ?? toJson(payload)
  const body = Buffer.from(text, 'utf8')
  const own = { ...toLowerCase(sending?.headers?.(payload, at, event)), ...toLowerCase(headers) }
  const parts = { ...signedHeaders(scheme.signs, at), ...own }
  const parameters = { ...sending?.query?.(payload, at, event), ...delivery.query, ...scheme.signQuery?.() }
  const query = missingIn(delivery.addressQuery, parameters)
  const sent = { headers: parts, url: withQuery(withQuery('/', delivery.addressQuery), query), at }
  return {
    headers: { 'content-type': mediaType, ...parts, ...scheme.sign?.(body, sent) },
    body: scheme.signBody?.(body, sent) ?? body,
    query,
  }
}

/** The parameters that a query lacks, as a query. */
export function missingIn(query = '', parameters: Readonly<Record<string, string>> = {}): string {
  const own = new URLSearchParams(query)
  const missing = Object.entries(parameters).filter(([name]) => !own.has(name))
  return new URLSearchParams(missing).toString()
}

/** An address with more parameters. */
export function withQuery(url: string, query = ''): string {
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`
}

/** Whether a scheme has a key that it can sign with. */
export function canSign({ sign, signBody }: Pick<Scheme, 'sign' | 'signBody'>): boolean {
  return sign !== undefined || signBody !== undefined
}

function toJson(payload: JsonObject): EncodedBody {
  return { mediaType: 'application/json', body: JSON.stringify(payload) }
}

function toLowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** Headers that are signed, and that a provider need not state. */
function signedHeaders(signs: readonly Part[], at: Date): Record<string, string> {
  const made = signs.flatMap((part): (readonly [string, string])[] => {
    const value = 'header' in part ? signedValue(part.as, at) : undefined
    return 'header' in part && value !== undefined ? [[part.header.toLowerCase(), value]] : []
  })
  return Object.fromEntries(made)
}

/** A value that no other delivery has, or the time; `undefined`: the provider must state it. */
export function signedValue(as: Value['as'], at: Date): string | undefined {
  switch (as) {
    case 'id':
    case 'token':
      return `msg_${crypto.randomUUID()}`
    case 'rfc3339':
      return at.toISOString()
    case 'unix-ms':
      return String(at.getTime())
    case 'unix':
    case 'unix-seconds':
      return String(Math.floor(at.getTime() / 1000))
    default:
      return undefined
  }
}
