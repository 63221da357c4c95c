import { randomUUID } from 'node:crypto'
import type {
  Clock,
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterQuery,
  DeadLetterSummary,
  DeadLetters,
  DiscardOptions,
  RedriveOptions,
} from '@acuse/core'
import {
  checkDeadLetterFilter,
  checkDeadLetterQuery,
  checkDiscardOptions,
  checkRedriveOptions,
  wholeNumber,
} from '@acuse/core/inbox-kit'
import type { Redis } from 'ioredis'
import { toProgress } from './attempt.ts'
import { changeAll } from './change-all.ts'
import { fromFailedReason, fromStacktrace, toDelivery, toJobId, toLetterId } from './job.ts'
import { patiently } from './patiently.ts'
import type { ProviderQueue } from './provider-queue.ts'
import type { Changed } from './scripts.ts'

const summaryFields = ['name', 'failedReason', 'progress', 'ats', 'pv'] as const

/** The part of their inbox that they use. */
export interface DeadLettersSetup {
  readonly client: Redis
  readonly clock: Clock
  readonly maxDeliveries: number
  /** The queues of all providers that were ever accepted. */
  queues(): Promise<readonly ProviderQueue[]>
}

/** A place among dead letters: by when they died, then by job. */
interface Place {
  readonly diedAt: number
  readonly jobId: string
}

/** A failed job, and where it is. */
interface Found extends Place {
  readonly queue: ProviderQueue
  readonly summary: DeadLetterSummary
}

const chunk = 100

const redrivenUpTo = 0.8

/** Does something to a failed job. */
type Act = (queue: ProviderQueue, jobId: string) => Promise<Changed>

/** The failed jobs of all queues, oldest first. */
export class BullmqDeadLetters implements DeadLetters {
  readonly #setup: DeadLettersSetup

  constructor(setup: DeadLettersSetup) {
    this.#setup = setup
  }

  async list({ limit = chunk, after, ...filter }: DeadLetterQuery = {}): Promise<DeadLetterPage> {
    wholeNumber('limit', limit, 1, 1_000)
    checkDeadLetterQuery('deadLetters.list', filter)
    const found: Found[] = []
    for await (const one of this.#find(filter, after === undefined ? undefined : fromCursor(after))) {
      found.push(one)
      if (found.length > limit) break
    }
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      letters: page.map(({ summary }) => summary),
      next: last && found.length > limit ? `${last.diedAt}_${last.jobId}` : undefined,
    }
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    const place = await this.#locate(id)
    if (!place) return undefined
    const { queue, jobId } = place
    const [found] = await this.#summarize(queue, [place])
    const job = await queue.job(jobId)
    if (!found || !job) return undefined
    return { ...found.summary, delivery: toDelivery(job.data), failures: fromStacktrace(job.stacktrace) }
  }

  async redrive(which: string | DeadLetterFilter, options: RedriveOptions = {}): Promise<number> {
    checkRedriveOptions(options)
    if (typeof which !== 'string') checkDeadLetterFilter('deadLetters.redrive', which)
    const { maxDeliveries } = this.#setup
    const call = randomUUID()
    if (typeof which === 'string')
      return this.#one(which, (queue, jobId) => queue.redrive(jobId, { mostLive: maxDeliveries, call }))
    // Room is left for accepts, unless somebody means just one.
    const mostLive = Math.ceil(maxDeliveries * redrivenUpTo)
    return this.#each(which, (queue, jobId) => queue.redrive(jobId, { mostLive, call }), options)
  }

  async discard(which: string | DeadLetterFilter, options: DiscardOptions = {}): Promise<number> {
    checkDiscardOptions(options)
    const act: Act = (queue, jobId) => queue.discard(jobId)
    if (typeof which === 'string') return this.#one(which, act)
    checkDeadLetterFilter('deadLetters.discard', which)
    return this.#each(which, act, options)
  }

  async #one(id: string, act: Act): Promise<number> {
    const place = await this.#locate(id)
    return place && (await act(place.queue, place.jobId)) === 'changed' ? 1 : 0
  }

  /** What dies while this runs is not meant: that would never end. */
  #each(filter: DeadLetterFilter, act: Act, options: RedriveOptions): Promise<number> {
    const now = new Date(Date.now() + 1)
    const diedBefore = filter.diedBefore && filter.diedBefore < now ? filter.diedBefore : now
    const change = (one: Found) => this.#change(one, act)
    return changeAll(this.#find({ ...filter, diedBefore }), change, this.#setup.clock, options)
  }

  async #change({ queue, jobId }: Found, act: Act): Promise<Changed> {
    const { clock } = this.#setup
    let failures = 0
    const changed = await patiently(
      clock,
      () => act(queue, jobId),
      () => failures++,
    )
    // A call that came to no answer was made all the same: the letter was there before it.
    return changed === 'gone' && failures > 0 ? 'changed' : changed
  }

  /** Those of all queues that match, merged. */
  async *#find(filter: DeadLetterFilter, after?: Place): AsyncGenerator<Found> {
    const queues = (await this.#setup.queues()).filter(
      ({ endpoint }) => filter.endpoint === undefined || filter.endpoint === endpoint,
    )
    const sources = queues.map((queue) => this.#findIn(queue, filter, after))
    const heads = new Map<AsyncGenerator<Found>, Found>()
    const advance = async (source: AsyncGenerator<Found>): Promise<void> => {
      const { done, value } = await source.next()
      if (done) heads.delete(source)
      else heads.set(source, value)
    }
    await Promise.all(sources.map(advance))
    while (heads.size > 0) {
      const [source, first] = [...heads].reduce((best, head) => (isBefore(head[1], best[1]) ? head : best))
      yield first
      await advance(source)
    }
  }

  async *#findIn(queue: ProviderQueue, filter: DeadLetterFilter, after?: Place): AsyncGenerator<Found> {
    let place = after ?? { diedAt: filter.diedFrom?.getTime() ?? 0, jobId: '' }
    for (;;) {
      const from = place
      const places = await patiently(this.#setup.clock, () => this.#read(queue, from, filter))
      const last = places.at(-1)
      if (!last) return
      place = last
      const all = await patiently(this.#setup.clock, () => this.#summarize(queue, places))
      for (const found of all) {
        const { provider, type, reason } = found.summary
        if (filter.provider !== undefined && filter.provider !== provider) continue
        if (filter.type !== undefined && filter.type !== type) continue
        if (filter.reason === undefined || filter.reason === reason) yield found
      }
    }
  }

  /** The next failed jobs behind a place. */
  async #read(
    queue: ProviderQueue,
    place: Place,
    { diedFrom, diedBefore }: DeadLetterFilter,
  ): Promise<Place[]> {
    const from = Math.max(place.diedAt, diedFrom?.getTime() ?? 0)
    const to = diedBefore ? `(${diedBefore.getTime()}` : '+inf'
    // Twice as many as long as all of them died in the same millisecond as the place.
    for (let count = chunk; ; count *= 2) {
      const key = queue.toKey('failed')
      const rows = await this.#setup.client.zrangebyscore(key, from, to, 'WITHSCORES', 'LIMIT', 0, count)
      const places: Place[] = []
      for (let index = 0; index < rows.length; index += 2) {
        places.push({ jobId: String(rows[index]), diedAt: Number(rows[index + 1]) })
      }
      const fresh = places.filter((one) => isBefore(place, one))
      if (fresh.length > 0 || places.length < count) return fresh
    }
  }

  /** Without their bodies. */
  async #summarize(queue: ProviderQueue, places: readonly Place[]): Promise<Found[]> {
    const rows = await Promise.all(
      places.map(async (place) => ({
        ...place,
        fields: await this.#setup.client.hmget(queue.toKey(place.jobId), ...summaryFields),
      })),
    )
    return rows.flatMap(({ jobId, diedAt, fields: [type, failedReason, progress, started, provider] }) => {
      // Put back or discarded meanwhile.
      if (typeof type !== 'string' || typeof failedReason !== 'string') return []
      const summary: DeadLetterSummary = {
        id: toLetterId(jobId),
        endpoint: queue.endpoint,
        provider: provider ?? '',
        type,
        reason: fromFailedReason(failedReason),
        message: failedReason.slice(failedReason.indexOf(':') + 2),
        attempt: progress ? toProgress(JSON.parse(progress)).attempt : Number(started ?? 0),
        diedAt: new Date(diedAt),
      }
      return [{ queue, jobId, diedAt, summary }]
    })
  }

  /** The failed job of a dead letter, whose id says which it is. */
  async #locate(id: string): Promise<(Place & { readonly queue: ProviderQueue }) | undefined> {
    const dot = id.lastIndexOf('.')
    const copy = toJobId({ id: id.slice(0, dot), bodyHash: id.slice(dot + 1) })
    const jobIds = dot > 0 ? [copy, toJobId({ id })] : [toJobId({ id }), id]
    for (const queue of await this.#setup.queues()) {
      for (const jobId of jobIds) {
        const diedAt = await this.#setup.client.zscore(queue.toKey('failed'), jobId)
        if (diedAt !== null) return { queue, jobId, diedAt: Number(diedAt) }
      }
    }
    return undefined
  }
}

function isBefore(one: Place, other: Place): boolean {
  return one.diedAt === other.diedAt ? one.jobId < other.jobId : one.diedAt < other.diedAt
}

function fromCursor(cursor: string): Place {
  const [, diedAt, jobId] = /^([\d.]+)_(.+)$/.exec(cursor) ?? []
  if (diedAt === undefined || jobId === undefined) throw new TypeError('after must be the next of a page')
  return { diedAt: Number(diedAt), jobId }
}
