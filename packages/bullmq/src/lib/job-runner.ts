import type { Clock, Delivery, Observer } from '@acuse/core'
import type { Handle, HandledTypes, HandleResult } from '@acuse/core/inbox-kit'
import { isHandled, type RetryPolicy, runHandle, settle } from '@acuse/core/inbox-kit'
import { DelayedError, type Job, UnrecoverableError } from 'bullmq'
import { type Attempt, toAttempt, toCounted } from './attempt.ts'
import { CrashGate } from './crash-gate.ts'
import { idOf, type JobData, toDelivery, toFailedReason, toLetterId } from './job.ts'
import { RunningLease } from './lease.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { type Backend, Settler } from './settler.ts'
import type { WorkerQueue } from './worker-queue.ts'

/** Dependencies of running jobs. */
export interface RunnerSetup {
  readonly handle: Handle
  readonly handles: () => HandledTypes
  readonly policy: RetryPolicy
  readonly observer: Observer
  readonly leaseMs: number
  readonly clock: Clock
  readonly queue: WorkerQueue
  readonly onError: (error: unknown) => void
  /** Of the worker that runs the jobs. */
  readonly backend: () => Backend
}

/** Runs one provider's jobs, each once at a time, and has it written down what becomes of them. */
export class JobRunner {
  readonly #setup: RunnerSetup
  readonly #keeper: LeaseKeeper
  readonly #settler: Settler
  readonly #gate = new CrashGate()
  /** Leases that are to be run, by token. */
  readonly #leased = new Map<string, RunningLease>()

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
    this.#keeper.close()
  }

  giveBackAll(): void {
    this.#settler.close()
    for (const lease of this.#keeper.all()) lease.giveBack()
  }

  /** Keeps the lease of what will be run, however long that takes. */
  leased(job: Job<JobData>, token: string): void {
    try {
      this.#leased.set(token, this.#keep(job, token))
    } catch {} // It is no delivery: running it says so.
  }

  /** Ends when it is written down what becomes of the job, and BullMQ may take the next one: it throws. */
  async run(job: Job<JobData>, token: string): Promise<never> {
    const { handles, onError, queue } = this.#setup
    const lease = this.#leased.get(token) ?? this.#keep(job, token)
    this.#leased.delete(token)
    if (lease.isBegun) {
      // Its lease ran out, and it came back: what runs goes on, under the new lease.
      await lease.ended
      throw new DelayedError()
    }
    lease.isBegun = true
    try {
      if (isHandled(handles(), lease.delivery.type)) await this.#handle(lease)
      else await queue.park(lease, lease.delivery.type)
    } catch (error) {
      // The lease runs out, and the delivery is handed out again.
      onError(error)
    } finally {
      this.#keeper.remove(lease)
      lease.end()
    }
    throw new DelayedError()
  }

  #keep(job: Job<JobData>, token: string): RunningLease {
    const now = this.#setup.clock.monotonic()
    const running = this.#keeper.get(idOf(job))
    if (running) {
      running.adopt(job, token, now)
      return running
    }
    const lease = new RunningLease(job, token, readDelivery(job), now)
    this.#keeper.add(lease)
    return lease
  }

  async #handle(lease: RunningLease): Promise<void> {
    const { policy } = this.#setup
    const attempt = toAttempt(lease.job, policy)
    const unmade = { ...attempt, number: attempt.number - 1 }
    const { crashes, left } = attempt
    // Before it came to its turn.
    if (lease.signal.aborted) return void (await this.#settler.putBack(lease, unmade, false))
    if (left <= 0) return this.#settler.useUp(lease, unmade)
    const isLast = crashes > 0 && left === 1
    if (isLast) await this.#settler.note(lease, unmade)
    const pass = await this.#gate.enter(attempt, lease.givenUp)
    if (!pass) return void (await this.#settler.putBack(lease, unmade, isLast))
    try {
      // An event that ends its process never gets to say so.
      if (isLast) await this.#settler.note(lease, toCounted(attempt))
      await pass.ready
      const result = await this.#run(lease, attempt)
      const settled = this.#settle(lease, attempt, isLast, result)
      // The next one is written down while this one's result is: both wait for the same flush of Redis.
      if (isLast) pass.leave(settled)
      await settled
    } finally {
      pass.leave()
    }
  }

  #run(lease: RunningLease, { number, completed }: Attempt): Promise<HandleResult | undefined> {
    const { delivery, signal, givenUp } = lease
    const handling = runHandle(this.#setup.handle, delivery, { attempt: number, completed, signal })
    return Promise.race([handling, givenUp])
  }

  #settle(
    lease: RunningLease,
    attempt: Attempt,
    isLast: boolean,
    result: HandleResult | undefined,
  ): Promise<void> {
    if (result === undefined) return this.#settler.giveBack(lease, attempt, isLast)
    return this.#settler.settle(lease, attempt, settle(result, attempt.number, this.#setup.policy))
  }
}

function readDelivery(job: Job<JobData>): Delivery {
  try {
    // A copy that was redriven has an id of its own.
    return { ...toDelivery(job.data), id: toLetterId(idOf(job)) }
  } catch {
    throw new UnrecoverableError(toFailedReason('unrecoverable', 'the job is not a delivery'))
  }
}
