import type { Clock, ConsumeOptions, Consumer, Delivery, Handle, UnhandledType } from '@acuse/core'
import { about, type RetryPolicy, tell, timedOut, toRetryPolicy, withDeadline } from '@acuse/core/stores'
import { type BullmqConnection, connectWorker } from './connection.ts'
import { JobRunner } from './job-runner.ts'
import { LeavableWorker } from './leavable-worker.ts'
import type { ProviderQueue } from './provider-queue.ts'
import { allowWhenFull } from './when-full.ts'
import { WorkerQueue } from './worker-queue.ts'

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

/** What runs since `start`. */
interface Started {
  readonly worker: LeavableWorker
  readonly runner: JobRunner
  readonly disconnect: () => void
  readonly stopChecking: () => void
}

const restCheckMs = 50
const giveBackMs = 1_000
const shortestCheckMs = 100
const longestCheckMs = 1_000

/** A worker of BullMQ's that hands out one provider's deliveries. */
export class BullmqConsumer implements Consumer {
  readonly #options: ConsumeOptions
  readonly #setup: ConsumerSetup
  #started: Started | undefined
  readonly #handle: Handle
  readonly #policy: RetryPolicy
  readonly #resting = new Set<() => void>()
  #isLooking = false
  #closed: Promise<void> | undefined

  constructor(handle: Handle, options: ConsumeOptions, setup: ConsumerSetup) {
    this.#options = options
    this.#setup = setup
    this.#handle = handle
    this.#policy = toRetryPolicy(options.retry)
  }

  unhandled(): readonly UnhandledType[] {
    return []
  }

  start(): void {
    if (this.#started || this.#closed) return
    const { connection, prefix, leaseMs, queue, onError } = this.#setup
    const { client, disconnect } = connectWorker(connection)
    client.on('error', () => {}) // The worker reports them.
    allowWhenFull(client)
    const own = new WorkerQueue(client, queue)
    const runner: JobRunner = new JobRunner({
      ...this.#setup,
      queue: own,
      handle: this.#handle,
      policy: this.#policy,
      observer: this.#options.observer,
      backend: () => worker.getBackend(),
    })
    const worker: LeavableWorker = new LeavableWorker(
      queue.name,
      (job, token) => runner.run(job, token as string),
      {
        connection: client,
        prefix,
        autorun: false,
        concurrency: this.#options.concurrency,
        lockDuration: leaseMs,
        // Both are done here: BullMQ renews by the wall clock, and takes two checks to notice.
        skipLockRenewal: true,
        skipStalledCheck: true,
      },
    )
    worker.on('error', onError)
    worker.run().catch(onError)
    const stopChecking = this.#check(own)
    this.#started = { worker, runner, disconnect, stopChecking }
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
    return isEmpty && (this.#started?.runner.isIdle ?? true)
  }

  /** Looks for lost leases, until it is told to stop. */
  #check(queue: WorkerQueue): () => void {
    const { clock, leaseMs, onError } = this.#setup
    const everyMs = Math.min(Math.max(Math.ceil(leaseMs / 10), shortestCheckMs), longestCheckMs)
    let cancel = () => {}
    let isStopped = false
    const again = () => {
      if (!isStopped) cancel = clock.schedule(everyMs, () => void look())
    }
    const look = async () => {
      await queue.reclaim(everyMs).catch((error) => {
        if (!isStopped) onError(error)
      })
      again()
    }
    void look()
    return () => {
      isStopped = true
      cancel()
    }
  }

  async #close(timeoutMs: number): Promise<void> {
    const { clock, onError, onClosed } = this.#setup
    if (!this.#started) return onClosed()
    const { worker, runner, disconnect, stopChecking } = this.#started
    stopChecking()
    const closing = worker.close().catch(onError)
    if ((await withDeadline(closing, timeoutMs, clock)) === timedOut) {
      runner.giveBackAll()
      // With Redis away nothing can be given back: the leases expire by themselves.
      if ((await withDeadline(closing, giveBackMs, clock)) === timedOut) await worker.leave()
    }
    runner.close()
    disconnect()
    onClosed()
  }
}
