import { timedOut, withDeadline } from '../../lib/deadline.ts'
import { Waiters } from '../../lib/waiters.ts'
import type { DeadReason } from '../../model/dead-letter.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { Observer } from '../../model/observation.ts'
import { isHandled } from '../handled-types.ts'
import type { HandledTypes, HandleResult, UnhandledType } from '../inbox.ts'
import type { RetryPolicy } from '../retry-policy.ts'
import { runHandle } from '../run-handle.ts'
import { settle, withFailure } from '../settle.ts'
import { AttemptLease } from './attempt-lease.ts'
import type { Entry, QueueConsumer, QueueOwner } from './queue-owner.ts'
import { Turns } from './turns.ts'
import { WaitingDeliveries } from './waiting.ts'

/** The deliveries of one endpoint: waiting, leased or delayed. */
export class ProviderQueue {
  readonly #owner: QueueOwner
  readonly #endpoint: string
  readonly #waiting = new WaitingDeliveries<Entry>()
  readonly #leased = new Map<Entry, AttemptLease>()
  readonly #delayed = new Map<Entry, () => void>()
  #consumer: QueueConsumer | undefined
  #started = false
  readonly #turns: Turns
  #observer: Observer = () => {}
  /** Deliveries that are about to come: their idempotency key is being claimed. */
  #coming = 0
  /** How many drains wait. */
  #draining = 0
  readonly #idle = new Waiters()
  readonly #rest = new Waiters()

  constructor(owner: QueueOwner, endpoint: string) {
    this.#owner = owner
    this.#endpoint = endpoint
    this.#turns = new Turns(owner.clock, () => this.#pump())
  }

  get consumer(): QueueConsumer | undefined {
    return this.#consumer
  }

  /** Of the last consumer: what becomes of deliveries after it is told, too. */
  get observer(): Observer {
    return this.#observer
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

  /** A drain waits for what is coming. */
  async during<T>(coming: PromiseLike<T>): Promise<T> {
    this.#coming++
    try {
      return await coming
    } finally {
      this.#coming--
      this.checkRest()
    }
  }

  consume(consumer: QueueConsumer): void {
    this.#consumer = consumer
    this.#observer = consumer.observer
  }

  start(): void {
    this.#started = true
    // Only for what waits: a runtime may forbid timers while its modules load.
    if (this.#waiting.size > 0) this.#schedulePump()
  }

  /**
   * Resolves when nothing is left that is handled here, delayed deliveries included, and those whose store has not decided:
   * a retry of one may have been acknowledged as a duplicate.
   */
  async onIdle(): Promise<void> {
    if (this.#isAllHandled) return
    await this.#rest.wait()
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
  deadLetterUnhandled(why: string): boolean {
    const entry = this.#consumer && this.#waiting.ready.shiftUnhandled(this.#handles)
    if (!entry) return false
    this.#leave(entry)
    this.#deadLetter(entry, 'unhandled', new Error(`Nothing handles '${entry.delivery.type}', and ${why}`))
    return true
  }

  get #isAllHandled(): boolean {
    return !this.#isComing && this.#isEmpty
  }

  /** Deliveries behind an unhandled one of their key wait, too. */
  get #isEmpty(): boolean {
    return this.#leased.size + this.#delayed.size === 0 && !this.#waiting.ready.hasHandled(this.#handles)
  }

  get #isComing(): boolean {
    return this.#coming > 0 || this.#owner.isUndecided(this.#endpoint)
  }

  /** Whether a drain has nothing to wait for. */
  get #isIdle(): boolean {
    return !this.#isComing && (this.#isEmpty || !this.#started)
  }

  get #handles(): HandledTypes {
    return this.#consumer?.handles() ?? { except: [] }
  }

  /**
   * Every delivery gets its attempt now, delayed ones and those that are coming too; what is left after `timeoutMs` is
   * dead. Without a consumer that was started it stays where it is.
   */
  async drain(timeoutMs: number): Promise<void> {
    const { clock } = this.#owner
    const until = clock.monotonic() + timeoutMs
    this.#draining++
    // Unhandled deliveries may have held up handled ones.
    while (this.#isComing || (this.#consumer && this.#started && this.size > 0)) {
      const left = Math.max(0, until - clock.monotonic())
      if ((await withDeadline(this.#becomesIdle(), left, clock)) === timedOut) {
        if (this.#consumer && this.#started) this.abandon()
        break
      }
      // Nothing else can handle them: this process alone has them.
      if (this.#started) while (this.deadLetterUnhandled('the inbox is closed'));
    }
    this.#draining--
    this.#consumer = undefined
    this.#started = false
    this.checkRest()
  }

  async #becomesIdle(): Promise<void> {
    for (const entry of this.#takeDelayed()) this.#waiting.putBack(entry)
    this.#schedulePump()
    if (!this.#isIdle) await this.#idle.wait()
  }

  /** Nothing will be handled any more: what is left is dead. */
  abandon(): void {
    const leases = [...this.#leased]
    const left = [...this.#leased.keys(), ...this.#takeDelayed(), ...this.#waiting.drain()]
    this.#leased.clear()
    const error = new Error('The inbox was closed before it was handled')
    for (const [, lease] of leases) lease.abort(error)
    for (const entry of left) this.#deadLetter(entry, 'closed', error)
    this.checkRest()
  }

  #deadLetter(entry: Entry, reason: DeadReason, error: Error): void {
    entry.failures = withFailure(entry.failures, entry.attempt, new Date(this.#owner.clock.now()), error)
    this.#owner.dead(entry, { reason, error })
  }

  #takeDelayed(): Entry[] {
    const entries = [...this.#delayed.keys()]
    for (const cancel of this.#delayed.values()) cancel()
    this.#delayed.clear()
    return entries
  }

  #ready(entry: Entry): void {
    this.#waiting.putBack(entry)
    this.#schedulePump()
  }

  #schedulePump(): void {
    if (this.#started) this.#turns.later()
  }

  #pump(): void {
    const consumer = this.#consumer
    while (this.#started && consumer && this.#leased.size < consumer.concurrency) {
      const entry = this.#waiting.shift(consumer.handles())
      if (!entry) break
      const lease = new AttemptLease(++entry.attempt, entry.completed)
      this.#leased.set(entry, lease)
      void this.#run(entry, lease, consumer)
    }
    this.checkRest()
  }

  /** Tells who waits for rest, and what drains it. */
  checkRest(): void {
    if (this.#isAllHandled) this.#rest.release()
    if (this.#isIdle) this.#idle.release()
  }

  async #run(entry: Entry, lease: AttemptLease, consumer: QueueConsumer): Promise<void> {
    const result = await runHandle(consumer.handle, entry.delivery, lease)
    // Not leased any more: close() gave up on it, and said so.
    if (!this.#leased.delete(entry)) return
    this.#settle(entry, result, consumer.retry)
    this.#turns.goOn()
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
    if (settled.status === 'retry' && this.#draining === 0) this.#delay(entry, settled.delayMs, error)
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
