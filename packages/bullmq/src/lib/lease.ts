import type { Delivery } from '@acuse/core'
import type { Job } from 'bullmq'
import { idOf, type JobData } from './job.ts'
import type { HeldJob } from './lease-scripts.ts'

/** A delivery that is being handled here. */
export class RunningLease implements HeldJob {
  readonly jobId: string
  readonly delivery: Delivery
  /** Resolves when a close stopped waiting for its handler. */
  readonly givenUp: Promise<undefined>
  /** Resolves when what becomes of it is written down. */
  readonly ended: Promise<void>
  /** When its lease was last known to be this process's, by the monotonic clock. */
  renewedAt: number
  /** Whether it was run, or is being run: it was leased before, and may have been leased again since. */
  isBegun = false
  end: () => void = () => {}
  #job: Job<JobData>
  #token: string
  readonly #controller = new AbortController()
  #giveUp = () => {}

  constructor(job: Job<JobData>, token: string, delivery: Delivery, now: number) {
    this.delivery = delivery
    this.jobId = idOf(job)
    this.#job = job
    this.#token = token
    this.renewedAt = now
    this.givenUp = new Promise((resolve) => {
      this.#giveUp = () => resolve(undefined)
    })
    this.ended = new Promise((resolve) => {
      this.end = resolve
    })
  }

  /** As it was leased last. */
  get job(): Job<JobData> {
    return this.#job
  }

  get token(): string {
    return this.#token
  }

  get start(): number {
    return this.#job.attemptsStarted
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** It was lost, and is this process's again: what runs is what holds it. */
  adopt(job: Job<JobData>, token: string, now: number): void {
    this.#job = job
    this.#token = token
    this.renewedAt = now
  }

  lost(): void {
    this.#controller.abort(new Error('The lease was lost: another worker may have the delivery now'))
  }

  giveBack(): void {
    this.#controller.abort(new Error('The consumer was closed before the delivery was handled'))
    this.#giveUp()
  }
}
