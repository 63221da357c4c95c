import type { Clock, DeadReason, Observer } from '@acuse/core'
import { type Settled, tellSettled, withFailure } from '@acuse/core/inbox-kit'
import type { Worker } from 'bullmq'
import { type Attempt, cutShort, type JobProgress } from './attempt.ts'
import { DueAgain } from './due-again.ts'
import { toFailedReason, toStacktrace } from './job.ts'
import type { RunningLease } from './lease.ts'
import type { WorkerQueue } from './worker-queue.ts'

/** The backend of a BullMQ worker. */
export type Backend = ReturnType<Worker['getBackend']>

/** Dependencies of settling. */
export interface SettlerSetup {
  readonly observer: Observer
  readonly clock: Clock
  readonly queue: WorkerQueue
  readonly onError: (error: unknown) => void
  readonly backend: () => Backend
  /** Whether a lease is still this process's; one that ran out and that nobody took is taken back. */
  readonly holds: (lease: RunningLease) => Promise<boolean>
}

/** How long nothing is written after a call that failed, in milliseconds. */
const pauseMs = 500

/** Writes down what becomes of deliveries, until it is written or the lease is another's. */
export class Settler {
  readonly #setup: SettlerSetup
  readonly #dueAgain: DueAgain
  #isClosed = false

  constructor(setup: SettlerSetup) {
    this.#setup = setup
    this.#dueAgain = new DueAgain(setup.clock, (jobId) => setup.queue.promote(jobId))
  }

  close(): void {
    this.#isClosed = true
    this.#dueAgain.close()
  }

  /** Writes down an attempt before it is made. */
  async note(lease: RunningLease, attempt: Attempt): Promise<void> {
    await this.#until(lease, () => this.#setup.queue.note(lease, fieldsOf(lease, attempt, true)))
  }

  /** Puts a delivery back that was given to no handler. */
  async putBack(lease: RunningLease, attempt: Attempt, isCounted: boolean): Promise<boolean> {
    const { queue, backend } = this.#setup
    const isHeld = await queue.note(lease, fieldsOf(lease, attempt, isCounted))
    if (isHeld) await backend().moveJobFromActiveToWait(lease.jobId, lease.token)
    return isHeld
  }

  /** Puts a delivery back whose handler a close gave up on: the attempt counts, and is no crash. */
  async giveBack(lease: RunningLease, attempt: Attempt, isCounted: boolean): Promise<void> {
    if (!(await this.putBack(lease, attempt, isCounted))) return
    const { delivery, signal } = lease
    const returned: Settled = {
      status: 'retry',
      delayMs: 0,
      error: signal.reason,
      completed: attempt.completed,
    }
    tellSettled(this.#setup.observer, { delivery, attempt: attempt.number }, returned)
  }

  async settle(lease: RunningLease, attempt: Attempt, settled: Settled): Promise<void> {
    const { number, completed } = attempt
    const at = { delivery: lease.delivery, attempt: number }
    if (settled.status === 'done') {
      await this.#until(lease, () => this.#setup.queue.complete(lease))
      return tellSettled(this.#setup.observer, at, settled)
    }
    const { error } = settled
    const failures = withFailure(attempt.failures, number, new Date(), error)
    const made = { ...attempt, failures, completed: settled.completed ?? completed }
    if (settled.status === 'retry') {
      const { delayMs } = settled
      await this.#until(lease, () => this.#delay(lease, made, delayMs))
      this.#dueAgain.add(lease.jobId, delayMs)
      return tellSettled(this.#setup.observer, at, settled)
    }
    await this.#die(lease, made, settled.reason, error)
  }

  /** Makes a dead letter of what has no attempt left: what went wrong is written in its failures. */
  useUp(lease: RunningLease, attempt: Attempt): Promise<void> {
    return this.#die(lease, attempt, 'attempts-used-up', cutShort)
  }

  async #die(lease: RunningLease, attempt: Attempt, reason: DeadReason, error: unknown): Promise<void> {
    const failedReason = toFailedReason(reason, lastMessage(attempt))
    await this.#until(lease, () => this.#fail(lease, attempt, failedReason))
    const at = { delivery: lease.delivery, attempt: attempt.number }
    tellSettled(this.#setup.observer, at, { status: 'dead', reason, error })
  }

  async #delay(lease: RunningLease, attempt: Attempt, delayMs: number): Promise<true> {
    const { jobId, token } = lease
    const fieldsToUpdate = { ...fieldsOf(lease, attempt, false), failedReason: lastMessage(attempt) }
    await this.#setup.backend().moveToDelayed(jobId, Date.now(), delayMs, token, { fieldsToUpdate })
    return true
  }

  async #fail(lease: RunningLease, attempt: Attempt, failedReason: string): Promise<true> {
    const fields = fieldsOf(lease, attempt, false)
    await this.#setup.backend().moveToFailed(lease.job, failedReason, false, lease.token, false, fields)
    return true
  }

  /** One script each, which refuses whoever does not hold the lease. */
  async #until(lease: RunningLease, write: () => Promise<boolean>): Promise<void> {
    for (;;) {
      try {
        if (await write()) return
      } catch (error) {
        if (this.#isClosed) throw error
        if (!isOfLease(error)) {
          this.#setup.onError(error)
          await new Promise<void>((resolve) => this.#setup.clock.schedule(pauseMs, resolve))
        }
      }
      if (!(await this.#setup.holds(lease))) throw new Error(`The lease of job ${lease.jobId} was lost`)
    }
  }
}

function fieldsOf(
  { start }: RunningLease,
  { number, crashes, completed, failures }: Attempt,
  isCounted: boolean,
): Record<'progress' | 'stacktrace', string> {
  const progress: JobProgress = { completed, attempt: number, crashes, started: start, isCounted }
  return { progress: JSON.stringify(progress), stacktrace: toStacktrace(failures) }
}

function lastMessage({ failures }: Attempt): string {
  return failures.at(-1)?.message ?? ''
}

/** BullMQ's script found the lease gone. */
function isOfLease(error: unknown): boolean {
  return (
    error instanceof Error && /^(Missing lock|Lock mismatch|Missing key|Job .* is not in)/.test(error.message)
  )
}
