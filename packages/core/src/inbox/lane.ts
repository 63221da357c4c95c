import { setImmediate } from 'node:timers'
import type { Delivery } from '../delivery.ts'
import type { Clock } from '../lib/clock.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { AttemptLease } from './attempt-lease.ts'
import type { RetryPolicy } from './backoff.ts'
import type { AttemptFailure, DeadReason } from './dead-letter.ts'
import { isHandled } from './handled-types.ts'
import type { ConsumeOptions, Handle, HandledTypes, HandleResult, UnhandledType } from './inbox.ts'
import { LaneQueue } from './lane-queue.ts'
import { runHandle } from './run-handle.ts'
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

type LaneConsumer = Pick<ConsumeOptions, 'concurrency' | 'handles' | 'observer'> & {
  handle: Handle
  retry: RetryPolicy
}

/** The deliveries of one endpoint: waiting, leased or delayed. */
export class Lane {
  readonly #owner: LaneOwner
  readonly #waiting = new LaneQueue<Entry>()
  readonly #leased = new Map<Entry, AttemptLease>()
  readonly #delayed = new Map<Entry, () => void>()
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

  *deliveries(): Generator<readonly ['waiting' | 'leased' | 'delayed', Delivery]> {
    for (const { delivery } of this.#waiting) yield ['waiting', delivery]
    for (const { delivery } of this.#leased.keys()) yield ['leased', delivery]
    for (const { delivery } of this.#delayed.keys()) yield ['delayed', delivery]
  }

  get size(): number {
    return this.#waiting.size + this.#leased.size + this.#delayed.size
  }

  /** When the oldest delivery that is not handled came in; `Infinity` when there is none. */
  get oldestAt(): number {
    let oldestAt = Number.POSITIVE_INFINITY
    for (const entries of [this.#leased.keys(), this.#delayed.keys(), this.#waiting.ready.heads()]) {
      for (const { delivery } of entries) oldestAt = Math.min(oldestAt, delivery.receivedAt.getTime())
    }
    return oldestAt
  }

  push(entry: Entry): void {
    if (this.#waiting.push(entry)) this.#schedulePump()
  }

  consume(consumer: LaneConsumer): void {
    this.#consumer = consumer
  }

  start(): void {
    this.#started = true
    // Only for what waits: a runtime may forbid timers while its modules load.
    if (this.#waiting.size > 0) this.#schedulePump()
  }

  /** Resolves when nothing is left that is handled here, delayed deliveries included. */
  async atRest(): Promise<void> {
    if (this.#isAtRest) return
    await new Promise<void>((resolve) => this.#atRest.add(resolve))
  }

  /** Which types wait that nothing handles. */
  unhandled(): UnhandledType[] {
    const handles = this.#handles
    return this.#waiting.ready
      .sizes()
      .filter(({ type }) => !isHandled(handles, type))
      .slice(0, 100)
  }

  /** Makes a dead letter of what has waited longest of that which nothing handles. Whether there was one. */
  buryUnhandled(why: string): boolean {
    const entry = this.#consumer && this.#waiting.ready.shiftUnhandled(this.#handles)
    if (!entry) return false
    this.#leave(entry)
    this.#bury(entry, 'unhandled', new Error(`Nothing handles '${entry.delivery.type}', and ${why}`))
    return true
  }

  /** What waits behind an unhandled delivery of its key waits, too. */
  get #isAtRest(): boolean {
    return this.#leased.size + this.#delayed.size === 0 && !this.#waiting.ready.hasHandled(this.#handles)
  }

  get #handles(): HandledTypes {
    return this.#consumer?.handles() ?? { except: [] }
  }

  /** Every delivery gets its attempt now, delayed ones too; what is left after `timeoutMs` is dead. */
  async drain(timeoutMs: number): Promise<void> {
    const { clock } = this.#owner
    const until = clock.monotonic() + timeoutMs
    // What nothing handles may have held up what is handled.
    while (this.#consumer && this.#started && this.size > 0) {
      const idle = this.#becomesIdle()
      if ((await withDeadline(idle, until - clock.monotonic(), clock)) === timedOut) this.#abandon()
      // Nothing else can handle them: this process alone has them.
      else while (this.buryUnhandled('the inbox is closed'));
    }
    this.#consumer = undefined
    this.#whenIdle = undefined
  }

  async #becomesIdle(): Promise<void> {
    const idle = new Promise<void>((resolve) => {
      this.#whenIdle = resolve
    })
    for (const [entry, cancel] of this.#delayed) {
      cancel()
      this.#waiting.putBack(entry)
    }
    this.#delayed.clear()
    this.#schedulePump()
    await idle
  }

  #abandon(): void {
    const leases = [...this.#leased]
    const left = [...this.#leased.keys(), ...this.#waiting.drain()]
    this.#leased.clear()
    const error = new Error('close() timed out before it was handled')
    for (const [, lease] of leases) lease.abort(error)
    for (const entry of left) this.#bury(entry, 'closed', error)
  }

  #bury(entry: Entry, reason: DeadReason, error: Error): void {
    entry.failures = withFailure(entry.failures, entry.attempt, new Date(this.#owner.clock.now()), error)
    this.#owner.dead(entry, { reason, error })
  }

  #ready(entry: Entry): void {
    this.#waiting.putBack(entry)
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
      const entry = this.#waiting.shift(consumer.handles())
      if (!entry) break
      const lease = new AttemptLease(++entry.attempt, entry.completed)
      this.#leased.set(entry, lease)
      void this.#run(entry, lease, consumer)
    }
    if (!this.#isAtRest) return
    this.#whenIdle?.()
    for (const resolve of this.#atRest) resolve()
    this.#atRest.clear()
  }

  async #run(entry: Entry, lease: AttemptLease, consumer: LaneConsumer): Promise<void> {
    const result = await runHandle(consumer.handle, entry.delivery, lease)
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

  #leave(entry: Entry): void {
    if (this.#waiting.leave(entry)) this.#schedulePump()
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
