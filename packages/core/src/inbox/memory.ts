import type { Claim, DedupeStore } from '../dedupe/store.ts'
import type { Delivery } from '../delivery.ts'
import type { Clock } from '../lib/clock.ts'
import { type Awaitable, checkTimeoutMs, isPromiseLike } from '../lib/options.ts'
import { about, type Signal, tell } from '../signal.ts'
import { toRetryPolicy } from './backoff.ts'
import { ClaimCommits } from './claim-commits.ts'
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
import { Lane } from './lane.ts'
import type { Entry, LaneOwner } from './lane-owner.ts'
import {
  type MemoryInboxOptions,
  type MemoryLimits,
  type MemorySettings,
  toMemorySettings,
} from './memory-options.ts'
import { PressureGauge } from './pressure.ts'
import { withFailure } from './settle.ts'
import { TypeCounts } from './type-counts.ts'

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
  readonly #commits: ClaimCommits
  #bytes = 0
  #closed = false

  constructor({ clock, random, dedupe, ...limits }: MemorySettings) {
    this.clock = clock
    this.random = random
    this.identities = dedupe.durability ?? 'volatile'
    this.#dedupe = dedupe
    this.#limits = limits
    this.#commits = new ClaimCommits(dedupe, clock, (...decided) => this.#committed(...decided))
    this.deadLetters = new MemoryDeadLetters(clock, (...letter) => this.#requeue(...letter))
  }

  accept(delivery: Delivery, { minRetentionMs }: AcceptOptions): Awaitable<AcceptResult> {
    this.#checkOpen()
    const { id, fingerprint } = delivery
    const claim = this.#dedupe.claim(id, { fingerprint, leaseMs })
    if (!isPromiseLike(claim)) return this.#claimed(delivery, claim, minRetentionMs)
    const result = Promise.resolve(claim).then((later) => this.#claimed(delivery, later, minRetentionMs))
    return this.#lane(delivery.endpoint).during(result)
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
    return this.#commits.commit(delivery, token, retentionMs)
  }

  #committed(delivery: Delivery, committed: boolean): AcceptResult {
    const lane = this.#lane(delivery.endpoint)
    if (!committed) {
      this.#bytes -= delivery.body.byteLength
      lane.checkRest()
      return 'in-flight'
    }
    lane.push(toEntry(delivery))
    this.#watchPressure(delivery)
    return 'accepted'
  }

  bury(delivery: Delivery, reason: 'stale'): void {
    this.#keepCopy(delivery, reason, 'It was authentic, and not fresh')
  }

  consume(handle: Handle, options: ConsumeOptions): Consumer {
    const { endpoint, handles, concurrency, retry, observer } = options
    this.#checkOpen()
    const lane = this.#lane(endpoint)
    if (lane.consumer) {
      throw new TypeError(`'${endpoint}' is consumed already: give each receiver an endpoint of its own`)
    }
    lane.consume({ handle, handles, concurrency, observer, retry: toRetryPolicy(retry) })
    let isClosed = false
    return {
      start: () => {
        if (!isClosed) lane.start()
      },
      atRest: () => lane.atRest(),
      unhandled: () => lane.unhandled(),
      async close({ timeoutMs }) {
        checkTimeoutMs(timeoutMs)
        // The lane may have another consumer by now.
        if (!isClosed) await lane.drain(timeoutMs)
        isClosed = true
      },
    }
  }

  async stats(): Promise<InboxStats> {
    const counts = new TypeCounts()
    let oldestAgeMs = 0
    for (const lane of this.#lanes.values()) {
      for (const [state, delivery] of lane.deliveries()) counts.add(state, delivery)
      oldestAgeMs = Math.max(oldestAgeMs, this.clock.now() - lane.oldestAt)
    }
    for (const delivery of this.deadLetters.deliveries()) counts.add('dead', delivery)
    const { waiting, ...stats } = counts.sum()
    return { ...stats, waiting: waiting + this.#commits.undecided, oldestAgeMs, types: counts.types() }
  }

  async close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    const timeoutMs = checkTimeoutMs(options.timeoutMs ?? 10_000)
    this.#closed = true
    await Promise.all([...this.#lanes.values()].map((lane) => lane.drain(timeoutMs)))
    // Nobody will handle it; a store that does not answer may know it as accepted.
    for (const delivery of this.#commits.giveUp()) this.#lane(delivery.endpoint).push(toEntry(delivery))
    for (const lane of this.#lanes.values()) lane.abandon()
  }

  isUndecided(endpoint: string): boolean {
    return this.#commits.isUndecided(endpoint)
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('The inbox is closed')
  }

  done({ delivery, attempt }: Entry, handlers: number): void {
    this.#bytes -= delivery.body.byteLength
    this.#signal(delivery, { type: 'handled', ...about(delivery), attempt, handlers })
  }

  retried({ delivery, attempt }: Entry, delayMs: number, error: unknown): void {
    this.#signal(delivery, { type: 'retried', ...about(delivery), attempt, delayMs, error })
  }

  dead(entry: Entry, { reason, error }: { readonly reason: DeadReason; readonly error: unknown }): void {
    this.#bytes -= entry.delivery.body.byteLength
    this.#bury(entry.delivery.id, entry, reason, error)
  }

  #requeue(delivery: Delivery, completed: readonly string[]): void {
    this.#bytes += delivery.body.byteLength
    this.#lane(delivery.endpoint).push({ delivery, attempt: 0, completed, failures: [] })
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
    const { endpoint, provider, type } = delivery
    const diedAt = new Date(this.clock.now())
    const message = failures.at(-1)?.message ?? ''
    this.deadLetters.add(
      { id, endpoint, provider, type, reason, message, attempt, diedAt, delivery, failures },
      completed,
    )
    this.#signal(delivery, { type: 'dead', ...about(delivery), reason, attempt, error })
    while (this.deadLetters.size > this.#limits.maxDeadLetters) this.#dropOldestDead()
    this.#dropDeadUntil(this.#limits.maxBytes)
  }

  #dropOldestDead(): void {
    const { delivery } = this.deadLetters.dropOldest()
    this.#signal(delivery, { type: 'dropped', ...about(delivery) })
  }

  #dropDeadUntil(bytes: number): void {
    while (this.deadLetters.size > 0 && this.#bytes + this.deadLetters.bytes > bytes) this.#dropOldestDead()
  }

  #hasRoomFor({ body }: Delivery): boolean {
    const { maxDeliveries, maxBytes } = this.#limits
    const isFull = () => this.#pending() >= maxDeliveries || this.#bytes + body.byteLength > maxBytes
    while (isFull()) if (!this.#buryUnhandled()) return false
    // A dead letter can wait in the sender's memory no longer, but a live delivery comes first.
    this.#dropDeadUntil(maxBytes - body.byteLength)
    return true
  }

  /** What nothing handles must not refuse what is handled. Whether there was one. */
  #buryUnhandled(): boolean {
    for (const lane of this.#lanes.values()) if (lane.buryUnhandled('its place was needed')) return true
    return false
  }

  #pending(): number {
    let pending = this.#commits.undecided
    for (const lane of this.#lanes.values()) pending += lane.size
    return pending
  }

  #lane(endpoint: string): Lane {
    const lane = this.#lanes.get(endpoint) ?? new Lane(this, endpoint)
    this.#lanes.set(endpoint, lane)
    return lane
  }

  #signal({ endpoint }: Delivery, signal: Signal): void {
    tell(this.#lane(endpoint).observer, signal)
  }

  #watchPressure(delivery: Delivery): void {
    const { provider } = delivery
    const usage = this.#dedupe.usage?.()
    const used = {
      identities: usage ? usage.entries / usage.maxEntries : 0,
      deliveries: this.#pending() / this.#limits.maxDeliveries,
      bytes: this.#bytes / this.#limits.maxBytes,
    }
    this.#pressure.watch(used, (resource) =>
      this.#signal(delivery, { type: 'pressure', provider, resource, used: used[resource] }),
    )
  }
}

function toEntry(delivery: Delivery, completed: readonly string[] = []): Entry {
  return { delivery, attempt: 0, completed, failures: [] }
}
