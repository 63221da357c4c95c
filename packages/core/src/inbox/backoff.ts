import { knownOptions, wholeNumber } from '../lib/options.ts'

/** When a delivery that failed is tried again. */
export interface RetryOptions {
  /** The most times a delivery is handed out, 1 to 1 000. Default 10. */
  readonly attempts?: number
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
  knownOptions('retry', options, ['attempts', 'minDelayMs', 'maxDelayMs'])
  const { attempts = 10, minDelayMs = 1_000, maxDelayMs = 3_600_000 } = options
  return {
    attempts: wholeNumber('retry.attempts', attempts, 1, 1_000),
    minDelayMs: wholeNumber('retry.minDelayMs', minDelayMs, 0, dayMs),
    maxDelayMs: wholeNumber('retry.maxDelayMs', maxDelayMs, minDelayMs, 7 * dayMs),
  }
}

/**
 * The wait in milliseconds before the attempt after `attempt` (from 1): exponential with full jitter, so
 * that deliveries that failed together do not come back together.
 */
export function backoffMs(attempt: number, policy: RetryPolicy, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(policy.maxDelayMs, policy.minDelayMs * 2 ** (attempt - 1)))
}
