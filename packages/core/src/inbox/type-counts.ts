import type { Delivery } from '../model/delivery.ts'
import type { TypeStats } from './inbox.ts'

/** In which state a delivery is. */
export type DeliveryState = 'waiting' | 'leased' | 'delayed' | 'dead'
/** The key by which deliveries are counted. */
export type CountedDelivery = Pick<Delivery, 'endpoint' | 'provider' | 'type'>
/** How many are in each state. */
export type StateCounts = { [Name in DeliveryState]: number }

/** For inboxes: how many deliveries are in which state, by endpoint, provider and type. */
export class TypeCounts {
  readonly #byType = new Map<string, CountedDelivery & StateCounts>()

  /** Adds `count` deliveries. */
  add(state: DeliveryState, { endpoint, provider, type }: CountedDelivery, count = 1): void {
    const key = JSON.stringify([endpoint, provider, type])
    const counts = this.#byType.get(key) ?? { endpoint, provider, type, ...none }
    counts[state] += count
    this.#byType.set(key, counts)
  }

  /** The totals. */
  sum(): StateCounts {
    const sum = { ...none }
    for (const counts of this.#byType.values()) {
      for (const state of states) sum[state] += counts[state]
    }
    return sum
  }

  /** In order of endpoint, provider and type. */
  types(): TypeStats[] {
    return [...this.#byType].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, counts]) => counts)
  }
}

const states: readonly DeliveryState[] = ['waiting', 'leased', 'delayed', 'dead']
const none: StateCounts = { waiting: 0, leased: 0, delayed: 0, dead: 0 }
