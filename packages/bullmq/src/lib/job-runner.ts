import type { AttemptFailure, Clock, Delivery, Handle, Observer } from '@acuse/core'
import {
  about,
  type RetryPolicy,
  runHandle,
  type Settled,
  settle,
  tell,
  withFailure,
} from '@acuse/core/stores'
import { DelayedError, type Job, UnrecoverableError, WaitingError, type Worker } from 'bullmq'
import { type Attempt, type JobProgress, toAttempt, toProgress } from './attempt.ts'
import { fromStacktrace, type JobData, toDelivery, toFailedReason, toStacktrace } from './job.ts'
import { RunningLease } from './lease.ts'
import type { ProviderQueue } from './provider-queue.ts'

/** How long a suspect waits for its turn. */
const deferMs = 200
const cutShort = new Error('The attempt was cut short: its process ended, or its lease expired')

/** What running jobs needs. */
export interface RunnerSetup {
  readonly handle: Handle
  readonly policy: RetryPolicy
  readonly observer: Observer
  readonly leaseMs: number
  readonly clock: Clock
  readonly queue: ProviderQueue
  /** Of the worker that runs the jobs. */
  readonly backend: () => ReturnType<Worker['getBackend']>
}

/** What a job returns. */
export interface Handled {
  readonly attempt: number
  /** How many handlers ran. */
  readonly handlers: number
}

/** Runs one provider's jobs, and says what becomes of each. */
export class JobRunner {
  readonly #setup: RunnerSetup
  readonly #leases = new Map<string, RunningLease>()
  /** Handled, and not yet known to be completed. */
  readonly #completing = new Map<string, () => void>()
  #hasSuspect = false

  constructor(setup: RunnerSetup) {
    this.#setup = setup
  }

  /** Whether nothing runs whose result counts, and nothing that was handled is still to be told of. */
  get isIdle(): boolean {
    return this.#completing.size === 0 && [...this.#leases.values()].every(({ signal }) => signal.aborted)
  }

  renewed(jobIds: readonly string[]): void {
    for (const jobId of jobIds) this.#leases.get(jobId)?.renewed()
  }

  lost(jobIds: readonly string[]): void {
    for (const jobId of jobIds) this.#leases.get(jobId)?.lost()
  }

  giveBackAll(): void {
    for (const lease of this.#leases.values()) lease.giveBack()
  }

  /** BullMQ took the result. */
  completed(job: Job<JobData>, handled: Handled): void {
    this.#completing.get(job.id as string)?.()
    tell(this.#setup.observer, { type: 'handled', ...about(job.data), ...handled })
  }

  /** Returns when the delivery is handled; BullMQ completes it, if its lease is still this one's. */
  async run(job: Job<JobData>, token: string): Promise<Handled> {
    const delivery = readDelivery(job)
    const attempt = toAttempt(job)
    if (!attempt.isSuspect) return this.#try(job, token, delivery, attempt, fromStacktrace(job.stacktrace))
    // Two at once: the innocent would die with the guilty.
    if (this.#hasSuspect) return this.#defer(job, token, attempt)
    this.#hasSuspect = true
    try {
      return await this.#trySuspect(job, token, delivery, attempt)
    } finally {
      this.#hasSuspect = false
    }
  }

  /** A poison event that ends its process never gets to fail: its attempt is written down before it is made. */
  async #trySuspect(
    job: Job<JobData>,
    token: string,
    delivery: Delivery,
    attempt: Attempt,
  ): Promise<Handled> {
    const { number, completed } = attempt
    const earlier = fromStacktrace(job.stacktrace)
    if (number > this.#setup.policy.attempts) {
      const death = { status: 'dead', reason: 'attempts-used-up', error: cutShort, completed } as const
      return this.#settle(job, token, number - 1, earlier, death)
    }
    const failures = withFailure(earlier, number - 1, new Date(), cutShort)
    const progress = progressOf(job, number, completed, true)
    const isOurs = await this.#setup.queue.note(job.id as string, token, {
      progress,
      stacktrace: toStacktrace(failures),
    })
    if (!isOurs) throw new Error(`The lease of ${delivery.id} was lost before its attempt was made`)
    return this.#try(job, token, delivery, attempt, failures)
  }

  async #try(
    job: Job<JobData>,
    token: string,
    delivery: Delivery,
    { number, completed }: Attempt,
    failures: readonly AttemptFailure[],
  ): Promise<Handled> {
    const lease = new RunningLease(this.#setup.leaseMs, this.#setup.clock)
    const jobId = job.id as string
    this.#leases.set(jobId, lease)
    try {
      const result = await lease.race(
        runHandle(this.#setup.handle, delivery, { attempt: number, completed, signal: lease.signal }),
      )
      if (result === undefined) {
        await job.moveToWait(token)
        throw new WaitingError()
      }
      const settled = settle(result, number, this.#setup.policy)
      if (settled.status === 'done' && !lease.signal.aborted) this.#awaitCompletion(jobId)
      return await this.#settle(job, token, number, failures, settled)
    } finally {
      lease.end()
      // After a lost lease this worker may have it again.
      if (this.#leases.get(jobId) === lease) this.#leases.delete(jobId)
    }
  }

  /** Not an attempt: nobody handled it. */
  async #defer(job: Job<JobData>, token: string, { number, completed }: Attempt): Promise<never> {
    const progress = progressOf(job, number - 1, completed, true)
    const options = { skipAttempt: true, fieldsToUpdate: { progress } }
    await this.#setup.backend().moveToDelayed(job.id as string, Date.now(), deferMs, token, options)
    throw new DelayedError()
  }

  /** Each outcome is one script of BullMQ's, which refuses it to whoever does not hold the lease. */
  async #settle(
    job: Job<JobData>,
    token: string,
    attempt: number,
    earlier: readonly AttemptFailure[],
    settled: Settled,
  ): Promise<Handled> {
    if (settled.status === 'done') return { attempt, handlers: settled.handlers }
    const { error } = settled
    const failures = withFailure(earlier, attempt, new Date(), error)
    const { message = '' } = failures.at(-1) ?? {}
    const completed = settled.completed ?? toProgress(job.progress).completed
    const fieldsToUpdate = {
      stacktrace: toStacktrace(failures),
      progress: progressOf(job, attempt, completed, false),
      failedReason: message,
    }
    if (settled.status === 'retry') {
      const { delayMs } = settled
      await this.#setup
        .backend()
        .moveToDelayed(job.id as string, Date.now(), delayMs, token, { fieldsToUpdate })
      tell(this.#setup.observer, { type: 'retried', ...about(job.data), attempt, delayMs, error })
    } else {
      const { reason } = settled
      const failedReason = toFailedReason(reason, message)
      await this.#setup.backend().moveToFailed(job, failedReason, false, token, false, fieldsToUpdate)
      tell(this.#setup.observer, { type: 'dead', ...about(job.data), reason, attempt, error })
    }
    // How BullMQ is told that the job was moved, and that it may take the next one.
    throw new DelayedError()
  }

  #awaitCompletion(jobId: string): void {
    const forget = () => {
      cancel()
      this.#completing.delete(jobId)
    }
    // One that is refused has no event of its own.
    const cancel = this.#setup.clock.schedule(this.#setup.leaseMs, forget)
    this.#completing.set(jobId, forget)
  }
}

/** What is written down of a job's start. */
function progressOf(
  { attemptsStarted: started }: Job<JobData>,
  attempt: number,
  completed: readonly string[],
  isSuspect: boolean,
): string {
  return JSON.stringify({ completed, attempt, started, isSuspect } satisfies JobProgress)
}

function readDelivery(job: Job<JobData>): Delivery {
  try {
    return toDelivery(job.data)
  } catch {
    throw new UnrecoverableError(toFailedReason('unrecoverable', 'the job is not a delivery'))
  }
}
