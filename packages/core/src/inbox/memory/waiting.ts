import type { Delivery } from '../../model/delivery.ts'
import type { HandledTypes } from '../inbox.ts'
import { Fifo } from './fifo.ts'
import { TypeQueue } from './type-queue.ts'

interface Queued {
  readonly delivery: Delivery
}

/** Waiting deliveries: the first of each ordering key by type, and behind it the others of that key. */
export class WaitingDeliveries<Entry extends Queued> {
  readonly ready: TypeQueue<Entry> = new TypeQueue()
  /** By ordering key, for as long as a delivery of it is live. */
  readonly #behind = new Map<string, Fifo<Entry>>()
  #held = 0

  get size(): number {
    return this.ready.size + this.#held
  }

  *[Symbol.iterator](): Generator<Entry> {
    yield* this.ready
    for (const behind of this.#behind.values()) yield* behind
  }

  /** Whether it is ready now, and not behind another. */
  push(entry: Entry): boolean {
    const { orderingKey } = entry.delivery
    const behind = orderingKey === undefined ? undefined : this.#behind.get(orderingKey)
    if (behind) {
      this.#held++
      behind.push(entry)
      return false
    }
    if (orderingKey !== undefined) this.#behind.set(orderingKey, new Fifo())
    this.putBack(entry)
    return true
  }

  /** One that was taken out and keeps its place before the others of its key. */
  putBack(entry: Entry): void {
    this.ready.push(entry.delivery.type, entry)
  }

  shift(handles: HandledTypes): Entry | undefined {
    return this.ready.shift(handles)
  }

  /** Makes the next delivery of its ordering key ready. Whether there was one. */
  leave({ delivery: { orderingKey } }: Entry): boolean {
    if (orderingKey === undefined) return false
    const next = this.#behind.get(orderingKey)?.shift()
    if (!next) {
      this.#behind.delete(orderingKey)
      return false
    }
    this.#held--
    this.putBack(next)
    return true
  }

  /** Takes out all that wait. */
  drain(): Entry[] {
    const all: Entry[] = []
    const everything: HandledTypes = { except: [] }
    for (let entry = this.shift(everything); entry; entry = this.shift(everything)) all.push(entry)
    for (const behind of this.#behind.values()) {
      for (let entry = behind.shift(); entry; entry = behind.shift()) all.push(entry)
    }
    this.#behind.clear()
    this.#held = 0
    return all
  }
}
