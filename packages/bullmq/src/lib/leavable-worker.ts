import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'bullmq'
import type { JobData } from './job.ts'

/** How long a worker asks for nothing after Redis refused it a job, in milliseconds. */
const pauseMs = 1_000

/** A worker that can be left to itself: one whose Redis is away closes never, and keeps its process alive. */
export class LeavableWorker extends Worker<JobData, never> {
  async leave(): Promise<void> {
    await this.pause(true)
    await this.lockManager.close()
  }

  /** BullMQ asks again at once, whatever the error is. */
  protected override async moveToActive(
    ...given: Parameters<Worker<JobData, never>['moveToActive']>
  ): ReturnType<Worker<JobData, never>['moveToActive']> {
    try {
      return await super.moveToActive(...given)
    } catch (error) {
      if (!this.closing) await sleep(pauseMs, undefined, { ref: false })
      throw error
    }
  }
}
