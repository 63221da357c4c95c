import { setImmediate } from 'node:timers'
import type { Delivery } from '../delivery.ts'
import type { Clock } from '../lib/clock.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import type { RetryPolicy } from './backoff.ts'
import type { AttemptFailure } from './dead-letter.ts'
import { Fifo } from './fifo.ts'
import type { ConsumeOptions, Handle, HandleResult } from './inbox.ts'
import { type SettledDead, settle, withFailure } from './settle.ts'

/** A delivery on its way, and what became of its attempts. */
export interface Entry {
  readonly delivery: Delivery
  attempt: number
  completed: readonly string[]
  failures: readonly AttemptFailure[]
}

/** What a lane tells the inbox that owns it. */
export interface LaneOwner {
  readonly clock: Clock
  readonly random: () => number
  done(entry: Entry, handlers: number): void
  retried(entry: Entry, delayMs: number, error: unknown): void
  dead(entry: Entry, death: Pick<SettledDead, 'reason' | 'error'>): void
}

/** How long handlers that return at once may follow each other before the loop turns, in milliseconds. */
const turnMs = 5

type LaneConsumer = Pick<ConsumeOptions, 'concurrency' | 'observer'> & { handle: Handle; retry: RetryPolicy }

/** The deliveries of one provider: waiting, leased or delayed. */
export class Lane {
  readonly #owner: LaneOwner
  readonly #waiting = new Fifo<Entry>()
  readonly #leased = new Set<Entry>()
  readonly #delayed = new Map<Entry, () => void>()
  /** Behind the first of each order key, which is in one of the three above. */
  readonly #behind = new Map<string, Fifo<Entry>>()
  #held = 0
  readonly #gaveUp = new AbortController()
  #consumer: LaneConsumer | undefined
  #started = false
  #scheduled = false
  #turnBeganAt = Number.NEGATIVE_INFINITY
  #whenIdle: (() => void) | undefined
  readonly #atRest = new Set<() => void>()

  constructor(owner: LaneOwner) {
    this.#owner = owner
  }

  get consumer(): LaneConsumer | undefined {
    return this.#consumer
  }

  get counts(): { waiting: number; leased: number; delayed: number } {
    const waiting = this.#waiting.size + this.#held
    return { waiting, leased: this.#leased.size, delayed: this.#delayed.size }
  }

  get size(): number {
    return this.#waiting.size + this.#held + this.#leased.size + this.#delayed.size
  }

  /** When the oldest delivery that is not handled came in; `Infinity` when there is none. */
  get oldestAt(): number {
    const first = this.#waiting.peek()
    const entries = [...this.#leased, ...this.#delayed.keys(), ...(first ? [first] : [])]
    return Math.min(...entries.map(({ delivery }) => delivery.receivedAt.getTime()))
  }

  push(entry: Entry): void {
    const { orderKey } = entry.delivery
    const behind = orderKey === undefined ? undefined : this.#behind.get(orderKey)
    if (behind) {
      this.#held++
      behind.push(entry)
      return
    }
    if (orderKey !== undefined) this.#behind.set(orderKey, new Fifo())
    this.#ready(entry)
  }

  consume(consumer: LaneConsumer): void {
    this.#consumer = consumer
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    // Only for what waits: a runtime may forbid timers while its modules load.
    if (this.#waiting.size > 0) this.#schedulePump()
  }

  /** Resolves when nothing is left to handle, delayed deliveries included. */
  async atRest(): Promise<void> {
    if (this.size === 0) return
    await new Promise<void>((resolve) => this.#atRest.add(resolve))
  }

  /** Every delivery gets its attempt now, delayed ones too; what is left after `timeoutMs` is dead. */
  async drain(timeoutMs: number): Promise<void> {
    if (this.#consumer && this.#started && this.size > 0) {
      const idle = new Promise<void>((resolve) => {
        this.#whenIdle = resolve
      })
      for (const [entry, cancel] of this.#delayed) {
        cancel()
        this.#waiting.push(entry)
      }
      this.#delayed.clear()
      this.#schedulePump()
      if ((await withDeadline(idle, timeoutMs, this.#owner.clock)) === timedOut) this.#abandon()
    }
    this.#consumer = undefined
    this.#whenIdle = undefined
  }

  #abandon(): void {
    const left = [...this.#leased]
    this.#leased.clear()
    for (const fifo of [this.#waiting, ...this.#behind.values()]) {
      for (let entry = fifo.shift(); entry; entry = fifo.shift()) left.push(entry)
    }
    this.#behind.clear()
    this.#held = 0
    const error = new Error('close() timed out before it was handled')
    this.#gaveUp.abort(error)
    for (const entry of left) this.#owner.dead(entry, { reason: 'closed', error })
  }

  #ready(entry: Entry): void {
    this.#waiting.push(entry)
    this.#schedulePump()
  }

  /** Later, so that the answer is written before handlers take the thread. */
  #schedulePump(): void {
    if (this.#scheduled || !this.#started) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#turnBeganAt = this.#owner.clock.monotonic()
      this.#pump()
    })
  }

  /** What is accepted in one turn of the loop may be more than `concurrency`: quick handlers must keep up with it. */
  #pumpOn(): void {
    if (this.#owner.clock.monotonic() - this.#turnBeganAt < turnMs) this.#pump()
    else this.#schedulePump()
  }

  #pump(): void {
    const consumer = this.#consumer
    while (consumer && this.#leased.size < consumer.concurrency) {
      const entry = this.#waiting.shift()
      if (!entry) break
      this.#leased.add(entry)
      void this.#run(entry, consumer)
    }
    if (this.size > 0) return
    this.#whenIdle?.()
    for (const resolve of this.#atRest) resolve()
    this.#atRest.clear()
  }

  async #run(entry: Entry, consumer: LaneConsumer): Promise<void> {
    entry.attempt++
    const { attempt, completed } = entry
    let result: HandleResult
    try {
      result = await consumer.handle(entry.delivery, { attempt, completed, signal: this.#gaveUp.signal })
    } catch (error) {
      result = { status: 'failed', error, completed }
    }
    // Not leased any more: close() gave up on it, and said so.
    if (!this.#leased.delete(entry)) return
    this.#settle(entry, result, consumer.retry)
    this.#pumpOn()
  }

  #settle(entry: Entry, result: HandleResult, retry: RetryPolicy): void {
    const settled = settle(result, entry.attempt, retry, this.#owner.random)
    if (settled.status === 'done') {
      this.#leave(entry)
      this.#owner.done(entry, settled.handlers)
      return
    }
    const { error, completed = entry.completed } = settled
    entry.completed = completed
    entry.failures = withFailure(entry.failures, entry.attempt, new Date(this.#owner.clock.now()), error)
    if (settled.status === 'retry' && !this.#whenIdle) this.#delay(entry, settled.delayMs, error)
    else {
      this.#leave(entry)
      this.#owner.dead(entry, settled.status === 'dead' ? settled : { reason: 'closed', error })
    }
  }

  /** Lets the next of its order key come. */
  #leave({ delivery: { orderKey } }: Entry): void {
    if (orderKey === undefined) return
    const next = this.#behind.get(orderKey)?.shift()
    if (!next) {
      this.#behind.delete(orderKey)
      return
    }
    this.#held--
    this.#ready(next)
  }

  #delay(entry: Entry, delayMs: number, error: unknown): void {
    const cancel = this.#owner.clock.schedule(delayMs, () => {
      this.#delayed.delete(entry)
      this.#ready(entry)
    })
    this.#delayed.set(entry, cancel)
    this.#owner.retried(entry, delayMs, error)
  }
}
