import type { Clock, Delivery, Handle, HandledTypes, Observer } from '@acuse/core'
import { isHandled, type RetryPolicy, runHandle, settle } from '@acuse/core/stores'
import { DelayedError, type Job, UnrecoverableError } from 'bullmq'
import { type Attempt, toAttempt, toCounted } from './attempt.ts'
import { CrashGate } from './crash-gate.ts'
import { type JobData, toDelivery, toFailedReason, toLetterId } from './job.ts'
import { RunningLease } from './lease.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { type Backend, Settler } from './settler.ts'
import type { WorkerQueue } from './worker-queue.ts'

/** What running jobs needs. */
export interface RunnerSetup {
  readonly handle: Handle
  readonly handles: () => HandledTypes
  readonly policy: RetryPolicy
  readonly observer: Observer
  readonly leaseMs: number
  readonly clock: Clock
  readonly queue: WorkerQueue
  readonly onError: (error: Error) => void
  /** Of the worker that runs the jobs. */
  readonly backend: () => Backend
}

/** Runs one provider's jobs, each once at a time, and has it written down what becomes of them. */
export class JobRunner {
  readonly #setup: RunnerSetup
  readonly #keeper: LeaseKeeper
  readonly #settler: Settler
  readonly #gate = new CrashGate()

  constructor(setup: RunnerSetup) {
    this.#setup = setup
    const { clock, leaseMs, onError, queue } = setup
    this.#keeper = new LeaseKeeper({ clock, leaseMs, onError, renew: (jobs) => queue.renew(jobs, leaseMs) })
    this.#settler = new Settler({ ...setup, holds: (lease) => this.#keeper.holds(lease) })
  }

  /** Whether nothing runs whose result counts. */
  get isIdle(): boolean {
    return [...this.#keeper.all()].every(({ signal }) => signal.aborted)
  }

  close(): void {
    this.#settler.close()
  }

  giveBackAll(): void {
    this.#settler.close()
    for (const lease of this.#keeper.all()) lease.giveBack()
  }

  /** Ends when it is written down what becomes of the job, and BullMQ may take the next one: it throws. */
  async run(job: Job<JobData>, token: string): Promise<never> {
    const { clock, handles, onError, queue } = this.#setup
    const running = this.#keeper.get(job.id as string)
    if (running) {
      // Its lease ran out, and it came back: what runs goes on, under the new lease.
      running.adopt(job, token, clock.monotonic())
      await running.ended
      throw new DelayedError()
    }
    const delivery = readDelivery(job)
    const lease = new RunningLease(job, token, delivery, clock.monotonic())
    this.#keeper.add(lease)
    try {
      if (isHandled(handles(), delivery.type)) await this.#handle(lease)
      else await queue.park(lease, delivery.type)
    } catch (error) {
      // The lease runs out, and the delivery is handed out again.
      onError(error as Error)
    } finally {
      this.#keeper.remove(lease)
      lease.end()
    }
    throw new DelayedError()
  }

  async #handle(lease: RunningLease): Promise<void> {
    const { policy } = this.#setup
    const attempt = toAttempt(lease.job, policy)
    const unmade = { ...attempt, number: attempt.number - 1 }
    const { crashes, left } = attempt
    if (left <= 0) return this.#settler.useUp(lease, unmade)
    const isLast = crashes > 0 && left === 1
    if (isLast) await this.#settler.note(lease, unmade)
    if (!(await this.#gate.enter(crashes, left, lease.givenUp))) {
      return this.#settler.giveBack(lease, unmade, isLast)
    }
    try {
      // An event that ends its process never gets to say so.
      if (isLast) await this.#settler.note(lease, toCounted(attempt))
      await this.#try(lease, attempt, isLast)
    } finally {
      this.#gate.leave(crashes, left)
    }
  }

  async #try(lease: RunningLease, attempt: Attempt, isLast: boolean): Promise<void> {
    const { handle, policy } = this.#setup
    const { number, completed } = attempt
    const handling = runHandle(handle, lease.delivery, { attempt: number, completed, signal: lease.signal })
    const result = await Promise.race([handling, lease.givenUp])
    if (result === undefined) return this.#settler.giveBack(lease, attempt, isLast)
    await this.#settler.settle(lease, attempt, settle(result, number, policy))
  }
}

function readDelivery(job: Job<JobData>): Delivery {
  try {
    // A copy that was redriven has an id of its own.
    return { ...toDelivery(job.data), id: toLetterId(job.id as string) }
  } catch {
    throw new UnrecoverableError(toFailedReason('unrecoverable', 'the job is not a delivery'))
  }
}
