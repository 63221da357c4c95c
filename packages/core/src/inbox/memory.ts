import type { Claim, DedupeStore } from '../dedupe/store.ts'
import type { Delivery } from '../delivery.ts'
import type { Clock } from '../lib/clock.ts'
import { type Awaitable, isPromiseLike } from '../lib/options.ts'
import { pause } from '../lib/pace.ts'
import { about, type Signal } from '../signal.ts'
import { toRetryPolicy } from './backoff.ts'
import type { DeadReason } from './dead-letter.ts'
import { MemoryDeadLetters } from './dead-memory.ts'
import type {
  AcceptOptions,
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Handle,
  Inbox,
  InboxStats,
} from './inbox.ts'
import { type Entry, Lane, type LaneOwner } from './lane.ts'
import {
  type MemoryInboxOptions,
  type MemoryLimits,
  type MemorySettings,
  toMemorySettings,
} from './memory-options.ts'
import { PressureGauge } from './pressure.ts'
import { withFailure } from './settle.ts'

/**
 * The default inbox: bounded, in this process, drained on `close()`. A crash loses what was acknowledged
 * and not yet handled. Its `accept` answers with a value when its dedupe store does.
 * @throws TypeError when an option is unknown or cannot be used
 */
export function memoryInbox(options: MemoryInboxOptions = {}): Inbox {
  return new MemoryInboxImpl(toMemorySettings(options))
}

/** Longer than a store's claim and commit together may take. */
const leaseMs = 5_000
const commitAgainMs = 500

class MemoryInboxImpl implements Inbox, LaneOwner {
  readonly durability = 'volatile'
  readonly ordered = true
  readonly retentionMs = undefined
  readonly identities: 'durable' | 'volatile'
  readonly clock: Clock
  readonly random: () => number
  readonly deadLetters: MemoryDeadLetters
  readonly #dedupe: DedupeStore
  readonly #limits: MemoryLimits
  readonly #lanes = new Map<string, Lane>()
  readonly #pressure = new PressureGauge()
  #bytes = 0
  /** Deliveries whose claim the store has not committed yet. */
  #undecided = 0
  #closed = false

  constructor({ clock, random, dedupe, ...limits }: MemorySettings) {
    this.clock = clock
    this.random = random
    this.identities = dedupe.durability ?? 'volatile'
    this.#dedupe = dedupe
    this.#limits = limits
    this.deadLetters = new MemoryDeadLetters(clock, (...letter) => this.#requeue(...letter))
  }

  accept(delivery: Delivery, { minRetentionMs }: AcceptOptions): Awaitable<AcceptResult> {
    if (this.#closed) throw new Error('The inbox is closed')
    const { id, fingerprint } = delivery
    const claim = this.#dedupe.claim(id, { fingerprint, leaseMs })
    if (!isPromiseLike(claim)) return this.#claimed(delivery, claim, minRetentionMs)
    return Promise.resolve(claim).then((later) => this.#claimed(delivery, later, minRetentionMs))
  }

  #claimed(delivery: Delivery, claim: Claim, retentionMs: number): Awaitable<AcceptResult> {
    if (claim.status === 'conflict') return this.#keepConflict(delivery)
    if (claim.status === 'committed') return 'duplicate'
    if (claim.status !== 'claimed') return claim.status
    const { token } = claim
    if (this.#closed || !this.#hasRoomFor(delivery)) {
      const released = this.#dedupe.release(delivery.id, token)
      return isPromiseLike(released) ? Promise.resolve(released).then(() => 'full') : 'full'
    }
    this.#bytes += delivery.body.byteLength
    const committed = this.#commit(delivery.id, token, retentionMs)
    if (!isPromiseLike(committed)) return this.#committed(delivery, committed)
    return this.#commitLater(delivery, token, retentionMs, committed)
  }

  /** A store that answers at once may throw at once: that decides as little as a rejection. */
  #commit(id: string, token: string, retentionMs: number): Awaitable<boolean> {
    try {
      return this.#dedupe.commit(id, token, { retentionMs })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * A commit that rejected may have been applied, and then every later copy is a duplicate: the delivery is
   * kept, and handled as soon as the store says that it was.
   */
  async #commitLater(
    delivery: Delivery,
    token: string,
    retentionMs: number,
    first: PromiseLike<boolean>,
  ): Promise<AcceptResult> {
    this.#undecided++
    try {
      return this.#decided(delivery, await first)
    } catch (error) {
      void this.#commitAgain(delivery, token, retentionMs)
      throw error
    }
  }

  async #commitAgain(delivery: Delivery, token: string, retentionMs: number): Promise<void> {
    await pause(commitAgainMs, this.clock)
    try {
      this.#decided(delivery, await this.#dedupe.commit(delivery.id, token, { retentionMs }))
    } catch {
      void this.#commitAgain(delivery, token, retentionMs) // The store is still away.
    }
  }

  #decided(delivery: Delivery, committed: boolean): AcceptResult {
    this.#undecided--
    return this.#committed(delivery, committed)
  }

  #committed(delivery: Delivery, committed: boolean): AcceptResult {
    if (!committed) {
      this.#bytes -= delivery.body.byteLength
      return 'in-flight'
    }
    this.#lane(delivery.provider).push({ delivery, attempt: 0, completed: [], failures: [] })
    this.#watchPressure(delivery.provider)
    return 'accepted'
  }

  bury(delivery: Delivery, reason: 'stale'): void {
    this.#keepCopy(delivery, reason, 'It was authentic, and not fresh')
  }

  consume(handle: Handle, { provider, concurrency, retry, observer }: ConsumeOptions): Consumer {
    const lane = this.#lane(provider)
    if (lane.consumer) {
      throw new TypeError(`'${provider}' is consumed already: give each receiver of a provider its own inbox`)
    }
    lane.consume({ handle, concurrency, observer, retry: toRetryPolicy(retry) })
    return {
      start: () => lane.start(),
      atRest: () => lane.atRest(),
      close: ({ timeoutMs }) => lane.drain(timeoutMs),
    }
  }

  async stats(): Promise<InboxStats> {
    const { size: dead } = this.deadLetters
    const stats = { waiting: this.#undecided, leased: 0, delayed: 0, dead, oldestAgeMs: 0 }
    for (const lane of this.#lanes.values()) {
      const { waiting, leased, delayed } = lane.counts
      stats.waiting += waiting
      stats.leased += leased
      stats.delayed += delayed
      stats.oldestAgeMs = Math.max(stats.oldestAgeMs, this.clock.now() - lane.oldestAt)
    }
    return stats
  }

  async close({ timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#lanes.values()].map((lane) => lane.drain(timeoutMs)))
  }

  done({ delivery, attempt }: Entry, handlers: number): void {
    this.#bytes -= delivery.body.byteLength
    this.#signal({ type: 'handled', ...about(delivery), attempt, handlers })
  }

  retried({ delivery, attempt }: Entry, delayMs: number, error: unknown): void {
    this.#signal({ type: 'retried', ...about(delivery), attempt, delayMs, error })
  }

  dead(entry: Entry, { reason, error }: { readonly reason: DeadReason; readonly error: unknown }): void {
    this.#bytes -= entry.delivery.body.byteLength
    this.#bury(entry.delivery.id, entry, reason, error)
  }

  #requeue(delivery: Delivery, completed: readonly string[]): void {
    this.#bytes += delivery.body.byteLength
    this.#lane(delivery.provider).push({ delivery, attempt: 0, completed, failures: [] })
  }

  #keepConflict(delivery: Delivery): 'conflict' {
    this.#keepCopy(delivery, 'conflict', 'Another body was accepted under this identity')
    return 'conflict'
  }

  /** What its sender signed is not ours to throw away. */
  #keepCopy(delivery: Delivery, reason: DeadReason, why: string): void {
    const id = `${delivery.id}.${delivery.fingerprint}`
    if (this.deadLetters.has(id)) return
    const error = new Error(why)
    const failures = withFailure([], 0, new Date(this.clock.now()), error)
    this.#bury(id, { delivery, attempt: 0, completed: [], failures }, reason, error)
  }

  #bury(id: string, entry: Entry, reason: DeadReason, error: unknown): void {
    const { delivery, attempt, completed, failures } = entry
    const { provider, type } = delivery
    const diedAt = new Date(this.clock.now())
    this.deadLetters.add({ id, provider, type, reason, attempt, diedAt, delivery, failures }, completed)
    this.#signal({ type: 'dead', ...about(delivery), reason, attempt, error })
    while (this.deadLetters.size > this.#limits.maxDeadLetters) this.#dropOldestDead()
    this.#dropDeadUntil(this.#limits.maxBytes)
  }

  #dropOldestDead(): void {
    this.#signal({ type: 'dropped', ...about(this.deadLetters.dropOldest().delivery) })
  }

  #dropDeadUntil(bytes: number): void {
    while (this.deadLetters.size > 0 && this.#bytes + this.deadLetters.bytes > bytes) this.#dropOldestDead()
  }

  #hasRoomFor({ body }: Delivery): boolean {
    const { maxDeliveries, maxBytes } = this.#limits
    if (this.#pending() >= maxDeliveries || this.#bytes + body.byteLength > maxBytes) return false
    // A dead letter can wait in the sender's memory no longer, but a live delivery comes first.
    this.#dropDeadUntil(maxBytes - body.byteLength)
    return true
  }

  #pending(): number {
    let pending = this.#undecided
    for (const lane of this.#lanes.values()) pending += lane.size
    return pending
  }

  #lane(provider: string): Lane {
    const lane = this.#lanes.get(provider) ?? new Lane(this)
    this.#lanes.set(provider, lane)
    return lane
  }

  #signal(signal: Signal): void {
    this.#lanes.get(signal.provider)?.consumer?.observer(signal)
  }

  #watchPressure(provider: string): void {
    const usage = this.#dedupe.usage?.()
    const used = {
      identities: usage ? usage.entries / usage.maxEntries : 0,
      deliveries: this.#pending() / this.#limits.maxDeliveries,
      bytes: this.#bytes / this.#limits.maxBytes,
    }
    this.#pressure.watch(used, (resource) =>
      this.#signal({ type: 'pressure', provider, resource, used: used[resource] }),
    )
  }
}
