import type { Clock, ConsumeOptions, Consumer, Delivery, Handle, HandleResult, Lease } from '@acuse/core'
import {
  about,
  type RetryPolicy,
  type Settled,
  settle,
  timedOut,
  toRetryPolicy,
  withDeadline,
  withFailure,
} from '@acuse/core/stores'
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import { type BullmqConnection, connectWorker } from './connection.ts'
import { fromStacktrace, type JobData, toDelivery, toFailedReason, toProgress, toStacktrace } from './job.ts'
import { RunningLease } from './lease.ts'
import type { ProviderQueue } from './provider-queue.ts'

/** What a consumer shares with its inbox. */
export interface ConsumerSetup {
  readonly connection: BullmqConnection
  readonly prefix: string
  readonly leaseMs: number
  readonly clock: Clock
  readonly queue: ProviderQueue
  /** Told of what no caller waits for. */
  readonly onError: (error: Error) => void
  readonly onClosed: () => void
}

const restCheckMs = 50
const giveBackMs = 1_000
const cutShort = new Error('The attempt was cut short: its process ended, or its lease expired')

/** A worker that can be left to itself: one whose Redis is away closes never, and keeps its process alive. */
class LeavableWorker extends Worker<JobData, number> {
  async leave(): Promise<void> {
    await this.pause(true)
    await this.lockManager.close()
  }
}

/** A worker of BullMQ's that hands out one provider's deliveries. */
export class BullmqConsumer implements Consumer {
  readonly #handle: Handle
  readonly #options: ConsumeOptions
  readonly #policy: RetryPolicy
  readonly #setup: ConsumerSetup
  readonly #leases = new Map<string, RunningLease>()
  /** Handled, and not yet known to be completed. */
  readonly #completing = new Map<string, () => void>()
  #worker: LeavableWorker | undefined
  #closed: Promise<void> | undefined
  #disconnect = () => {}

  constructor(handle: Handle, options: ConsumeOptions, setup: ConsumerSetup) {
    this.#handle = handle
    this.#options = options
    this.#policy = toRetryPolicy(options.retry)
    this.#setup = setup
  }

  start(): void {
    if (this.#worker || this.#closed) return
    const { connection, prefix, leaseMs, queue, onError } = this.#setup
    const { client, disconnect } = connectWorker(connection)
    client.on('error', () => {}) // The worker reports them.
    this.#disconnect = disconnect
    this.#worker = new LeavableWorker(queue.name, (job, token) => this.#process(job, token as string), {
      connection: client,
      prefix,
      autorun: false,
      concurrency: this.#options.concurrency,
      lockDuration: leaseMs,
      stalledInterval: Math.ceil(leaseMs / 2),
      // Leases that expire are attempts: the policy counts them, and not BullMQ.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    })
    this.#worker.on('error', onError)
    this.#worker.on('locksRenewed', ({ jobIds }) => this.#each(jobIds, (lease) => lease.renewed()))
    this.#worker.on('lockRenewalFailed', (jobIds) => this.#each(jobIds, (lease) => lease.lost()))
    this.#worker.on('completed', (job, handlers) => {
      this.#completing.get(job.id as string)?.()
      this.#options.observer({ type: 'handled', ...about(job.data), attempt: job.attemptsStarted, handlers })
    })
    this.#worker.run().catch(onError)
  }

  async atRest(): Promise<void> {
    while (!this.#closed) {
      const counts = await this.#setup.queue.counts().catch(() => undefined)
      const isEmpty = counts && counts.waiting + counts.leased + counts.delayed === 0
      // Redis may know before this process does, whose observer is still to be told.
      if (isEmpty && this.#completing.size === 0 && this.#isIdle()) return
      await new Promise<void>((resolve) => this.#setup.clock.schedule(restCheckMs, resolve))
    }
  }

  close({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    this.#closed ??= this.#close(timeoutMs)
    return this.#closed
  }

  /** The observer's 'dead' signal of a copy that the inbox buried. */
  buried(delivery: Delivery, reason: 'conflict' | 'stale', error: Error): void {
    this.#options.observer({ type: 'dead', ...about(delivery), reason, attempt: 0, error })
  }

  async #close(timeoutMs: number): Promise<void> {
    const worker = this.#worker
    const { clock, onError, onClosed } = this.#setup
    if (!worker) return onClosed()
    const closing = worker.close().catch(onError)
    if ((await withDeadline(closing, timeoutMs, clock)) === timedOut) {
      for (const lease of this.#leases.values()) lease.giveBack()
      // With Redis away nothing can be given back: the leases expire by themselves.
      if ((await withDeadline(closing, giveBackMs, clock)) === timedOut) await worker.leave()
    }
    this.#disconnect()
    onClosed()
  }

  /** Whether nothing runs whose result counts. */
  #isIdle(): boolean {
    return [...this.#leases.values()].every(({ signal }) => signal.aborted)
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

  #each(jobIds: readonly string[] | undefined, act: (lease: RunningLease) => void): void {
    for (const jobId of jobIds ?? []) {
      const lease = this.#leases.get(jobId)
      if (lease) act(lease)
    }
  }

  /** Returns when the delivery is handled; BullMQ completes it, if its lease is still this one's. */
  async #process(job: Job<JobData>, token: string): Promise<number> {
    const delivery = readDelivery(job)
    const attempt = job.attemptsStarted
    const { completed } = toProgress(job.progress)
    const cut = wasCutShort(job)
    const startedAt = new Date()
    // A poison event that ends its process never gets to fail: its starts are its attempts.
    if (cut && attempt > this.#policy.attempts) {
      return this.#settle(job, token, attempt - 1, startedAt, {
        status: 'dead',
        reason: 'attempts-used-up',
        error: cutShort,
        completed,
      })
    }
    const lease = new RunningLease(this.#setup.leaseMs, this.#setup.clock)
    const jobId = job.id as string
    this.#leases.set(jobId, lease)
    try {
      const result = await lease.race(
        runHandle(this.#handle, delivery, { attempt, completed, signal: lease.signal }),
      )
      if (result === undefined) {
        await job.moveToWait(token)
        throw new WaitingError()
      }
      const settled = settle(result, attempt, this.#policy)
      if (settled.status === 'done' && !lease.signal.aborted) this.#awaitCompletion(jobId)
      return await this.#settle(job, token, attempt, cut ? startedAt : undefined, settled)
    } finally {
      lease.end()
      // After a lost lease this worker may have it again.
      if (this.#leases.get(jobId) === lease) this.#leases.delete(jobId)
    }
  }

  /** Each outcome is one script of BullMQ's, which refuses it to whoever does not hold the lease. */
  async #settle(
    job: Job<JobData>,
    token: string,
    attempt: number,
    cutAt: Date | undefined,
    settled: Settled,
  ): Promise<number> {
    if (settled.status === 'done') return settled.handlers
    const { error } = settled
    const earlier = fromStacktrace(job.stacktrace)
    const before = cutAt && error !== cutShort ? withFailure(earlier, attempt - 1, cutAt, cutShort) : earlier
    const failures = withFailure(before, attempt, new Date(), error)
    const { message = '' } = failures.at(-1) ?? {}
    const completed = settled.completed ?? toProgress(job.progress).completed
    const fieldsToUpdate = {
      stacktrace: toStacktrace(failures),
      progress: JSON.stringify({ completed, attempt }),
      failedReason: message,
    }
    const backend = (this.#worker as Worker).getBackend()
    if (settled.status === 'retry') {
      const { delayMs } = settled
      await backend.moveToDelayed(job.id as string, Date.now(), delayMs, token, { fieldsToUpdate })
      this.#options.observer({ type: 'retried', ...about(job.data), attempt, delayMs, error })
    } else {
      const { reason } = settled
      const failedReason = toFailedReason(reason, message)
      await backend.moveToFailed(job, failedReason, false, token, false, fieldsToUpdate)
      this.#options.observer({ type: 'dead', ...about(job.data), reason, attempt, error })
    }
    // How BullMQ is told that the job was moved, and that it may take the next one.
    throw new DelayedError()
  }
}

/** Whether the attempt before came to no result. */
function wasCutShort(job: Job<JobData>): boolean {
  const before = job.attemptsStarted - 1
  // A redrive counts anew; what its last attempt left in progress is of an earlier life.
  return job.attemptsMade === 0 ? before > 0 : before !== toProgress(job.progress).attempt
}

function readDelivery(job: Job<JobData>): Delivery {
  try {
    return toDelivery(job.data)
  } catch {
    throw new UnrecoverableError(toFailedReason('unrecoverable', 'the job is not a delivery'))
  }
}

/** Told by its result, never by a throw; one that throws all the same has failed. */
async function runHandle(handle: Handle, delivery: Delivery, lease: Lease): Promise<HandleResult> {
  try {
    return await handle(delivery, lease)
  } catch (error) {
    return { status: 'failed', error, completed: lease.completed }
  }
}
