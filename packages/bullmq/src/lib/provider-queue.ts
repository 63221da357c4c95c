import type { Delivery, InboxStats } from '@acuse/core'
import type { AcceptResult, HandledTypes, UnhandledType } from '@acuse/core/inbox-kit'
import { isHandled, type TypeCounts } from '@acuse/core/inbox-kit'
import { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { acceptInto } from './accept-script.ts'
import { isAllHandled } from './idle-script.ts'
import {
  fromJobId,
  type JobData,
  toFailedReason,
  toFields,
  toJobId,
  toLetterId,
  toMark,
  toStacktrace,
} from './job.ts'
import { countParked, parkedFrom, parkedTypes } from './park-scripts.ts'
import type { ToKey } from './script.ts'
import { type Changed, deadLetterJob, discardJob, type Redrive, redriveJob } from './scripts.ts'
import { TypeCensus } from './type-census.ts'

/** Why a copy is not handled, and how it is kept. */
export interface DeadLettering {
  readonly reason: 'conflict' | 'stale'
  readonly message: string
  /** How long its idempotency key is remembered once it is handled or discarded. */
  readonly ttlMs: number
  readonly maxDead: number
}

/** How many of a state are looked at to find the oldest: by due time they are not in order of age. */
const sampled = 1_000
const mostTypes = 100
const mostLookedAt = 10_000

/** One provider's deliveries: a queue of BullMQ, and what BullMQ has no call for. */
export class ProviderQueue {
  readonly endpoint: string
  readonly name: string
  /** How the names of its keys begin. */
  readonly base: string
  readonly toKey: ToKey
  readonly #client: Redis
  readonly #queue: Queue<JobData>
  #lastDeadAt = 0

  constructor(client: Redis, name: string, endpoint: string, prefix: string) {
    this.endpoint = endpoint
    // The last dot ends the name: no endpoint has one.
    this.name = `${name}.${endpoint}`
    this.base = `${prefix}:${this.name}`
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

  /** One script in Redis: the delivery is its own job, which copies find. */
  accept(delivery: Delivery, ttlMs: number, maxDeliveries: number): Promise<AcceptResult> {
    const { id, bodyHash, receivedAt } = delivery
    const jobId = toJobId({ id })
    return acceptInto(this.#client, this.toKey, {
      jobId,
      idempotencyRedisKey: this.idempotencyRedisKey(jobId),
      bodyHash: toMark(bodyHash),
      ttlMs,
      maxDeliveries,
      fields: { ...toFields(delivery), timestamp: receivedAt.getTime() },
    })
  }

  /** Keeps a copy as a dead letter, once. */
  deadLetter(delivery: Delivery, { reason, message, ttlMs, maxDead }: DeadLettering): Promise<Changed> {
    const { id, bodyHash, receivedAt } = delivery
    const now = Date.now()
    // Those of one millisecond stay in order.
    this.#lastDeadAt = Math.max(now, this.#lastDeadAt + 1 / 1_024)
    const [jobId, originalId] = [toJobId({ id, bodyHash }), toJobId({ id })]
    return deadLetterJob(this.#client, this.toKey, this.#lastDeadAt, {
      jobId,
      idempotencyRedisKey: this.idempotencyRedisKey(jobId),
      original: { jobId: originalId, idempotencyRedisKey: this.idempotencyRedisKey(originalId) },
      isOnlyUnknown: reason === 'stale',
      maxDead,
      bodyHash: toMark(bodyHash),
      fields: {
        ...toFields(delivery),
        timestamp: receivedAt.getTime(),
        finishedOn: now,
        failedReason: toFailedReason(reason, message),
        stacktrace: toStacktrace([{ attempt: 0, at: new Date(now), message }]),
        ttl: ttlMs,
      },
    })
  }

  async counts(): Promise<Omit<InboxStats, 'oldestAgeMs' | 'types'>> {
    const [counted, parked] = await Promise.all([
      this.#queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed'),
      this.#client.zcount(this.toKey('delayed'), parkedFrom, '+inf'),
    ])
    const { wait = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counted
    const waiting = wait + prioritized + parked
    return { waiting, leased: active, delayed: Math.max(0, delayed - parked), dead: failed }
  }

  /** Adds how many jobs of each type are in which state. */
  async countTypes(counts: TypeCounts): Promise<void> {
    await new TypeCensus(this.#client, this.toKey).addTo(counts, this.endpoint)
  }

  /** The types that wait and are not handled here, at most so many; counts stop at so many looked at. */
  async unhandled(handles: HandledTypes): Promise<UnhandledType[]> {
    const waiting = new Map<string, number>()
    const add = (type: string, count: number) => {
      if (isHandled(handles, type) || (waiting.size >= mostTypes && !waiting.has(type))) return
      waiting.set(type, Math.min((waiting.get(type) ?? 0) + count, mostLookedAt))
    }
    for (const type of await parkedTypes(this.#client, this.toKey)) {
      if (!isHandled(handles, type)) add(type, await countParked(this.#client, this.toKey, type))
    }
    const census = new TypeCensus(this.#client, this.toKey)
    for await (const { type, count } of census.of('wait', 'LRANGE', 0, mostLookedAt)) add(type, count)
    return [...waiting]
      .map(([type, count]) => ({ type, waiting: count }))
      .filter(({ waiting }) => waiting > 0)
  }

  /** Whether nothing is left of what is handled here. */
  isAllHandled(handles: HandledTypes): Promise<boolean> {
    return isAllHandled(this.#client, this.toKey, handles)
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

  /** Puts a failed job back, its attempts counted anew. */
  redrive(jobId: string, redrive: Redrive): Promise<Changed> {
    const originalId = toJobId({ id: fromJobId(jobId)?.id ?? jobId })
    const original = { jobId: originalId, idempotencyRedisKey: this.idempotencyRedisKey(originalId) }
    return redriveJob(this.#client, this.toKey, { jobId, original, ...redrive })
  }

  discard(jobId: string): Promise<Changed> {
    return discardJob(this.#client, this.toKey, jobId, this.idempotencyRedisKey(jobId))
  }

  /** Where the idempotency key of a job is remembered when it is handled. */
  idempotencyRedisKey(jobId: string): string {
    return this.toKey(`i:${encodeURIComponent(toLetterId(jobId))}`)
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }
}
