import type { Clock } from '@acuse/core'
import { type Job, type Processor, Worker, type WorkerOptions } from 'bullmq'
import type { JobData } from './job.ts'

/** The longest block, in seconds: shorter than the silence that ends a connection. */
const longestBlock = 3
const shortestMs = 100
const longestMs = 2_000

/** A worker that takes its time where Redis refuses, and can be left to itself. */
export class PatientWorker extends Worker<JobData, never> {
  readonly #clock: Clock
  #failures = 0
  readonly #waiting = new Set<() => void>()

  constructor(
    name: string,
    run: Processor<JobData, never>,
    options: Omit<WorkerOptions, 'autorun' | 'runRetryDelay' | 'drainDelay'>,
    clock: Clock,
  ) {
    super(name, run, { ...options, autorun: false, runRetryDelay: 1_000, drainDelay: longestBlock })
    this.#clock = clock
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
