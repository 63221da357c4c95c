import { disregard } from '../lib/fence.ts'
import { knownOptions, wholeNumber } from '../lib/options.ts'

/** When a delivery that failed is tried again, and when no more. */
export interface RetryOptions {
  /**
   * The most times a delivery is handed out, attempts that end without a result included, 1 to 1 000. Default 90: with the
   * other defaults a delivery is a dead letter after 39 hours as a rule, and not before 24.
   */
  readonly attempts?: number
  /**
   * The most attempts of a delivery that may end without a result, because the process died or the lease ran out,
   * 1 to 1 000. Default 10: an event that kills its process does not kill it 90 times.
   */
  readonly crashes?: number
  /** The longest wait after the first attempt, in milliseconds; it doubles with each. Default 1 000. */
  readonly minDelayMs?: number
  /** The bound of that doubling, in milliseconds. Default 3 600 000 (1 h). */
  readonly maxDelayMs?: number
}

/** {@link RetryOptions} with their defaults. */
export type RetryPolicy = Required<RetryOptions>

const dayMs = 86_400_000

/**
 * Retry options with their defaults.
 * @throws TypeError when one is unknown or cannot be used
 */
export function toRetryPolicy(options: RetryOptions = {}): RetryPolicy {
  knownOptions('retry', options, ['attempts', 'crashes', 'minDelayMs', 'maxDelayMs'])
  const { attempts = 90, crashes = 10, minDelayMs = 1_000, maxDelayMs = 3_600_000 } = options
  return {
    attempts: wholeNumber('retry.attempts', attempts, 1, 1_000),
    crashes: wholeNumber('retry.crashes', crashes, 1, 1_000),
    minDelayMs: wholeNumber('retry.minDelayMs', minDelayMs, 0, dayMs),
    maxDelayMs: wholeNumber('retry.maxDelayMs', maxDelayMs, minDelayMs, 7 * dayMs),
  }
}

/** From here on every bound is reached: 1 ms doubled so often is 34 years. */
const maxDoublings = 40

/**
 * The wait in milliseconds before the attempt after `attempt` (from 1): exponential with full jitter, so
 * that deliveries that failed together do not come back together. Never longer than the bound, whatever the
 * number of the attempt; a `random` that answers no share of 1, or throws, waits for the whole bound.
 */
export function backoffMs(attempt: number, policy: RetryPolicy, random: () => number = Math.random): number {
  const boundMs = Math.min(policy.maxDelayMs, policy.minDelayMs * 2 ** Math.min(attempt - 1, maxDoublings))
  return Math.round(boundMs * toShare(random))
}

function toShare(random: () => unknown): number {
  try {
    const share = random()
    if (typeof share === 'number' && share >= 0 && share <= 1) return share
    disregard(share)
  } catch {}
  return 1
}
