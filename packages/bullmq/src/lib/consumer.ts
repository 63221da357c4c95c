import type { Clock, Delivery } from '@acuse/core'
import type { ConsumeOptions, Consumer, Handle, UnhandledType } from '@acuse/core/inbox-kit'
import {
  about,
  checkConcurrency,
  checkTimeoutMs,
  type RetryPolicy,
  tell,
  timedOut,
  toRetryPolicy,
  withDeadline,
} from '@acuse/core/inbox-kit'
import type { Redis, RedisOptions } from 'ioredis'
import { createWorkerClient } from './clients.ts'
import type { Connection } from './connection.ts'
import { JobRunner } from './job-runner.ts'
import { PatientWorker } from './patient-worker.ts'
import type { ProviderQueue } from './provider-queue.ts'
import { RegularCheck } from './regular-check.ts'
import { allowWhenFull } from './when-full.ts'
import { WorkerQueue } from './worker-queue.ts'

/** Dependencies that a consumer shares with its inbox. */
export interface ConsumerSetup {
  readonly redis: RedisOptions
  readonly prefix: string
  readonly leaseMs: number
  readonly clock: Clock
  /** The longest wait for an answer of Redis, in milliseconds. */
  readonly timeoutMs: number
  readonly queue: ProviderQueue
  /** Rejects until the server has what a worker takes; whether it tells the version. */
  readonly check: () => Promise<{ readonly mayInfo: boolean }>
  /** Told of what no caller waits for. */
  readonly onError: (error: unknown) => void
  readonly onClosed: () => void
  /** Waits for a connection, and not for long. */
  readonly ask: Connection['ask']
}

/** Running parts since `start`. */
interface Started {
  readonly worker: PatientWorker
  readonly runner: JobRunner
  readonly client: Redis
  readonly disconnect: () => void
  readonly check: RegularCheck
}

const restCheckMs = 50
const giveBackMs = 1_000
const shortestCheckMs = 100
const longestCheckMs = 1_000
const shortestStartMs = 100
const longestStartMs = 2_000
/** How many parked deliveries are put back at once. */
const mostUnparked = 1_000

/** A worker of BullMQ's that hands out one provider's deliveries. */
export class BullmqConsumer implements Consumer {
  readonly #options: ConsumeOptions
  readonly #setup: ConsumerSetup
  #starting: Promise<void> | undefined
  #started: Started | undefined
  readonly #handle: Handle
  readonly #policy: RetryPolicy
  readonly #resting = new Set<() => void>()
  #isLooking = false
  #closed: Promise<void> | undefined
  /** When Redis answered the worker's connection last; the first answer is waited for from its start. */
  #answeredAt = 0

  constructor(handle: Handle, options: ConsumeOptions, setup: ConsumerSetup) {
    this.#options = options
    this.#setup = setup
    this.#handle = handle
    this.#policy = toRetryPolicy(options.retry)
    checkConcurrency(options.concurrency)
  }

  async unhandled(): Promise<readonly UnhandledType[]> {
    return this.#setup.ask(() => this.#setup.queue.unhandled(this.#options.handles()))
  }

  silentMs(): number | undefined {
    return this.#started && this.#setup.clock.monotonic() - this.#answeredAt
  }

  start(): void {
    if (this.#closed !== undefined) return
    this.#started?.check.now()
    // A worker fetches whatever waits: it is not begun before there is something to handle.
    const handles = this.#options.handles()
    if ('only' in handles && handles.only.length === 0) return
    this.#starting ??= this.#start()
  }

  /** Once the server has what a worker takes: BullMQ's loops ask one that has not, again and again. */
  async #start(): Promise<void> {
    for (let failures = 0; !this.#closed; failures++) {
      try {
        const { mayInfo } = await this.#setup.check()
        if (!this.#closed) this.#started = this.#run(mayInfo)
        return
      } catch (error) {
        this.#setup.onError(error)
        const delayMs = Math.min(shortestStartMs * 2 ** failures, longestStartMs)
        await new Promise<void>((resolve) => this.#setup.clock.schedule(delayMs, resolve))
      }
    }
  }

  #run(mayInfo: boolean): Started {
    const { redis, prefix, leaseMs, queue, onError, clock } = this.#setup
    const { client, disconnect } = createWorkerClient(redis, clock)
    client.on('error', () => {}) // The worker reports them.
    allowWhenFull(client)
    const own = new WorkerQueue(client, queue)
    const runner: JobRunner = new JobRunner({
      ...this.#setup,
      queue: own,
      handle: this.#handle,
      handles: this.#options.handles,
      policy: this.#policy,
      observer: this.#options.observer,
      backend: () => worker.getBackend(),
    })
    const options = {
      connection: client,
      prefix,
      skipVersionCheck: !mayInfo,
      concurrency: this.#options.concurrency,
      lockDuration: leaseMs,
      // Both are done here: BullMQ renews by the wall clock, and takes two checks to notice.
      skipLockRenewal: true,
      skipStalledCheck: true,
    }
    const worker: PatientWorker = new PatientWorker(
      queue.name,
      {
        leased: (job, token) => runner.leased(job, token),
        run: (job, token) => runner.run(job, token as string),
      },
      options,
      clock,
    )
    worker.on('error', onError)
    worker.run().catch(onError)
    this.#answeredAt = clock.monotonic()
    return { worker, runner, client, disconnect, check: this.#check(own) }
  }

  onIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#resting.add(resolve)
      void this.#lookForRest()
    })
  }

  close({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    checkTimeoutMs(timeoutMs)
    this.#closed ??= this.#close(timeoutMs)
    return this.#closed
  }

  /** The observer's 'dead' observation of a copy that the inbox dead-lettered. */
  deadLettered(delivery: Delivery, reason: 'conflict' | 'stale', error: Error): void {
    tell(this.#options.observer, { type: 'dead', ...about(delivery), reason, attempt: 0, error })
  }

  /** One look for all who wait, however many. */
  async #lookForRest(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    while (this.#resting.size > 0) {
      // Who comes while Redis is asked is told by the next look.
      const asked = [...this.#resting]
      if (this.#closed || (await this.#isAllHandled())) {
        for (const resolve of asked) resolve()
        for (const resolve of asked) this.#resting.delete(resolve)
      } else await new Promise<void>((resolve) => this.#setup.clock.schedule(restCheckMs, resolve))
    }
    this.#isLooking = false
  }

  async #isAllHandled(): Promise<boolean> {
    const isAllHandled = await this.#setup.queue.isAllHandled(this.#options.handles()).catch(() => false)
    // Redis may have a result that this process has not told its observer yet.
    return isAllHandled && (this.#started?.runner.isIdle ?? true)
  }

  /** Looks for lost leases, and for what was parked and is handled now. */
  #check(queue: WorkerQueue): RegularCheck {
    const { clock, leaseMs, onError } = this.#setup
    const everyMs = Math.min(Math.max(Math.ceil(leaseMs / 10), shortestCheckMs), longestCheckMs)
    const look = async () => {
      await queue.reclaim(everyMs)
      const found = await queue.unpark(this.#options.handles(), mostUnparked)
      this.#answeredAt = clock.monotonic()
      return found === mostUnparked ? shortestCheckMs : everyMs
    }
    return new RegularCheck({ clock, onError, everyMs, look })
  }

  async #close(timeoutMs: number): Promise<void> {
    const { clock, onError, onClosed } = this.#setup
    if (!this.#started) return onClosed()
    const { worker, runner, disconnect, check } = this.#started
    check.stop()
    let isClosed = false
    const closed = worker
      .close()
      .catch(onError)
      .then(() => 'closed' as const)
    const ends = Promise.race([closed, this.#whenAway(this.#started, () => isClosed)])
    let end = await withDeadline(ends, timeoutMs, clock)
    if (end === timedOut) {
      runner.giveBackAll()
      end = await withDeadline(ends, giveBackMs, clock)
    }
    isClosed = true
    // With Redis away nothing can be given back: the leases expire by themselves.
    if (end !== 'closed') await worker.leave()
    runner.close()
    disconnect()
    onClosed()
  }

  /** Resolves when nothing runs here and Redis does not answer: there is nothing to wait for. */
  async #whenAway({ client, runner }: Started, isClosed: () => boolean): Promise<'away'> {
    const { clock, timeoutMs } = this.#setup
    while (!isClosed()) {
      if (runner.isIdle) {
        const asked = client.status === 'ready' ? client.ping().catch(() => undefined) : undefined
        const answer = await withDeadline(Promise.resolve(asked), timeoutMs, clock)
        if (answer !== 'PONG') return 'away'
      }
      await new Promise<void>((resolve) => clock.schedule(restCheckMs, resolve))
    }
    return 'away'
  }
}
