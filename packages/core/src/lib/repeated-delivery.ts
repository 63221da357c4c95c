import type { JsonObject } from '../model/json.ts'
import type { Path } from '../model/path.ts'
import type { Provider, TimeRule } from '../model/provider.ts'
import type { Part, Value } from '../model/value.ts'
import { coveredBy } from './parts.ts'
import type { DeliveryToSign } from './sign-delivery.ts'
import { withValueAt } from './with-value-at.ts'

/** A delivery that was sent. */
export interface SentDelivery {
  /** The event's name. */
  readonly event: string
  /** The payload as it was sent, stamped. */
  readonly payload: JsonObject
  /** When it was sent. */
  readonly at: Date
  /** Its headers, by name in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

/**
 * A delivery as its sender repeats it at another time: with the ids that are signed, and with new ones where nobody signs
 * them; with a new time where that is the attempt's. For senders and tests; `signDelivery` takes it.
 * @param retry the payload of the repeated attempt, where the provider changes more than a time
 * @example
 * import { repeatedDelivery, signDelivery } from '@acuse/core/inbox-kit'
 * import { github } from '@acuse/providers/github'
 *
 * const provider = github(process.env['GITHUB_SECRET'])
 * const first = { event: 'ping', payload: { zen: 'Keep it simple.' }, at: new Date() }
 * const { headers } = signDelivery(provider, first)
 * const again = signDelivery(provider, repeatedDelivery(provider, { ...first, headers }, new Date()))
 */
export function repeatedDelivery(
  provider: Provider<object>,
  { event, payload, at: sentAt, headers }: SentDelivery,
  attemptAt: Date,
  retry?: (payload: JsonObject, at: Date) => JsonObject,
): DeliveryToSign {
  const { time } = provider
  const at = time?.of === 'attempt' ? attemptAt : sentAt
  const repeated = retry?.(payload, attemptAt) ?? withTime(payload, time, at)
  return { event, payload: repeated, at, headers: keptHeaders(provider, headers) }
}

/** Grammars that only a time has. */
export const timeGrammars: readonly unknown[] = ['unix', 'unix-seconds', 'unix-ms', 'rfc3339']

/** Values that are signed and no time: a sender tells its event by them. Where nothing is, by those that make its key. */
function keptHeaders(
  { scheme, eventRules = [] }: Provider<object>,
  headers: SentDelivery['headers'],
): Record<string, string> {
  const telling = coveredBy(scheme).anything
    ? scheme.signs
    : eventRules.flatMap(({ idempotencyKey = [] }) => idempotencyKey)
  const kept = telling.flatMap((part: Part | Value) => {
    if (!('header' in part) || timeGrammars.includes(part.as)) return []
    const name = part.header.toLowerCase()
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return Object.fromEntries(kept)
}

function withTime(payload: JsonObject, time: TimeRule | undefined, at: Date): JsonObject {
  if (time?.of !== 'attempt' || time.value === undefined || !('body' in time.value)) return payload
  return withValueAt(payload, time.value.body, (was) => timeLike(was, at)) as JsonObject
}

/**
 * A payload whose volatile fields say something else: times are later, counters higher.
 * @param texts whether texts that are no time are changed too: one may name the key
 */
export function raised(
  payload: JsonObject,
  volatile: readonly Path[],
  at: Date,
  texts: 'changed' | 'kept' = 'changed',
): JsonObject {
  return volatile.reduce<JsonObject>(
    (changed, path) => withValueAt(changed, path, (was) => raise(was, at, texts)) as JsonObject,
    payload,
  )
}

function raise(value: unknown, at: Date, texts: 'changed' | 'kept'): unknown {
  if (typeof value === 'boolean') return !value
  const time = timeLike(value, at)
  if (time !== value) return time
  if (typeof value === 'number') return value + 1
  if (texts === 'kept') return value
  return typeof value === 'string' ? `${value}1` : 1
}

const secondsFrom = 1e9
const msFrom = 1e12

/** A time, written as another one is; what is no time stays. */
function timeLike(value: unknown, at: Date): unknown {
  const ms = at.getTime()
  const isText = typeof value === 'string'
  const number = isText ? (/^\d{10}(?:\d{3})?$/.test(value) ? Number(value) : Number.NaN) : value
  if (typeof number === 'number' && number >= secondsFrom) {
    const unit = number >= msFrom ? ms : Math.floor(ms / 1_000)
    return isText ? String(unit) : unit
  }
  return isText && /^\d{4}-\d{2}-\d{2}T/.test(value) ? at.toISOString() : value
}
