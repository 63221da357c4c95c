import { setImmediate } from 'node:timers'
import type { Delivery } from '../delivery.ts'
import type { Clock } from '../lib/clock.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { backoffMs, type RetryPolicy } from './backoff.ts'
import type { DeadReason } from './dead-letter.ts'
import { Fifo } from './fifo.ts'
import type { ConsumeOptions, Handle, HandleResult } from './inbox.ts'

/** A delivery on its way, and how many attempts were made. */
export interface Entry {
  readonly delivery: Delivery
  attempt: number
}

/** What a lane tells the inbox that owns it. */
export interface LaneOwner {
  readonly clock: Clock
  readonly random: () => number
  done(entry: Entry, handlers: number): void
  retried(entry: Entry, delayMs: number, error: unknown): void
  dead(entry: Entry, reason: DeadReason, error: unknown): void
}

type LaneConsumer = Pick<ConsumeOptions, 'concurrency' | 'observer'> & { handle: Handle; retry: RetryPolicy }

/** The deliveries of one provider: waiting, leased or delayed. */
export class Lane {
  readonly #owner: LaneOwner
  readonly #waiting = new Fifo<Entry>()
  readonly #leased = new Set<Entry>()
  readonly #delayed = new Map<Entry, () => void>()
  #consumer: LaneConsumer | undefined
  #scheduled = false
  #whenIdle: (() => void) | undefined
  readonly #atRest = new Set<() => void>()

  constructor(owner: LaneOwner) {
    this.#owner = owner
  }

  get consumer(): LaneConsumer | undefined {
    return this.#consumer
  }

  get counts(): { waiting: number; leased: number; delayed: number } {
    return { waiting: this.#waiting.size, leased: this.#leased.size, delayed: this.#delayed.size }
  }

  get size(): number {
    return this.#waiting.size + this.#leased.size + this.#delayed.size
  }

  /** When the oldest delivery that is not handled came in; `Infinity` when there is none. */
  get oldestAt(): number {
    const first = this.#waiting.peek()
    const entries = [...this.#leased, ...this.#delayed.keys(), ...(first ? [first] : [])]
    return Math.min(...entries.map(({ delivery }) => delivery.receivedAt.getTime()))
  }

  push(entry: Entry): void {
    this.#waiting.push(entry)
    this.#schedulePump()
  }

  consume(consumer: LaneConsumer): void {
    this.#consumer = consumer
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
    if (this.#consumer && this.size > 0) {
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
    for (let entry = this.#waiting.shift(); entry; entry = this.#waiting.shift()) left.push(entry)
    for (const entry of left)
      this.#owner.dead(entry, 'closed', new Error('close() timed out before it was handled'))
  }

  /** Later, so that the answer is written before handlers take the thread. */
  #schedulePump(): void {
    if (this.#scheduled || !this.#consumer) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#pump()
    })
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
    let result: HandleResult
    try {
      result = await consumer.handle(entry.delivery, { attempt: entry.attempt })
    } catch (error) {
      result = { status: 'failed', error }
    }
    // Not leased any more: close() gave up on it, and said so.
    if (!this.#leased.delete(entry)) return
    this.#settle(entry, result, consumer.retry)
    this.#schedulePump()
  }

  #settle(entry: Entry, result: HandleResult, retry: RetryPolicy): void {
    if (result.status === 'done') this.#owner.done(entry, result.handlers)
    else if (result.status === 'dead') this.#owner.dead(entry, result.reason, result.error)
    else if (entry.attempt >= retry.attempts) this.#owner.dead(entry, 'attempts-used-up', result.error)
    else if (this.#whenIdle) this.#owner.dead(entry, 'closed', result.error)
    else this.#delay(entry, result.error, retry)
  }

  #delay(entry: Entry, error: unknown, retry: RetryPolicy): void {
    const delayMs = backoffMs(entry.attempt, retry, this.#owner.random)
    const cancel = this.#owner.clock.schedule(delayMs, () => {
      this.#delayed.delete(entry)
      this.push(entry)
    })
    this.#delayed.set(entry, cancel)
    this.#owner.retried(entry, delayMs, error)
  }
}
