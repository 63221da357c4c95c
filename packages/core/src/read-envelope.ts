import type { HeaderFinding } from './finding.ts'
import { disregard } from './lib/fence.ts'
import type { JsonObject } from './lib/json.ts'
import { describe, isPromiseLike } from './lib/options.ts'
import { type Envelope, isEnvelopeProblem, type Provider } from './provider.ts'
import { failed, type Refusal } from './refusal.ts'
import type { WebhookRequest } from './request.ts'

const maxTypeLength = 200

/** Asks a provider for the envelope; it may be anybody's code, and answer anything. Never throws. */
export function readEnvelope(
  provider: Pick<Provider<object>, 'envelope'>,
  payload: JsonObject,
  request: WebhookRequest,
  fingerprint: string,
): Envelope | Refusal {
  try {
    const answer: unknown = provider.envelope(payload, request, fingerprint)
    if (isEnvelopeProblem(answer)) return { code: answer }
    if (typeof answer !== 'object' || answer === null || isPromiseLike(answer)) return wrong(answer)
    const { kind, header } = answer as Partial<HeaderFinding>
    if (isEnvelopeProblem(kind)) return typeof header === 'string' ? { code: kind, header } : { code: kind }
    // Read once, and copied: what was looked at is what counts.
    const { type, time, identity } = answer as Envelope
    return isType(type) ? { type, time, identity: toIdentity(identity) } : { code: 'envelope-invalid' }
  } catch (error) {
    return failed('envelope-invalid', error)
  }
}

function isType(type: unknown): boolean {
  return typeof type === 'string' && type.length > 0 && type.length <= maxTypeLength
}

/** What a missing value is as text. */
const noNames: readonly string[] = ['', 'undefined', 'null', 'NaN', '[object Object]']

/** What tells one event from another; one without an id would be the same as every other without one. */
function toIdentity(identity: unknown): readonly string[] | undefined {
  if (!Array.isArray(identity) || identity.length === 0) return undefined
  const parts: unknown[] = [...identity]
  return parts.every((part) => typeof part === 'string' && !noNames.includes(part.trim()))
    ? (parts as string[])
    : undefined
}

function wrong(answer: unknown): Refusal {
  const isLate = isPromiseLike(answer)
  if (isLate) disregard(answer)
  const found = isLate ? 'a promise: it must answer at once' : describe(answer)
  const message = `envelope() of the provider answered ${found}. It answers { type, time, identity }, or why there is none, such as envelope-invalid`
  return { code: 'envelope-invalid', error: new TypeError(message) }
}
