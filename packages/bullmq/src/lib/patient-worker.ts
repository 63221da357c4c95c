import type { Clock } from '@acuse/core'
import { type Job, type Processor, Worker, type WorkerOptions } from 'bullmq'
import type { JobData } from './job.ts'

/** The longest block, in seconds: shorter than the silence that ends a connection. */
const longestBlock = 3
const shortestMs = 100
const longestMs = 2_000

/** How a patient worker handles jobs. */
export interface JobHandling {
  /** Told at once: BullMQ runs what it leased when it has leased as much as it may. */
  leased(job: Job<JobData>, token: string): void
  readonly run: Processor<JobData, never>
}

/** A worker that takes its time where Redis refuses, and can be left to itself. */
export class PatientWorker extends Worker<JobData, never> {
  readonly #clock: Clock
  readonly #leased: JobHandling['leased']
  #failures = 0
  readonly #waiting = new Set<() => void>()

  constructor(
    name: string,
    { leased, run }: JobHandling,
    options: Omit<WorkerOptions, 'autorun' | 'runRetryDelay' | 'drainDelay'>,
    clock: Clock,
  ) {
    super(name, run, { ...options, autorun: false, runRetryDelay: 1_000, drainDelay: longestBlock })
    this.#clock = clock
    this.#leased = leased
    for (const event of ['closing', 'paused'] as const) {
      this.on(event, () => {
        for (const resolve of this.#waiting) resolve()
      })
    }
  }

  /** One whose Redis is away closes never, and keeps its process alive. */
  async leave(): Promise<void> {
    await this.pause(true)
    await this.lockManager.close()
  }

  protected override getBlockTimeout(blockUntil: number): number {
    return Math.min(super.getBlockTimeout(blockUntil), longestBlock)
  }

  /** BullMQ asks again at once, thousands of times a second. */
  protected override async moveToActive(token: string, name?: string): Promise<Job<JobData, never>> {
    try {
      const job = await super.moveToActive(token, name as string)
      this.#failures = 0
      if (job) this.#leased(job, token)
      return job
    } catch (error) {
      await this.#backOff()
      throw error
    }
  }

  /** Of BullMQ's: after a failed wait for jobs, where it gives no time. */
  override async delay(...[milliseconds, controller]: Parameters<Worker['delay']>): Promise<void> {
    if (milliseconds) await super.delay(milliseconds, controller)
    else await this.#backOff()
  }

  async #backOff(): Promise<void> {
    if (this.closing || this.paused) return
    const delayMs = Math.min(shortestMs * 2 ** this.#failures++, longestMs)
    await new Promise<void>((resolve) => {
      const end = () => {
        cancel()
        this.#waiting.delete(end)
        resolve()
      }
      const cancel = this.#clock.schedule(delayMs, end)
      this.#waiting.add(end)
    })
  }
}
