import type { AttemptFailure } from '@acuse/core'
import { type RetryPolicy, withFailure } from '@acuse/core/inbox-kit'
import type { Job } from 'bullmq'
import { fromStacktrace, type JobData } from './job.ts'

/** The record of earlier attempts, in the field that BullMQ calls progress. */
export interface JobProgress {
  readonly completed: readonly string[]
  /** How many attempts were made. */
  readonly attempt: number
  /** How many of them came to no result. */
  readonly crashes: number
  /** BullMQ's number of the last start that was written down: what was started after it came to nothing. */
  readonly started: number
  /** From here on attempts are written down before they are made: starts say nothing. */
  readonly isCounted: boolean
}

/** A job's progress, whatever else may have written there. */
export function toProgress(value: unknown): JobProgress {
  const { completed, attempt, crashes, started, isCounted } = (value ?? {}) as Partial<JobProgress>
  return {
    completed: Array.isArray(completed) ? completed : [],
    attempt: typeof attempt === 'number' ? attempt : 0,
    crashes: typeof crashes === 'number' ? crashes : 0,
    started: typeof started === 'number' ? started : 0,
    isCounted: isCounted === true,
  }
}

/** An attempt that is to be made. */
export interface Attempt {
  /** Its number, from 1. */
  readonly number: number
  /** How many before it came to no result. */
  readonly crashes: number
  /** How many more may come to none, this one included; 0 when it may not be made. */
  readonly left: number
  readonly completed: readonly string[]
  readonly failures: readonly AttemptFailure[]
}

/** The failure of an attempt that came to no result. */
export const cutShort: Error = new Error('The attempt was cut short: its process ended, or its lease expired')

/**
 * The attempt that a started job is. BullMQ's own count of starts is not quite it: of the jobs that a worker fetched
 * and died over, some had been handed to no handler. That may cost an attempt, and never the last one: the last
 * is written down before it is made.
 */
export function toAttempt(
  { progress, attemptsStarted, stacktrace }: Job<JobData>,
  policy: RetryPolicy,
): Attempt {
  const written = toProgress(progress)
  const { completed, started, isCounted } = written
  const room = Math.min(policy.attempts - written.attempt, policy.crashes - written.crashes)
  const lost = isCounted ? 0 : Math.max(0, attemptsStarted - 1 - started)
  const counted = room > 1 ? Math.min(lost, room - 1) : lost
  const crashes = written.crashes + counted
  let failures = fromStacktrace(stacktrace)
  const now = new Date()
  for (let at = 1; at <= counted; at++) failures = withFailure(failures, written.attempt + at, now, cutShort)
  return { number: written.attempt + counted + 1, crashes, left: room - counted, completed, failures }
}

/** The attempt with a crash counted in advance: a handler that ends the process leaves no time for it. */
export function toCounted(attempt: Attempt): Attempt {
  const { number, crashes, failures } = attempt
  return { ...attempt, crashes: crashes + 1, failures: withFailure(failures, number, new Date(), cutShort) }
}
