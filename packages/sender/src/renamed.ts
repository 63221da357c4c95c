import type { JsonObject } from '@acuse/core'
import type { MadeRequest } from './make-request.ts'
import type { SignedRequest } from './request.ts'
import type { Signer } from './signer.ts'
import { withParameters } from './with-parameters.ts'

/**
 * A request under the name of another event, wherever the provider states it, as somebody without the key can send it.
 * @throws TypeError when the provider names events nowhere
 */
export function renamed({ event, payload, at, request }: MadeRequest, signer: Signer): SignedRequest {
  const { sending, provider } = signer
  const other = signer.events.find((name) => name !== event) ?? `${event}.renamed`
  const headers = changed(sending.headers, [payload, at], event, other)
  const parameters = changed(sending.query, [payload, at], event, other)
  if (headers.length + parameters.length > 0)
    return {
      ...request,
      headers: { ...request.headers, ...Object.fromEntries(headers) },
      url: parameters.reduce(withParameter, request.url),
    }
  const text = request.body.toString('latin1')
  const body = Buffer.from(text.replaceAll(event, other), 'latin1')
  if (!body.equals(request.body)) return { ...request, body }
  throw new TypeError(`${provider.name} names ${event} nowhere: it cannot be renamed`)
}

function withParameter(url: string, [name, value]: readonly [string, string]): string {
  const [path, query = ''] = url.split('?', 2)
  return `${path}?${withParameters(query, [name], value)}`
}

type Named = ((payload: JsonObject, at: Date, event: string) => Record<string, string>) | undefined

/** The headers or parameters that name the event, as another one has them; names in lower case. */
function changed(
  state: Named,
  [payload, at]: readonly [JsonObject, Date],
  event: string,
  other: string,
): readonly (readonly [string, string])[] {
  const own = state?.(payload, at, event) ?? {}
  return Object.entries(state?.(payload, at, other) ?? {}).flatMap(([name, value]) =>
    // An id that is made for each call differs too, and names nothing.
    own[name] !== value && other.includes(value) ? [[name.toLowerCase(), value] as const] : [],
  )
}
