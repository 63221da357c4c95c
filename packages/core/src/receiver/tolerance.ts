import { wholeNumber } from '../lib/options.ts'
import { parseTime } from '../lib/time.ts'
import type { ProviderLimits, TimeRule } from '../model/provider.ts'
import type { ToleranceCode } from '../model/rejection.ts'

/** How far from now the signed time of a delivery may lie. */
export interface Tolerance {
  /**
   * Into the past, in milliseconds. Default 300 000 (5 min) where the sender signs a new time for each attempt. Where
   * the time is the event's own and idempotency keys outlive the process: for as long as they are remembered.
   */
  readonly pastMs: number
  /** Into the future, in milliseconds: the sender's clock may be ahead. Default 60 000 (1 min). */
  readonly futureMs: number
}

/** The memory of deliveries. */
export interface IdempotencyMemory {
  /** Whether idempotency keys outlive this process. */
  readonly isDurable: boolean
  /** For how long, in milliseconds; `undefined`: for as long as the receiver asks. */
  readonly retentionMs: number | undefined
}

const dayMs = 86_400_000
/** The time for which a sender is taken to retry when nobody knows. */
const usualRetentionMs = 7 * dayMs
const attemptPastMs = 300_000
/** How long a sender is taken to wait for an answer when nobody knows. */
const usualAnswerMs = 60_000
const volatileMemory: IdempotencyMemory = { isDurable: false, retentionMs: undefined }

/**
 * A window with its defaults.
 * @throws TypeError when a bound is not a whole number of milliseconds up to 7 days, or to what is remembered
 */
export function toTolerance(
  given: Partial<Tolerance>,
  rule?: TimeRule,
  memory: IdempotencyMemory = volatileMemory,
): Tolerance {
  const rememberedMs = memory.retentionMs ?? usualRetentionMs
  const mostMs = Math.max(usualRetentionMs, rememberedMs)
  const futureMs = wholeNumber('tolerance.futureMs', given.futureMs ?? 60_000, 0, mostMs)
  const eventPastMs = Math.max(1_000, rememberedMs - futureMs)
  const usualPastMs = rule?.of === 'event' && memory.isDurable ? eventPastMs : attemptPastMs
  const pastMs = wholeNumber('tolerance.pastMs', given.pastMs ?? usualPastMs, 1_000, mostMs)
  return { pastMs, futureMs }
}

/** Whether every delivery has a time that nobody but the sender can state. */
export function provesTime(rule: TimeRule | undefined): boolean {
  return rule?.required === true && rule.signed === true
}

/** The time from a first attempt until a last one, which may begin when the sender stops, was answered. */
export function toLastAnswerMs({ retriesForMs = 0, ackTimeoutMs = usualAnswerMs }: ProviderLimits): number {
  return retriesForMs + ackTimeoutMs
}

/**
 * The shortest time to remember an idempotency key, in milliseconds. Where every delivery proves its time, a replay is
 * stale after the window; only the sender's own retries come later, and are signed anew where the time is the
 * attempt's. 7 days if no time is proven, or if nobody knows for how long the sender retries.
 */
export function minRetentionMs(
  window: Tolerance,
  time: TimeRule | undefined,
  limits: ProviderLimits = {},
): number {
  const windowMs = window.pastMs + window.futureMs
  const retriesMs = limits.retriesForMs
  const lastMs = retriesMs === undefined ? 0 : toLastAnswerMs(limits)
  if (!provesTime(time)) return Math.max(usualRetentionMs, windowMs, lastMs)
  if (time?.of === 'event') return Math.max(windowMs, lastMs)
  // The last attempt may be replayed for as long as it is fresh.
  return retriesMs === undefined ? Math.max(usualRetentionMs, windowMs) : retriesMs + windowMs
}

/**
 * Checks an inbox whose retention is fixed: it must cover the window, and the sender's retries up to 7 days. Longer
 * retention is asked of each `accept`.
 * @throws TypeError when it remembers less than that, or than the window
 */
export function checkRetention(window: Tolerance, neededMs: number, memory: IdempotencyMemory): void {
  const leastMs = Math.max(window.pastMs + window.futureMs, Math.min(neededMs, usualRetentionMs))
  if (memory.retentionMs === undefined || memory.retentionMs >= leastMs) return
  throw new TypeError(
    `The inbox remembers idempotency keys for ${memory.retentionMs} ms, less than the ${leastMs} ms in which a copy may come and be fresh. Raise its retentionMs, narrow tolerance, or state the provider's limits.retriesForMs`,
  )
}

/** Milliseconds since the Unix epoch, in the format of the rule or one of them. */
function readTime(time: unknown, { format }: TimeRule): number | undefined {
  if (typeof format === 'string') return parseTime(time, format)
  for (const each of format) {
    const at = parseTime(time, each)
    if (at !== undefined) return at
  }
  return undefined
}

/** How far a signed time lies from now, in whole seconds and not less than it is off; negative in the past. */
export function toOffsetSeconds(time: unknown, rule: TimeRule, now: number): number | undefined {
  const at = readTime(time, rule)
  if (at === undefined) return undefined
  return Math.sign(at - now) * Math.ceil(Math.abs(at - now) / 1_000)
}

/** The signed time, when it is fresh, or why it is not; `undefined` where none is stated and none is required. */
export function checkTolerance(
  time: unknown,
  rule: TimeRule | undefined,
  window: Tolerance,
  now: number,
): { readonly occurredAt: Date | undefined } | { readonly code: ToleranceCode } {
  if (rule === undefined) return { occurredAt: undefined }
  if (time === undefined) return rule.required ? { code: 'time-missing' } : { occurredAt: undefined }
  const at = readTime(time, rule)
  if (at === undefined) return { code: 'time-malformed' }
  // Written positively: a comparison with NaN is false, and so a refusal.
  if (at >= now - window.pastMs && at <= now + window.futureMs) return { occurredAt: new Date(at) }
  return { code: at > now ? 'time-future' : 'time-past' }
}
