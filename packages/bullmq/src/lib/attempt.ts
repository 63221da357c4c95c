import type { Job } from 'bullmq'
import type { JobData } from './job.ts'

/** What attempts left behind, in the field that BullMQ calls progress. */
export interface JobProgress {
  readonly completed: readonly string[]
  /** How many attempts were made. */
  readonly attempt: number
  /** BullMQ's number of the last start that was written down: what was started after it came to nothing. */
  readonly started: number
  /** Its last attempt came to no result, so it may be what ended its process. */
  readonly isSuspect: boolean
}

/** A job's progress, whatever else may have written there. */
export function toProgress(value: unknown): JobProgress {
  const { completed, attempt, started, isSuspect } = (value ?? {}) as Partial<JobProgress>
  return {
    completed: Array.isArray(completed) ? completed : [],
    attempt: typeof attempt === 'number' ? attempt : 0,
    started: typeof started === 'number' ? started : 0,
    isSuspect: isSuspect === true,
  }
}

/** An attempt that is to be made. */
export interface Attempt {
  /** Its number, from 1. */
  readonly number: number
  /** The attempt before came to no result. */
  readonly isSuspect: boolean
  readonly completed: readonly string[]
}

/**
 * The attempt that a started job is. BullMQ's own count of starts is not it: of the jobs that a worker fetched and
 * died over, those that were suspects already had been handed to no handler. They write down their attempts first.
 */
export function toAttempt({ progress, attemptsMade, attemptsStarted }: Job<JobData>): Attempt {
  const { completed, isSuspect, ...last } = toProgress(progress)
  // A redrive counts anew; what its last attempt left in progress is of an earlier life.
  const isNewLife = attemptsMade === 0 && !isSuspect
  const { attempt, started } = isNewLife ? { attempt: 0, started: 0 } : last
  const wasCutShort = !isSuspect && attemptsStarted - 1 > started
  return { number: attempt + (wasCutShort ? 2 : 1), isSuspect: isSuspect || wasCutShort, completed }
}
