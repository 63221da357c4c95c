import type {
  Deliveries,
  DeliveryPage,
  DeliveryQuery,
  DeliverySummary,
  StoredDelivery,
} from '../../model/delivery-list.ts'
import { checkDeliveryQuery, matchesDelivery, notACursor } from '../delivery-query.ts'
import type { ProviderQueue } from './provider-queue.ts'
import type { Entry, LiveState } from './queue-owner.ts'

/** Deliveries in this process's memory; those that are handled are gone. */
export class MemoryDeliveries implements Deliveries {
  readonly #queues: ReadonlyMap<string, ProviderQueue>

  constructor(queues: ReadonlyMap<string, ProviderQueue>) {
    this.#queues = queues
  }

  async list(query: DeliveryQuery = {}): Promise<DeliveryPage> {
    const { filter, limit, after } = checkDeliveryQuery(query)
    const below = toOrder(after)
    const found = [...this.#entries()]
      .filter(([, { order }]) => order < below)
      .map(([state, entry]) => ({ order: entry.order, summary: toSummary(state, entry) }))
      .filter(({ summary }) => matchesDelivery(filter, summary))
      .sort((one, other) => other.order - one.order)
    const page = found.slice(0, limit)
    return {
      deliveries: page.map(({ summary }) => summary),
      next: found.length > limit ? String(page.at(-1)?.order) : undefined,
    }
  }

  async get(id: string): Promise<StoredDelivery | undefined> {
    for (const [state, entry] of this.#entries()) {
      const { delivery, failures, completed } = entry
      if (delivery.id === id) return { ...toSummary(state, entry), delivery, failures, completed }
    }
    return undefined
  }

  *#entries(): Generator<readonly [LiveState, Entry]> {
    for (const queue of this.#queues.values()) yield* queue.entries()
  }
}

function toSummary(state: LiveState, { delivery, attempt, dueAt }: Entry): DeliverySummary {
  const { id, endpoint, provider, type, orderingKey, receivedAt } = delivery
  const nextAttemptAt = state === 'delayed' && dueAt !== undefined ? { nextAttemptAt: new Date(dueAt) } : {}
  return { id, endpoint, provider, type, orderingKey, state, attempt, receivedAt, ...nextAttemptAt }
}

function toOrder(cursor: string | undefined): number {
  if (cursor === undefined) return Number.POSITIVE_INFINITY
  if (!/^\d{1,16}$/.test(cursor)) throw notACursor()
  return Number(cursor)
}
