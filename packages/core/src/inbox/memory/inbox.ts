import type { Claim, DedupeStore } from '../../dedupe/dedupe-store.ts'
import { isAccepted } from '../../dedupe/is-accepted.ts'
import { checkTimeoutMs, isPromiseLike } from '../../lib/options.ts'
import { about, tell } from '../../lib/tell.ts'
import type { Awaitable } from '../../model/awaitable.ts'
import type { Clock } from '../../model/clock.ts'
import type { DeadLetter, DeadReason } from '../../model/dead-letter.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { Deliveries } from '../../model/delivery-list.ts'
import type { Observation, Observer } from '../../model/observation.ts'
import type {
  AcceptOptions,
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Handle,
  Inbox,
  InboxStats,
} from '../inbox.ts'
import { withFailure } from '../settle.ts'
import { ClaimCommits } from './claim-commits.ts'
import { type Fate, MemoryDeadLetters, toDeadLetter } from './dead-letters.ts'
import { MemoryDeliveries } from './deliveries.ts'
import { HighWaterGauge } from './high-water-mark.ts'
import { type MemoryLimits, type MemorySettings, mayRedrive } from './options.ts'
import { ProviderQueue } from './provider-queue.ts'
import { type Entry, type QueueOwner, toEntry } from './queue-owner.ts'
import { toStats } from './stats.ts'

/** Longer than a store's claim and commit together may take. */
const leaseMs = 5_000
const anotherBody = 'Another body was accepted under this idempotency key'

/** The inbox behind `memoryInbox`. */
export class MemoryInbox implements Inbox, QueueOwner {
  readonly durability = 'volatile'
  readonly ordered = true
  readonly retentionMs = undefined
  readonly idempotencyKeys: 'durable' | 'volatile'
  readonly clock: Clock
  readonly random: () => number
  readonly deadLetters: MemoryDeadLetters
  readonly #dedupe: DedupeStore
  readonly #limits: MemoryLimits
  readonly #queues = new Map<string, ProviderQueue>()
  readonly deliveries: Deliveries = new MemoryDeliveries(this.#queues)
  readonly #highWater = new HighWaterGauge()
  readonly #commits: ClaimCommits
  #bytes = 0
  #longestRetentionMs = 86_400_000
  #closed = false

  constructor({ clock, random, dedupe, ...limits }: MemorySettings) {
    this.clock = clock
    this.random = random
    this.idempotencyKeys = dedupe.durability ?? 'volatile'
    this.#dedupe = dedupe
    this.#limits = limits
    this.#commits = new ClaimCommits(dedupe, clock, (...decided) => this.#committed(...decided))
    this.deadLetters = new MemoryDeadLetters(
      clock,
      () => this.#checkOpen(),
      (...letter) => this.#requeue(...letter),
    )
  }

  accept(delivery: Delivery, options: AcceptOptions): Awaitable<AcceptResult> {
    this.#checkOpen()
    this.#longestRetentionMs = Math.max(this.#longestRetentionMs, options.minRetentionMs)
    const { id, bodyHash } = delivery
    const claim = this.#dedupe.claim(id, { bodyHash, leaseMs })
    if (!isPromiseLike(claim)) return this.#claimed(delivery, claim, options)
    const result = Promise.resolve(claim).then((later) => this.#claimed(delivery, later, options))
    return this.#queue(delivery.endpoint).during(result)
  }

  #claimed(delivery: Delivery, claim: Claim, options: AcceptOptions): Awaitable<AcceptResult> {
    const { minRetentionMs: retentionMs, keepsConflict = true } = options
    const { conflictMessage = anotherBody, observer } = options
    if (claim.status === 'conflict')
      return keepsConflict ? this.#keepCopy(delivery, 'conflict', conflictMessage, observer) : 'conflict'
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
    const queue = this.#queue(delivery.endpoint)
    if (!committed) {
      this.#bytes -= delivery.body.byteLength
      queue.checkRest()
      return 'in-flight'
    }
    queue.push(toEntry(delivery))
    this.#watchHighWater(delivery)
    return 'accepted'
  }

  deadLetter(delivery: Delivery, reason: 'stale'): Awaitable<void> {
    this.#checkOpen()
    const keep = (isKnown: boolean) => {
      if (!isKnown) this.#keepCopy(delivery, reason, 'It was authentic, and not fresh')
    }
    const known = isAccepted(this.#dedupe, delivery, leaseMs)
    return isPromiseLike(known) ? Promise.resolve(known).then(keep) : keep(known)
  }

  consume(handle: Handle, options: ConsumeOptions): Consumer {
    this.#checkOpen()
    return this.#queue(options.endpoint).consume(handle, options)
  }

  async stats(): Promise<InboxStats> {
    const dead = this.deadLetters.deliveries()
    return toStats(this.#queues.values(), dead, this.#commits.undecided, this.clock.now())
  }

  async close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    const timeoutMs = checkTimeoutMs(options.timeoutMs ?? 10_000)
    this.#closed = true
    await Promise.all([...this.#queues.values()].map((queue) => queue.drain(timeoutMs)))
    // Nobody will handle it; a store that does not answer may know it as accepted.
    for (const delivery of this.#commits.giveUp()) this.#queue(delivery.endpoint).push(toEntry(delivery))
    for (const queue of this.#queues.values()) queue.abandon()
  }

  isUndecided(endpoint: string): boolean {
    return this.#commits.isUndecided(endpoint)
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('The inbox is closed')
  }

  left({ delivery }: Entry): void {
    this.#bytes -= delivery.body.byteLength
  }

  dead(entry: Entry, reason: DeadReason): void {
    this.#bytes -= entry.delivery.body.byteLength
    this.#addLetter(entry.delivery.id, entry, reason)
  }

  /** Leaves room for accepts; what finds none stays dead. */
  #requeue(letter: DeadLetter, completed: readonly string[]): Awaitable<Fate> {
    this.#checkOpen()
    const { id, reason, delivery } = letter
    const size = delivery.body.byteLength
    if (!mayRedrive(this.#limits, this.#pending(), this.#bytes, size)) return 'kept'
    if (reason === 'stale') return this.#acceptStale(delivery)
    this.#bytes += size
    // The copy of a conflict is a delivery of its own: its id is not that of what was accepted.
    const own = reason === 'conflict' ? { ...delivery, id } : delivery
    this.#queue(delivery.endpoint).push(toEntry(own, completed))
    return 'requeued'
  }

  async #acceptStale(delivery: Delivery): Promise<Fate> {
    const result = await this.accept(delivery, { minRetentionMs: this.#longestRetentionMs })
    return result === 'accepted' ? 'requeued' : result === 'duplicate' ? 'dropped' : 'kept'
  }

  /** A delivery that its sender signed is not ours to throw away. */
  #keepCopy<Reason extends 'conflict' | 'stale'>(
    delivery: Delivery,
    reason: Reason,
    why: string,
    accepting?: Observer,
  ): Reason {
    const id = `${delivery.id}.${delivery.bodyHash}`
    if (this.deadLetters.has(id)) return reason
    const error = new Error(why)
    const failures = withFailure([], 0, new Date(this.clock.now()), error)
    this.#addLetter(id, { ...toEntry(delivery), failures }, reason)
    this.#signal(delivery, { type: 'dead', ...about(delivery), reason, attempt: 0, error }, accepting)
    return reason
  }

  #addLetter(id: string, entry: Entry, reason: DeadReason): void {
    this.deadLetters.add(toDeadLetter(id, entry, reason, new Date(this.clock.now())), entry.completed)
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
    // Unhandled deliveries must not refuse handled ones.
    while (this.#pending() >= maxDeliveries || this.#bytes + body.byteLength > maxBytes)
      if (!this.#deadLetterUnhandled()) return false
    // A dead letter can wait in the sender's memory no longer, but a live delivery comes first.
    this.#dropDeadUntil(maxBytes - body.byteLength)
    return true
  }

  #deadLetterUnhandled(): boolean {
    return [...this.#queues.values()].some((queue) => queue.deadLetterUnhandled('its place was needed'))
  }

  /** Asked of each accept: without a list. */
  #pending(): number {
    let pending = this.#commits.undecided
    for (const { size } of this.#queues.values()) pending += size
    return pending
  }

  #queue(endpoint: string): ProviderQueue {
    const queue = this.#queues.get(endpoint) ?? new ProviderQueue(this, endpoint)
    this.#queues.set(endpoint, queue)
    return queue
  }

  #signal({ endpoint }: Delivery, observation: Observation, accepting?: Observer): void {
    const observer = this.#queue(endpoint).observer ?? accepting
    if (observer) tell(observer, observation)
  }

  #watchHighWater(delivery: Delivery): void {
    const { provider } = delivery
    const usage = this.#dedupe.usage?.()
    const used = {
      idempotencyKeys: usage ? usage.entries / usage.maxEntries : 0,
      deliveries: this.#pending() / this.#limits.maxDeliveries,
      bytes: this.#bytes / this.#limits.maxBytes,
    }
    this.#highWater.watch(used, (resource) =>
      this.#signal(delivery, { type: 'high-water-mark', provider, resource, used: used[resource] }),
    )
  }
}
