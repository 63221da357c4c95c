import { disregard } from '../lib/fence.ts'
import { isJsonObject } from '../lib/json.ts'
import { describe, isPromiseLike } from '../lib/options.ts'
import { type Envelope, isNoEnvelopeCode, type NoEnvelope } from '../model/envelope.ts'
import type { JsonObject } from '../model/json.ts'
import type { Provider } from '../model/provider.ts'
import type { WebhookRequest } from '../model/request.ts'
import { type Asked, signedView, watchedView } from './envelope-view.ts'
import type { Reading } from './reading.ts'
import { failed, type Refusal } from './refusal.ts'

const maxTypeLength = 200

/** The answer of a provider's reader, and which parts of it are proven. */
export interface ReadEnvelope extends Envelope {
  /**
   * The type that what the scheme signs states: the same whatever else the request says, and part of the idempotency key.
   * `undefined`: it states none.
   */
  readonly signedType: string | undefined
}

/**
 * Asks a provider for the envelope; it may be anybody's code, and answer anything. Where it looks at what the scheme does
 * not sign, it is asked again without that: what it cannot say then is not proven. Never throws.
 */
export function readEnvelope(
  reading: Pick<Reading, 'envelope' | 'covered' | 'time'>,
  payload: unknown,
  request: WebhookRequest,
  bodyHash: string,
): ReadEnvelope | Refusal {
  const { envelope, covered } = reading
  if (envelope === undefined || !isJsonObject(payload)) return { code: 'envelope-invalid' }
  try {
    const asked: Asked = { hasUnsigned: false }
    const found = ask(envelope(payload, watchedView(request, covered, asked), bodyHash))
    if ('code' in found) return found
    const { type, time, idempotencyKey } = found
    if (!isType(type)) return { code: 'envelope-invalid' }
    // Where nothing is signed, nothing is more proven than the rest.
    if (!asked.hasUnsigned || !covered.anything)
      return { type, time, idempotencyKey: toIdempotencyKey(idempotencyKey), signedType: type }
    const proven = askAgain(envelope, payload, signedView(request, covered), bodyHash)
    if (reading.time?.signed === true && proven !== undefined && proven.time !== time) return unsignedTime()
    return {
      type,
      time,
      idempotencyKey: toIdempotencyKey(proven?.idempotencyKey),
      signedType: isType(proven?.type) ? proven.type : undefined,
    }
  } catch (error) {
    return failed('envelope-invalid', error)
  }
}

type Found = { readonly [Name in keyof Required<Envelope>]: unknown }

/** Read once, and copied: what was looked at is what counts. */
function ask(answer: unknown): Found | Refusal {
  if (typeof answer !== 'object' || answer === null || isPromiseLike(answer)) return wrong(answer)
  const { code, header }: { readonly [Name in keyof NoEnvelope]?: unknown } = answer
  if (isNoEnvelopeCode(code)) return typeof header === 'string' ? { code, header } : { code }
  const { type, time, idempotencyKey }: Partial<Found> = answer
  return { type, time, idempotencyKey }
}

function askAgain(
  envelope: NonNullable<Provider<object>['envelope']>,
  payload: JsonObject,
  view: WebhookRequest,
  bodyHash: string,
): Found | undefined {
  try {
    const found = ask(envelope(payload, view, bodyHash))
    return 'code' in found ? undefined : found
  } catch {
    return undefined
  }
}

/** Whether a type is one: 1 to 200 characters. */
export function isType(type: unknown): type is string {
  return typeof type === 'string' && type.length > 0 && type.length <= maxTypeLength
}

/** Texts that a missing value turns into. */
const noNames: readonly string[] = ['', 'undefined', 'null', 'NaN', '[object Object]']

/** The parts that tell one event from another; one without an id would be the same as every other without one. */
export function toIdempotencyKey(idempotencyKey: unknown): readonly string[] | undefined {
  if (!Array.isArray(idempotencyKey) || idempotencyKey.length === 0) return undefined
  const parts: unknown[] = [...idempotencyKey]
  return parts.every(isNamed) ? parts : undefined
}

function isNamed(part: unknown): part is string {
  return typeof part === 'string' && !noNames.includes(part.trim())
}

function wrong(answer: unknown): Refusal {
  const isLate = isPromiseLike(answer)
  disregard(answer)
  const found = isLate ? 'a promise: it must answer at once' : describe(answer)
  const message = `envelope() of the provider answered ${found}. It answers { type, time, idempotencyKey }, or why there is none, such as { code: 'envelope-invalid' }`
  return { code: 'envelope-invalid', error: new TypeError(message) }
}

function unsignedTime(): Refusal {
  const message =
    'The provider states a signed time (time.signed), and reads it from what its scheme does not sign: say signed: false'
  return { code: 'envelope-invalid', error: new TypeError(message) }
}
