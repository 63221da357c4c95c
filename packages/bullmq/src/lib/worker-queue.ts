import type { HandledTypes } from '@acuse/core/inbox-kit'
import { isHandled } from '@acuse/core/inbox-kit'
import type { Redis } from 'ioredis'
import type { RunningLease } from './lease.ts'
import { completeJob, type HeldJob, noteInJob, promoteJob, reclaimJobs, renewJobs } from './lease-scripts.ts'
import { parkedTypes, parkJob, unparkJobs } from './park-scripts.ts'
import type { ProviderQueue } from './provider-queue.ts'

/** A queue over a worker's connection, which waits for Redis to come back. */
export class WorkerQueue {
  readonly #client: Redis
  readonly #queue: ProviderQueue

  constructor(client: Redis, queue: ProviderQueue) {
    this.#client = client
    this.#queue = queue
  }

  note(lease: RunningLease, fields: Readonly<Record<string, string>>): Promise<boolean> {
    return noteInJob(this.#client, this.#queue.toKey, lease, fields)
  }

  complete(lease: RunningLease): Promise<boolean> {
    return completeJob(this.#client, this.#queue.toKey, lease, this.#queue.idempotencyRedisKey(lease.jobId))
  }

  renew(jobs: readonly HeldJob[], leaseMs: number): Promise<readonly string[]> {
    return renewJobs(this.#client, this.#queue.toKey, jobs, leaseMs)
  }

  reclaim(everyMs: number): Promise<number> {
    return reclaimJobs(this.#client, this.#queue.toKey, everyMs)
  }

  /** Puts a job out of the way until somebody handles its type. */
  park(lease: HeldJob, type: string): Promise<boolean> {
    return parkJob(this.#client, this.#queue.toKey, lease, type)
  }

  /** Puts back what is parked and handled here, so much of it at once. How many. */
  async unpark(handles: HandledTypes, most: number): Promise<number> {
    const types = await parkedTypes(this.#client, this.#queue.toKey)
    const handled = types.filter((type) => isHandled(handles, type))
    return handled.length === 0 ? 0 : unparkJobs(this.#client, this.#queue.toKey, handled, most)
  }

  promote(jobId: string): Promise<boolean> {
    return promoteJob(this.#client, this.#queue.toKey, jobId)
  }
}
