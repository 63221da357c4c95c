import { describeError } from '../lib/describe-error.ts'
import type { AttemptFailure } from '../model/dead-letter.ts'
import type { HandleDead, HandleResult, Measured } from './inbox.ts'
import { backoffMs, type RetryPolicy } from './retry-policy.ts'

/** The delivery is handled. */
export interface SettledDone extends Measured {
  /** Tells them apart. */
  readonly status: 'done'
  /** How many handlers ran. */
  readonly handlers: number
}

/** The delivery is tried again. */
export interface SettledRetry extends Measured {
  /** Tells them apart. */
  readonly status: 'retry'
  /** When, in milliseconds from now. */
  readonly delayMs: number
  /** The error. */
  readonly error: unknown
  /** The names of the handlers that have completed. */
  readonly completed: readonly string[]
}

/** The outcome for a delivery after an attempt. */
export type Settled = SettledDone | SettledRetry | HandleDead

/** For inboxes: what becomes of a delivery after the attempt with this number (from 1). */
export function settle(
  result: HandleResult,
  attempt: number,
  policy: RetryPolicy,
  random: () => number = Math.random,
): Settled {
  const { measures } = result
  if (result.status === 'done') return { status: 'done', handlers: result.handlers, measures }
  const { error, completed } = result
  if (result.status === 'dead') return { status: 'dead', reason: result.reason, error, completed, measures }
  if (attempt < policy.attempts)
    return {
      status: 'retry',
      delayMs: backoffMs(attempt, policy, random),
      error,
      completed: result.completed,
      measures,
    }
  return { status: 'dead', reason: 'attempts-used-up', error, completed, measures }
}

const maxFailures = 10

/**
 * For inboxes: the failures of a delivery, with one more; the last ten are kept, and a stack only once where the next
 * is the same. Never throws, whatever was thrown.
 */
export function withFailure(
  failures: readonly AttemptFailure[],
  attempt: number,
  at: Date,
  error: unknown,
): AttemptFailure[] {
  const { message, stack } = describeError(error)
  const earlier = failures.slice(1 - maxFailures)
  const last = earlier.at(-1)
  if (last && stack !== undefined && last.stack === stack) earlier.splice(-1, 1, withoutStack(last))
  return [...earlier, { attempt, at, message, ...(stack !== undefined && { stack }) }]
}

function withoutStack({ attempt, at, message }: AttemptFailure): AttemptFailure {
  return { attempt, at, message }
}
