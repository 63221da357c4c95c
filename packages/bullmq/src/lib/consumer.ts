import type { Clock, ConsumeOptions, Consumer, Delivery, Handle } from '@acuse/core'
import { about, tell, timedOut, toRetryPolicy, withDeadline } from '@acuse/core/stores'
import { Worker } from 'bullmq'
import { type BullmqConnection, connectWorker } from './connection.ts'
import type { JobData } from './job.ts'
import { type Handled, JobRunner } from './job-runner.ts'
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

/** A worker that can be left to itself: one whose Redis is away closes never, and keeps its process alive. */
class LeavableWorker extends Worker<JobData, Handled> {
  async leave(): Promise<void> {
    await this.pause(true)
    await this.lockManager.close()
  }
}

/** A worker of BullMQ's that hands out one provider's deliveries. */
export class BullmqConsumer implements Consumer {
  readonly #options: ConsumeOptions
  readonly #setup: ConsumerSetup
  readonly #runner: JobRunner
  #worker: LeavableWorker | undefined
  readonly #resting = new Set<() => void>()
  #isLooking = false
  #closed: Promise<void> | undefined
  #disconnect = () => {}

  constructor(handle: Handle, options: ConsumeOptions, setup: ConsumerSetup) {
    this.#options = options
    this.#setup = setup
    this.#runner = new JobRunner({
      ...setup,
      handle,
      policy: toRetryPolicy(options.retry),
      observer: options.observer,
      backend: () => (this.#worker as Worker).getBackend(),
    })
  }

  start(): void {
    if (this.#worker || this.#closed) return
    const { connection, prefix, leaseMs, queue, onError } = this.#setup
    const { client, disconnect } = connectWorker(connection)
    client.on('error', () => {}) // The worker reports them.
    this.#disconnect = disconnect
    const runner = this.#runner
    this.#worker = new LeavableWorker(queue.name, (job, token) => runner.run(job, token as string), {
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
    this.#worker.on('locksRenewed', ({ jobIds }) => runner.renewed(jobIds ?? []))
    this.#worker.on('lockRenewalFailed', (jobIds) => runner.lost(jobIds ?? []))
    this.#worker.on('completed', (job, handled) => runner.completed(job, handled))
    this.#worker.run().catch(onError)
  }

  atRest(): Promise<void> {
    return new Promise((resolve) => {
      this.#resting.add(resolve)
      void this.#lookForRest()
    })
  }

  close({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    this.#closed ??= this.#close(timeoutMs)
    return this.#closed
  }

  /** The observer's 'dead' signal of a copy that the inbox buried. */
  buried(delivery: Delivery, reason: 'conflict' | 'stale', error: Error): void {
    tell(this.#options.observer, { type: 'dead', ...about(delivery), reason, attempt: 0, error })
  }

  /** One look for all who wait, however many. */
  async #lookForRest(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    while (this.#resting.size > 0) {
      // Who comes while Redis is asked is told by the next look.
      const asked = [...this.#resting]
      if (this.#closed || (await this.#isAtRest())) {
        for (const resolve of asked) resolve()
        for (const resolve of asked) this.#resting.delete(resolve)
      } else await new Promise<void>((resolve) => this.#setup.clock.schedule(restCheckMs, resolve))
    }
    this.#isLooking = false
  }

  async #isAtRest(): Promise<boolean> {
    const counts = await this.#setup.queue.counts().catch(() => undefined)
    const isEmpty = counts !== undefined && counts.waiting + counts.leased + counts.delayed === 0
    // Redis may know before this process does, whose observer is still to be told.
    return isEmpty && this.#runner.isIdle
  }

  async #close(timeoutMs: number): Promise<void> {
    const worker = this.#worker
    const { clock, onError, onClosed } = this.#setup
    if (!worker) return onClosed()
    const closing = worker.close().catch(onError)
    if ((await withDeadline(closing, timeoutMs, clock)) === timedOut) {
      this.#runner.giveBackAll()
      // With Redis away nothing can be given back: the leases expire by themselves.
      if ((await withDeadline(closing, giveBackMs, clock)) === timedOut) await worker.leave()
    }
    this.#disconnect()
    onClosed()
  }
}
