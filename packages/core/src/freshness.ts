import { wholeNumber } from './lib/options.ts'
import { parseTime } from './lib/time.ts'
import type { TimeRule } from './provider.ts'
import type { FreshnessCode } from './rejection.ts'

/** How far from now the signed time of a delivery may lie. */
export interface FreshnessWindow {
  /** Into the past, in milliseconds. Default 300 000 (5 min). */
  readonly pastMs: number
  /** Into the future, in milliseconds: the sender's clock may be ahead. Default 60 000 (1 min). */
  readonly futureMs: number
}

const dayMs = 86_400_000
const maxToleranceMs = 7 * dayMs
const retentionWithoutTimeMs = 7 * dayMs

/**
 * A window with its defaults.
 * @throws TypeError when a bound is not a whole number of milliseconds up to 7 days
 */
export function toFreshnessWindow({
  pastMs = 300_000,
  futureMs = 60_000,
}: Partial<FreshnessWindow>): FreshnessWindow {
  return {
    pastMs: wholeNumber('freshness.pastMs', pastMs, 1_000, maxToleranceMs),
    futureMs: wholeNumber('freshness.futureMs', futureMs, 0, maxToleranceMs),
  }
}

/**
 * The shortest time to remember an identity: twice the window, so that an older replay is stale anyway;
 * 7 days where the provider signs no time that is always there.
 */
export function minRetentionMs(window: FreshnessWindow, rule: TimeRule | undefined): number {
  return rule?.required && rule.signed ? 2 * Math.max(window.pastMs, window.futureMs) : retentionWithoutTimeMs
}

/** Milliseconds since the Unix epoch, in the format of the rule or one of them. */
export function readTime(time: unknown, { format }: TimeRule): number | undefined {
  if (typeof format === 'string') return parseTime(time, format)
  for (const each of format) {
    const at = parseTime(time, each)
    if (at !== undefined) return at
  }
  return undefined
}

/** The signed time, when it is fresh; `undefined` where none is stated and none is required. */
export function checkFreshness(
  time: unknown,
  rule: TimeRule | undefined,
  window: FreshnessWindow,
  now: number,
): Date | undefined | FreshnessCode {
  if (rule === undefined) return undefined
  if (time === undefined) return rule.required ? 'time-missing' : undefined
  const at = readTime(time, rule)
  if (at === undefined) return 'time-malformed'
  // Written positively: a comparison with NaN is false, and so a refusal.
  if (at >= now - window.pastMs && at <= now + window.futureMs) return new Date(at)
  return at > now ? 'time-future' : 'time-past'
}
