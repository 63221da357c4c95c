import { coveredBy } from '../lib/parts.ts'
import { withValueAt } from '../lib/with-value-at.ts'
import type { JsonObject } from '../model/json.ts'
import type { Path } from '../model/path.ts'
import type { Provider, TimeRule } from '../model/provider.ts'
import type { Part, Value } from '../model/value.ts'
import type { Captured } from './captured.ts'
import { later, type ProviderSample, type ProviderStage, type Which } from './provider-stage.ts'
import { timeGrammars } from './provider-subject.ts'

/** How an event is sent again. */
export interface SentAgain {
  /** How much later, in milliseconds. Default 0. */
  readonly afterMs?: number
  /** With which key. Default the first. */
  readonly which?: Which
  /** Changes its payload. Default: not at all. */
  readonly change?: (payload: JsonObject) => JsonObject
}

/**
 * The event of a request as its sender repeats it: with the ids that are signed, and with new ones where nobody signs them; with
 * a new time where that is the attempt's.
 */
export function sentAgain(
  stage: ProviderStage,
  sample: ProviderSample,
  first: Captured,
  { afterMs = 0, which = 0, change = (payload) => payload }: SentAgain,
): Captured {
  const { time } = stage.provider
  const attemptAt = later(stage.now, afterMs)
  const at = time?.of === 'attempt' ? attemptAt : stage.now
  const payload = change(stage.stamped(sample))
  const repeated = stage.retry?.(payload, attemptAt) ?? withTime(payload, time, at)
  const headers = keptHeaders(stage.provider, first)
  return stage.signed({ event: sample.event, payload: repeated, at, headers }, which)
}

/** Values that are signed and no time: a sender tells its event by them. Where nothing is, by those that make its key. */
function keptHeaders(
  { scheme, eventRules = [] }: Provider<object>,
  { headers }: Captured,
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

/** A copy whose volatile fields say something else: times are later, counters higher. */
export function raised(payload: JsonObject, volatile: readonly Path[], at: Date): JsonObject {
  return volatile.reduce<JsonObject>(
    (changed, path) => withValueAt(changed, path, (was) => raise(was, at)) as JsonObject,
    payload,
  )
}

function raise(value: unknown, at: Date): unknown {
  if (typeof value === 'boolean') return !value
  const time = timeLike(value, at)
  if (time !== value) return time
  if (typeof value === 'number') return value + 1
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
