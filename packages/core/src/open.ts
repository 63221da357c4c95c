import { toContentFingerprint, toFingerprint } from './fingerprint.ts'
import { toOmitted } from './lib/canonical-json.ts'
import { isJsonObject, type JsonObject, parseJson } from './lib/json.ts'
import type { Envelope, Provider } from './provider.ts'
import { readEnvelope } from './read-envelope.ts'
import type { Refusal } from './refusal.ts'
import type { WebhookRequest } from './request.ts'

/** An authentic body, opened. */
export interface Opened {
  readonly envelope: Envelope
  /** Not validated yet. */
  readonly payload: JsonObject
  /** Of the body, without what the provider says may differ between copies. */
  readonly fingerprint: string
}

/** Step 4: bytes → JSON → envelope. Only an authentic body comes here. */
export function open(
  request: WebhookRequest,
  provider: Pick<Provider<object>, 'envelope' | 'mediaTypes' | 'volatile'>,
): Opened | Refusal {
  if (provider.mediaTypes && !provider.mediaTypes.includes(mediaType(request)))
    return { code: 'media-type-unsupported' }
  const parsed = parseJson(request.body)
  if ('problem' in parsed) return { code: parsed.problem }
  if (!isJsonObject(parsed.value)) return { code: 'envelope-invalid' }
  const fingerprint = fingerprintOf(request.body, parsed.value, provider.volatile)
  const envelope = readEnvelope(provider, parsed.value, request, fingerprint)
  return 'code' in envelope ? envelope : { envelope, payload: parsed.value, fingerprint }
}

function fingerprintOf(
  body: Uint8Array,
  payload: JsonObject,
  volatile: Provider<object>['volatile'],
): string {
  if (volatile === undefined || volatile.length === 0) return toFingerprint(body)
  return toContentFingerprint(payload, toOmitted('provider.volatile', volatile))
}

/** The media type without its parameters (RFC 9110 §8.3.1), in lower case. */
function mediaType({ headers }: WebhookRequest): string {
  return headers.values('content-type').join(',').split(';', 1).join('').trim().toLowerCase()
}
