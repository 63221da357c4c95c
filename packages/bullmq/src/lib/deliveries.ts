import type {
  Deliveries,
  DeliveryFilter,
  DeliveryPage,
  DeliveryQuery,
  DeliverySummary,
  StoredDelivery,
} from '@acuse/core/inbox-kit'
import { checkDeliveryQuery, matchesDelivery, notACursor } from '@acuse/core/inbox-kit'
import type { Redis } from 'ioredis'
import { toProgress } from './attempt.ts'
import { fromStacktrace, toDelivery, toJobId, toLetterId } from './job.ts'
import { findJob, findJobs, type JobFields, type JobPlace, readJobs } from './list-scripts.ts'
import type { ProviderQueue } from './provider-queue.ts'

/** Of each queue and place. */
const mostListed = 10_000

/** The part of their inbox that they use. */
export interface DeliveriesSetup {
  readonly client: Redis
  /** The queues of all endpoints that ever accepted. */
  queues(): Promise<readonly ProviderQueue[]>
}

/** A place in the list: by when it was received, then by id. */
interface Place {
  readonly receivedAt: number
  readonly id: string
}

/** The jobs of all queues that are not dead, newest first, 10 000 of each queue and place at the most. */
export class BullmqDeliveries implements Deliveries {
  readonly #setup: DeliveriesSetup

  constructor(setup: DeliveriesSetup) {
    this.#setup = setup
  }

  async list(query: DeliveryQuery = {}): Promise<DeliveryPage> {
    const { filter, limit, after } = checkDeliveryQuery(query)
    const place = after === undefined ? undefined : fromCursor(after)
    const queues = filter.state === 'handled' ? [] : await this.#setup.queues()
    const found: DeliverySummary[] = []
    for (const queue of queues) {
      if ((filter.endpoint ?? queue.endpoint) !== queue.endpoint) continue
      for (const one of await this.#readQueue(queue, filter))
        if (place === undefined || compare(place, toPlace(one)) < 0) found.push(one)
    }
    found.sort((one, other) => compare(toPlace(one), toPlace(other)))
    const deliveries = found.slice(0, limit)
    const last = found.length > limit ? deliveries.at(-1) : undefined
    return { deliveries, next: last && `${last.receivedAt.getTime()}_${last.id}` }
  }

  async get(id: string): Promise<StoredDelivery | undefined> {
    const dot = id.lastIndexOf('.')
    const copy = toJobId({ id: id.slice(0, dot), bodyHash: id.slice(dot + 1) })
    const jobIds = dot > 0 ? [copy, toJobId({ id })] : [toJobId({ id })]
    for (const queue of await this.#setup.queues()) {
      for (const jobId of jobIds) {
        const found = await findJob(this.#setup.client, queue.toKey, jobId)
        const stored = found && toStored(queue.endpoint, found.place, found.fields)
        if (stored) return stored
      }
    }
    return undefined
  }

  async #readQueue(queue: ProviderQueue, filter: DeliveryFilter): Promise<DeliverySummary[]> {
    const { client } = this.#setup
    const places = (await findJobs(client, queue.toKey, mostListed)).filter(
      ({ state }) => (filter.state ?? state) === state,
    )
    const all = await readJobs(
      client,
      queue.toKey,
      places.map(({ jobId }) => jobId),
    )
    return places.flatMap((place, at) => {
      const summary = toSummary(queue.endpoint, place, all[at] ?? [])
      return summary && matchesDelivery(filter, summary) ? [summary] : []
    })
  }
}

/** `undefined`: it was handled meanwhile. */
function toSummary(
  endpoint: string,
  { jobId, state, dueAt }: JobPlace,
  [receivedAt, provider, type, orderingKey, started, progress]: JobFields,
): DeliverySummary | undefined {
  if (typeof receivedAt !== 'string' || typeof type !== 'string') return undefined
  const written = toProgress(progress ? JSON.parse(progress) : undefined)
  // What was started after the last start that was written down is an attempt, too.
  const unwritten = written.isCounted ? 0 : Math.max(0, Number(started || 0) - written.started)
  return {
    id: toLetterId(jobId),
    endpoint,
    provider: provider || '',
    type,
    orderingKey: typeof orderingKey === 'string' ? orderingKey : undefined,
    state,
    attempt: written.attempt + unwritten,
    receivedAt: new Date(Number(receivedAt)),
    ...(dueAt !== undefined && { nextAttemptAt: new Date(dueAt) }),
  }
}

function toStored(endpoint: string, place: JobPlace, fields: JobFields): StoredDelivery | undefined {
  const summary = toSummary(endpoint, place, fields)
  const [progress, data, stacktrace] = fields.slice(5)
  if (!summary || !data) return undefined
  return {
    ...summary,
    delivery: { ...toDelivery(JSON.parse(data)), id: summary.id },
    failures: fromStacktrace(stacktrace ? JSON.parse(stacktrace) : null),
    completed: toProgress(progress ? JSON.parse(progress) : undefined).completed,
  }
}

function toPlace({ receivedAt, id }: DeliverySummary): Place {
  return { receivedAt: receivedAt.getTime(), id }
}

/** Below 0: the first is before the other, which is older. */
function compare(one: Place, other: Place): number {
  if (one.receivedAt !== other.receivedAt) return other.receivedAt - one.receivedAt
  return one.id === other.id ? 0 : one.id > other.id ? -1 : 1
}

function fromCursor(cursor: string): Place {
  const [, receivedAt, id] = /^(\d{1,16})_(.+)$/s.exec(cursor) ?? []
  if (receivedAt === undefined || id === undefined) throw notACursor()
  return { receivedAt: Number(receivedAt), id }
}
