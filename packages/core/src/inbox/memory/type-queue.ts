import { isHandled } from '../handled-types.ts'
import type { HandledTypes } from '../inbox.ts'
import { Fifo } from './fifo.ts'

interface Queued<T> {
  readonly item: T
  readonly order: number
}

/** First in, first out, by type: what nothing handles stands in nobody's way. */
export class TypeQueue<T> {
  readonly #byType = new Map<string, Fifo<Queued<T>>>()
  #pushed = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  *[Symbol.iterator](): Generator<T> {
    for (const queue of this.#byType.values()) for (const { item } of queue) yield item
  }

  push(type: string, item: T): void {
    const queue = this.#byType.get(type) ?? new Fifo<Queued<T>>()
    this.#byType.set(type, queue)
    queue.push({ item, order: this.#pushed++ })
    this.#size++
  }

  /** The first of the types that are handled, taken out. */
  shift(handles: HandledTypes): T | undefined {
    return this.#take((type) => isHandled(handles, type))
  }

  /** The first of the types that nothing handles, taken out. */
  shiftUnhandled(handles: HandledTypes): T | undefined {
    return this.#take((type) => !isHandled(handles, type))
  }

  /** Whether one waits that is handled. */
  hasHandled(handles: HandledTypes): boolean {
    for (const type of this.#byType.keys()) if (isHandled(handles, type)) return true
    return false
  }

  /** How many wait of each type. */
  sizes(): { readonly type: string; readonly waiting: number }[] {
    return [...this.#byType].map(([type, { size }]) => ({ type, waiting: size }))
  }

  /** The first of each type. */
  heads(): T[] {
    const heads = [...this.#byType.values()].map((queue) => queue.peek())
    return heads.filter((head) => head !== undefined).map(({ item }) => item)
  }

  #take(isWanted: (type: string) => boolean): T | undefined {
    let first: string | undefined
    let order = Number.POSITIVE_INFINITY
    for (const [type, queue] of this.#byType) {
      const head = queue.peek()
      if (head === undefined || head.order > order || !isWanted(type)) continue
      first = type
      order = head.order
    }
    if (first === undefined) return undefined
    const queue = this.#byType.get(first)
    const taken = queue?.shift()
    if (queue?.size === 0) this.#byType.delete(first)
    this.#size--
    return taken?.item
  }
}
