import type { Delivery } from '../delivery.ts'
import type { TypeStats } from './inbox.ts'

type State = 'waiting' | 'leased' | 'delayed' | 'dead'
type Counted = Pick<Delivery, 'endpoint' | 'provider' | 'type'>
type Counts = { [Name in State]: number }

/** For inboxes: how many deliveries are in which state, by endpoint, provider and type. */
export class TypeCounts {
  readonly #byType = new Map<string, Counted & Counts>()

  add(state: State, { endpoint, provider, type }: Counted, count = 1): void {
    const key = JSON.stringify([endpoint, provider, type])
    const counts = this.#byType.get(key) ?? { endpoint, provider, type, ...none }
    counts[state] += count
    this.#byType.set(key, counts)
  }

  /** The totals. */
  sum(): Counts {
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

const states: readonly State[] = ['waiting', 'leased', 'delayed', 'dead']
const none: Counts = { waiting: 0, leased: 0, delayed: 0, dead: 0 }
