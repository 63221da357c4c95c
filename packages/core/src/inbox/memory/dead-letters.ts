import { isPromiseLike, wholeNumber } from '../../lib/options.ts'
import type { Awaitable } from '../../model/awaitable.ts'
import type { Clock } from '../../model/clock.ts'
import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterQuery,
  DeadLetters,
  DeadReason,
  DiscardOptions,
  RedriveOptions,
} from '../../model/dead-letter.ts'
import type { Delivery } from '../../model/delivery.ts'
import { changeEach } from '../change-each.ts'
import {
  checkDeadLetterFilter,
  checkDeadLetterQuery,
  checkDiscardOptions,
  checkRedriveOptions,
} from '../dead-letter-filter.ts'
import type { Entry } from './queue-owner.ts'

/** A letter and its place in the order of dying. */
interface Place {
  readonly letter: DeadLetter
  readonly completed: readonly string[]
  readonly order: number
}

/** The outcome for a letter: in the queue again, accepted meanwhile and so not needed, or as it was. */
export type Fate = 'requeued' | 'dropped' | 'kept'

/** Puts the delivery of a letter back in the queue; the named handlers have completed. */
type Requeue = (letter: DeadLetter, completed: readonly string[]) => Awaitable<Fate>

/** Dead letters in this process's memory; whoever owns them keeps the bounds. */
export class MemoryDeadLetters implements DeadLetters {
  readonly #clock: Clock
  readonly #checkOpen: () => void
  readonly #requeue: Requeue
  readonly #places = new Map<string, Place>()
  #deaths = 0
  #bytes = 0

  /** `checkOpen` throws when the inbox is closed. */
  constructor(clock: Clock, checkOpen: () => void, requeue: Requeue) {
    this.#clock = clock
    this.#checkOpen = checkOpen
    this.#requeue = requeue
  }

  get size(): number {
    return this.#places.size
  }

  /** The bytes of their bodies. */
  get bytes(): number {
    return this.#bytes
  }

  *deliveries(): Generator<Delivery> {
    for (const { letter } of this.#places.values()) yield letter.delivery
  }

  has(id: string): boolean {
    return this.#places.has(id)
  }

  add(letter: DeadLetter, completed: readonly string[]): void {
    this.#remove(letter.id)
    this.#places.set(letter.id, { letter, completed, order: ++this.#deaths })
    this.#bytes += letter.delivery.body.byteLength
  }

  /** There is one. */
  dropOldest(): DeadLetter {
    const [id] = this.#places.keys()
    return this.#remove(id as string) as DeadLetter
  }

  async list({ limit = 100, after = '0', ...filter }: DeadLetterQuery = {}): Promise<DeadLetterPage> {
    wholeNumber('limit', limit, 1, 1_000)
    checkDeadLetterQuery('deadLetters.list', filter)
    const found = this.#matching(filter).filter(({ order }) => order > Number(after))
    const page = found.slice(0, limit)
    const letters = page.map(({ letter: { delivery, failures, ...summary } }) => summary)
    return { letters, next: found.length > limit ? String(page.at(-1)?.order) : undefined }
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    return this.#places.get(id)?.letter
  }

  async redrive(which: string | DeadLetterFilter, options: RedriveOptions = {}): Promise<number> {
    this.#checkOpen()
    checkRedriveOptions(options)
    return await changeEach(this.#which('deadLetters.redrive', which), options, this.#clock, (id) => {
      const place = this.#places.get(id)
      if (!place) return false
      const fate = this.#requeue(place.letter, place.completed)
      return isPromiseLike(fate)
        ? Promise.resolve(fate).then((later) => this.#redriven(place, later))
        : this.#redriven(place, fate)
    })
  }

  #redriven({ letter: { id } }: Place, fate: Fate): boolean {
    if (fate !== 'kept') this.#remove(id)
    return fate === 'requeued'
  }

  async discard(which: string | DeadLetterFilter, options: DiscardOptions = {}): Promise<number> {
    this.#checkOpen()
    checkDiscardOptions(options)
    const ids = this.#which('deadLetters.discard', which)
    return await changeEach(ids, options, this.#clock, (id) => this.#remove(id) !== undefined)
  }

  #which(where: string, which: string | DeadLetterFilter): readonly string[] {
    if (typeof which === 'string') return [which]
    return this.#matching(checkDeadLetterFilter(where, which)).map(({ letter }) => letter.id)
  }

  #matching({ endpoint, provider, type, reason, diedFrom, diedBefore }: DeadLetterFilter): Place[] {
    return [...this.#places.values()].filter(
      ({ letter }) =>
        (endpoint === undefined || letter.endpoint === endpoint) &&
        (provider === undefined || letter.provider === provider) &&
        (type === undefined || letter.type === type) &&
        (reason === undefined || letter.reason === reason) &&
        (diedFrom === undefined || letter.diedAt >= diedFrom) &&
        (diedBefore === undefined || letter.diedAt < diedBefore),
    )
  }

  #remove(id: string): DeadLetter | undefined {
    const letter = this.#places.get(id)?.letter
    if (letter === undefined) return undefined
    this.#places.delete(id)
    this.#bytes -= letter.delivery.body.byteLength
    return letter
  }
}

/** The dead letter of a delivery. */
export function toDeadLetter(id: string, entry: Entry, reason: DeadReason, diedAt: Date): DeadLetter {
  const { delivery, attempt, failures } = entry
  const { endpoint, provider, type } = delivery
  const message = failures.at(-1)?.message ?? ''
  return { id, endpoint, provider, type, reason, message, attempt, diedAt, delivery, failures }
}
