import { timedOut, withDeadline } from '../../lib/deadline.ts'
import { checkTimeoutMs } from '../../lib/options.ts'
import { Waiters } from '../../lib/waiters.ts'
import type { DeadReason } from '../../model/dead-letter.ts'
import type { Observer } from '../../model/observation.ts'
import { isHandled } from '../handled-types.ts'
import type { ConsumeOptions, Consumer, Handle, HandledTypes, UnhandledType } from '../inbox.ts'
import { type Settled, withFailure } from '../settle.ts'
import { createWorker } from '../worker/create-worker.ts'
import type { LeaseRoom, LeaseSource, TakenBack } from '../worker/lease-source.ts'
import { tellSettled } from '../worker/observations.ts'
import type { Worker } from '../worker/worker.ts'
import { DelayedEntries } from './delayed.ts'
import type { Entry, LiveState, QueueOwner } from './queue-owner.ts'
import { WaitingDeliveries } from './waiting.ts'

/** The deliveries of one endpoint: waiting, leased or delayed. */
export class ProviderQueue implements LeaseSource<Entry> {
  readonly #owner: QueueOwner
  readonly #endpoint: string
  readonly #waiting = new WaitingDeliveries<Entry>()
  readonly #leased = new Set<Entry>()
  readonly #delayed: DelayedEntries<Entry>
  #worker: Worker | undefined
  #isStarted = false
  #handles: (() => HandledTypes) | undefined
  #observer: Observer | undefined
  /** Deliveries that are about to come: their idempotency key is being claimed. */
  #coming = 0
  /** How many drains wait. */
  #draining = 0
  readonly #noneComing = new Waiters()

  constructor(owner: QueueOwner, endpoint: string) {
    this.#owner = owner
    this.#endpoint = endpoint
    this.#delayed = new DelayedEntries(owner.clock)
  }

  /** Of the last consumer: what becomes of deliveries after it is told, too. */
  get observer(): Observer | undefined {
    return this.#observer
  }

  *entries(): Generator<readonly [LiveState, Entry]> {
    for (const entry of this.#waiting) yield ['waiting', entry]
    for (const entry of this.#leased) yield ['leased', entry]
    for (const entry of this.#delayed) yield ['delayed', entry]
  }

  get size(): number {
    return this.#waiting.size + this.#leased.size + this.#delayed.size
  }

  /** When the oldest delivery that is not handled came in; `Infinity` when there is none. */
  get oldestAt(): number {
    let oldestAt = Number.POSITIVE_INFINITY
    for (const entries of [this.#leased, this.#delayed, this.#waiting.ready.heads()]) {
      for (const { delivery } of entries) oldestAt = Math.min(oldestAt, delivery.receivedAt.getTime())
    }
    return oldestAt
  }

  push(entry: Entry): void {
    if (this.#waiting.push(entry)) this.#worker?.wake()
  }

  /** While the promise is pending, a drain waits for the delivery that it may bring. */
  async during<T>(coming: PromiseLike<T>): Promise<T> {
    this.#coming++
    try {
      return await coming
    } finally {
      this.#coming--
      this.checkRest()
    }
  }

  consume(handle: Handle, options: ConsumeOptions): Consumer {
    if (this.#worker)
      throw new TypeError(
        `'${this.#endpoint}' is consumed already: give each receiver an endpoint of its own`,
      )
    const { clock, random } = this.#owner
    const worker = createWorker(this, { ...options, handle, clock, random })
    this.#worker = worker
    this.#handles = options.handles
    this.#observer = options.observer
    let isClosed = false
    return {
      start: () => {
        if (isClosed) return
        this.#isStarted = true
        worker.start()
      },
      onIdle: () => worker.onIdle(),
      unhandled: () => worker.unhandled(),
      close: async ({ timeoutMs }) => {
        checkTimeoutMs(timeoutMs)
        // The provider queue may have another consumer by now.
        if (!isClosed) await this.drain(timeoutMs)
        isClosed = true
      },
    }
  }

  lease({ handles, limit }: LeaseRoom): Entry[] {
    const leased: Entry[] = []
    while (leased.length < limit) {
      const entry = this.#waiting.shift(handles)
      if (!entry) break
      entry.attempt++
      this.#leased.add(entry)
      leased.push(entry)
    }
    return leased
  }

  settle(entry: Entry, settled: Settled): Settled {
    this.#leased.delete(entry)
    if (settled.status === 'done') {
      this.#leave(entry)
      this.#owner.left(entry)
      return settled
    }
    const { error, completed = entry.completed } = settled
    entry.completed = completed
    this.#failed(entry, error)
    if (settled.status === 'retry' && this.#draining === 0) {
      entry.dueAt = this.#owner.clock.now() + settled.delayMs
      this.#delayed.add(entry, settled.delayMs, (due) => {
        this.#waiting.putBack(due)
        this.#worker?.wake()
      })
      return settled
    }
    const { reason } = settled.status === 'dead' ? settled : { reason: 'closed' as const }
    this.#leave(entry)
    this.#owner.dead(entry, reason)
    return { status: 'dead', reason, error }
  }

  /** Nothing else can handle them. */
  async giveBack(returned: readonly TakenBack<Entry>[]): Promise<boolean[]> {
    return returned.map(({ leased }) => {
      this.#leased.delete(leased)
      this.#deadLetter(leased, 'closed', closedError())
      return false
    })
  }

  /**
   * Whether nothing is left that is handled here, delayed deliveries included, and those whose store has not decided:
   * a retry of one may have been acknowledged as a duplicate. Deliveries behind an unhandled one of their key wait, too.
   */
  isIdle(handles: HandledTypes): boolean {
    return !this.#isComing && this.#delayed.size === 0 && !this.#waiting.ready.hasHandled(handles)
  }

  unhandled(handles: HandledTypes): UnhandledType[] {
    return this.#waiting.ready
      .sizes()
      .filter(({ type }) => !isHandled(handles, type))
      .slice(0, 100)
  }

  /** Makes a dead letter of what has waited longest of that which nothing handles. Whether there was one. */
  deadLetterUnhandled(why: string): boolean {
    const entry = this.#handles && this.#waiting.ready.shiftUnhandled(this.#handles())
    if (!entry) return false
    this.#leave(entry)
    this.#deadLetter(entry, 'unhandled', new Error(`Nothing handles '${entry.delivery.type}', and ${why}`))
    return true
  }

  get #isComing(): boolean {
    return this.#coming > 0 || this.#owner.isUndecided(this.#endpoint)
  }

  /**
   * Every delivery gets its attempt now, delayed ones and those that are coming too; what is left after `timeoutMs` is
   * dead. Without a consumer that was started it stays where it is.
   */
  async drain(timeoutMs: number): Promise<void> {
    const { clock } = this.#owner
    const until = clock.monotonic() + timeoutMs
    const worker = this.#worker
    this.#draining++
    // Unhandled deliveries may have held up handled ones.
    while (this.#isComing || (this.#isStarted && this.size > 0)) {
      const left = Math.max(0, until - clock.monotonic())
      if ((await withDeadline(this.#becomesIdle(), left, clock)) === timedOut) {
        await worker?.close({ timeoutMs: 0 })
        if (this.#isStarted) this.abandon()
        break
      }
      // Nothing else can handle them: this process alone has them.
      if (this.#isStarted) while (this.deadLetterUnhandled('the inbox is closed'));
    }
    this.#draining--
    await worker?.close({ timeoutMs: 0 })
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#handles = undefined
    this.#isStarted = false
  }

  async #becomesIdle(): Promise<void> {
    for (const entry of this.#delayed.takeAll()) this.#waiting.putBack(entry)
    if (this.#worker && this.#isStarted) {
      this.#worker.wake()
      return this.#worker.onIdle()
    }
    await this.#noneComing.wait()
  }

  /** Nothing will be handled any more: what is left is dead. */
  abandon(): void {
    for (const entry of [...this.#delayed.takeAll(), ...this.#waiting.drain()])
      this.#deadLetter(entry, 'closed', closedError())
  }

  /** A delivery that was coming has come, or has not. */
  checkRest(): void {
    if (!this.#isComing) this.#noneComing.release()
    this.#worker?.wake()
  }

  /** Not by the worker, who would tell. */
  #deadLetter(entry: Entry, reason: DeadReason, error: Error): void {
    this.#failed(entry, error)
    this.#owner.dead(entry, reason)
    if (this.#observer) tellSettled(this.#observer, entry, { status: 'dead', reason, error })
  }

  #failed(entry: Entry, error: unknown): void {
    entry.failures = withFailure(entry.failures, entry.attempt, new Date(this.#owner.clock.now()), error)
  }

  #leave(entry: Entry): void {
    if (this.#waiting.leave(entry)) this.#worker?.wake()
  }
}

function closedError(): Error {
  return new Error('The inbox was closed before it was handled')
}
