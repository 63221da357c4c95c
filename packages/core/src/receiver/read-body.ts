import { toOmitted, valueAt } from '../lib/canonical-json.ts'
import { isJsonObject, parseJson } from '../lib/json.ts'
import { singleValue } from '../model/headers.ts'
import type { JsonObject } from '../model/json.ts'
import type { Provider } from '../model/provider.ts'
import type { WebhookRequest } from '../model/request.ts'
import { toBodyHash, toContentHash } from './body-hash.ts'
import { type ReadEnvelope, readEnvelope } from './read-envelope.ts'
import type { Refusal } from './refusal.ts'

/** An authentic body, opened. */
export interface Opened {
  readonly envelope: ReadEnvelope
  /** Not validated yet. */
  readonly payload: JsonObject
  /** Of the body, without what the provider says may differ between copies. */
  readonly bodyHash: string
}

/** Step 4: bytes → JSON → envelope. Only an authentic body comes here. */
export function open(
  request: WebhookRequest,
  provider: Pick<Provider<object>, 'scheme' | 'envelope' | 'time' | 'mediaTypes' | 'volatile' | 'repeats'>,
): Opened | Refusal {
  if (provider.mediaTypes && !provider.mediaTypes.includes(mediaType(request)))
    return { code: 'media-type-unsupported' }
  const parsed = parseJson(request.body)
  if ('problem' in parsed) return { code: parsed.problem }
  if (!isJsonObject(parsed.value)) return { code: 'envelope-invalid' }
  const bodyHash = bodyHashOf(request.body, parsed.value, provider.volatile)
  const envelope = readEnvelope(provider, parsed.value, request, bodyHash)
  if ('code' in envelope) return envelope
  return (
    checkRepeats(request, parsed.value, provider.repeats) ?? { envelope, payload: parsed.value, bodyHash }
  )
}

function bodyHashOf(body: Uint8Array, payload: JsonObject, volatile: Provider<object>['volatile']): string {
  if (volatile === undefined || volatile.length === 0) return toBodyHash(body)
  return toContentHash(payload, toOmitted('provider.volatile', volatile))
}

/** The media type without its parameters (RFC 9110 §8.3.1), in lower case. */
function mediaType({ headers }: WebhookRequest): string {
  return headers.values('content-type').join(',').split(';', 1).join('').trim().toLowerCase()
}

/** The first header that does not repeat its field, as text or as the bytes of it that Node hands out as latin1. */
function checkRepeats(
  { headers }: WebhookRequest,
  payload: JsonObject,
  repeats: Provider<object>['repeats'] = {},
): Refusal | undefined {
  for (const [name, path] of Object.entries(repeats)) {
    const header = name.toLowerCase()
    const single = singleValue(headers, header)
    if ('code' in single) return single
    const field = valueAt(payload, path)
    const spellings = typeof field === 'string' ? [field, Buffer.from(field).toString('latin1')] : []
    if (!spellings.includes(single.value)) return { code: 'header-mismatch', header }
  }
  return undefined
}
