import { randomUUID } from 'node:crypto'
import type { AcceptResult, Delivery, InboxStats } from '@acuse/core'
import { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import {
  fromJobId,
  type JobData,
  jobOptions,
  kept,
  toFailedReason,
  toJobData,
  toJobId,
  toStacktrace,
} from './job.ts'
import { buryJob, discardJob, noteInJob, type ToKey } from './scripts.ts'

/** How many of a state are looked at to find the oldest: by due time they are not in order of age. */
const sampled = 1_000

/** One provider's deliveries: a queue of BullMQ, and what BullMQ has no call for. */
export class ProviderQueue {
  readonly provider: string
  readonly name: string
  readonly toKey: ToKey
  readonly #client: Redis
  readonly #queue: Queue<JobData>
  #lastBuriedAt = 0

  constructor(client: Redis, name: string, provider: string, prefix: string) {
    this.provider = provider
    // The last dot ends the name: no provider has one.
    this.name = `${name}.${provider}`
    this.#client = client
    // It neither waits for a connection nor asks for Redis's version: both would outlast our deadline.
    this.#queue = new Queue(this.name, {
      connection: client,
      prefix,
      skipWaitingForReady: true,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    })
    this.#queue.on('error', () => {}) // The connection's own, which its calls report.
    this.toKey = (type) => this.#queue.toKey(type)
  }

  /** One script in Redis: a copy gets the id of the job that holds its identity. */
  async accept(delivery: Delivery, ttlMs: number): Promise<AcceptResult> {
    const { id, fingerprint, type, receivedAt } = delivery
    const jobId = toJobId({ nonce: randomUUID(), fingerprint, id })
    const job = await this.#queue.add(type, toJobData(delivery), {
      ...jobOptions,
      jobId,
      timestamp: receivedAt.getTime(),
      deduplication: { id, ttl: ttlMs },
    })
    if (job.id === jobId) return 'accepted'
    const first = fromJobId(String(job.id))?.fingerprint
    return first === fromJobId(jobId)?.fingerprint ? 'duplicate' : 'conflict'
  }

  /** Keeps a copy as a dead letter, once. Whether it was not kept before. */
  bury(delivery: Delivery, reason: 'conflict' | 'stale', message: string): Promise<boolean> {
    const { id, fingerprint, type, receivedAt } = delivery
    const now = Date.now()
    // Those of one millisecond stay in order.
    this.#lastBuriedAt = Math.max(now, this.#lastBuriedAt + 1 / 1_024)
    return buryJob(this.#client, this.toKey, toJobId({ nonce: kept, fingerprint, id }), this.#lastBuriedAt, {
      name: type,
      data: JSON.stringify(toJobData(delivery)),
      opts: JSON.stringify(jobOptions),
      timestamp: receivedAt.getTime(),
      delay: 0,
      priority: 0,
      finishedOn: now,
      failedReason: toFailedReason(reason, message),
      stacktrace: toStacktrace([{ attempt: 0, at: new Date(now), message }]),
    })
  }

  async counts(): Promise<Omit<InboxStats, 'oldestAgeMs'>> {
    const {
      wait = 0,
      prioritized = 0,
      active = 0,
      delayed = 0,
      failed = 0,
    } = await this.#queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed')
    return { waiting: wait + prioritized, leased: active, delayed, dead: failed }
  }

  /** When the oldest delivery that is not handled was received; `Infinity` when there is none. */
  async oldestAt(): Promise<number> {
    const [waiting, active, delayed] = await Promise.all([
      this.#client.lrange(this.toKey('wait'), -1, -1),
      this.#client.lrange(this.toKey('active'), -sampled, -1),
      this.#client.zrange(this.toKey('delayed'), 0, `${sampled - 1}`),
    ])
    const jobIds = [...waiting, ...active, ...delayed]
    const times = await Promise.all(jobIds.map((jobId) => this.#client.hget(this.toKey(jobId), 'timestamp')))
    return Math.min(...times.filter((time) => time !== null).map(Number))
  }

  job(jobId: string): Promise<Job<JobData> | undefined> {
    return Job.fromId<JobData>(this.#queue, jobId)
  }

  /** Writes fields of a job that is leased. Whether the lease is still the token's. */
  note(jobId: string, token: string, fields: Readonly<Record<string, string>>): Promise<boolean> {
    return noteInJob(this.#client, this.toKey, jobId, token, fields)
  }

  /** Puts a failed job back, its attempts counted anew. Whether it was there. */
  async retry(jobId: string): Promise<boolean> {
    // Its data stays in Redis: a job in name only is enough to move it.
    const job = new Job<JobData | undefined>(this.#queue, '', undefined, {}, jobId)
    try {
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })
      return true
    } catch (error) {
      if ((await this.#client.zscore(this.toKey('failed'), jobId)) === null) return false
      throw error
    }
  }

  discard(jobId: string): Promise<boolean> {
    return discardJob(this.#client, this.toKey, jobId)
  }

  /** The job that holds an identity. */
  holder(id: string): Promise<string | null> {
    return this.#client.get(this.toKey(`de:${id}`))
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }
}
