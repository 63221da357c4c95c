import { type LruDedupe, lruDedupe } from '../dedupe/lru.ts'
import type { Delivery } from '../delivery.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { knownOptions, wholeNumber } from '../lib/options.ts'
import type { PressureSignal, Signal } from '../signal.ts'
import { toRetryPolicy } from './backoff.ts'
import type { DeadLetter, DeadLetters, DeadReason } from './dead-letter.ts'
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

/** Options of {@link memoryInbox}. */
export interface MemoryInboxOptions {
  /** The most identities to remember, 1 to 16 777 216. Default 200 000; full is 503. */
  readonly maxIdentities?: number
  /** The most deliveries that are not yet handled. Default 10 000; full is 503. */
  readonly maxDeliveries?: number
  /** The most bytes of their bodies, dead letters included. Default 64 MiB; full is 503. */
  readonly maxBytes?: number
  /** The most dead letters; the oldest makes room for a new one, and is signalled. Default 1 000. */
  readonly maxDeadLetters?: number
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
  /** Randomness of the retries' jitter, 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

/** The volatile inbox: its calls answer at once, with values instead of promises. */
export interface MemoryInbox extends Inbox {
  accept(delivery: Delivery, options: AcceptOptions): AcceptResult
}

/**
 * The default inbox: bounded, in this process, drained on `close()`. A crash loses what was acknowledged
 * and not yet handled.
 * @throws TypeError when an option is unknown or cannot be used
 */
export function memoryInbox(options: MemoryInboxOptions = {}): MemoryInbox {
  return new MemoryInboxImpl(options)
}

const knownMemoryOptions = ['maxIdentities', 'maxDeliveries', 'maxBytes', 'maxDeadLetters', 'clock', 'random']
const inOneStepMs = 1_000
const closeTimeoutMs = 10_000
const pressureFrom = 0.8

class MemoryInboxImpl implements MemoryInbox, LaneOwner {
  readonly durability = 'volatile'
  readonly retentionMs = undefined
  readonly clock: Clock
  readonly random: () => number
  readonly #dedupe: LruDedupe
  readonly #limits: { readonly deliveries: number; readonly bytes: number; readonly deadLetters: number }
  readonly #lanes = new Map<string, Lane>()
  readonly #dead = new Map<string, DeadLetter>()
  readonly #underPressure = new Set<PressureSignal['resource']>()
  #bytes = 0
  #deadBytes = 0
  #closed = false

  constructor(options: MemoryInboxOptions) {
    knownOptions('memoryInbox options', options, knownMemoryOptions)
    const { clock = systemClock, random = Math.random, maxDeliveries = 10_000 } = options
    this.clock = clock
    this.random = random
    this.#dedupe = lruDedupe({ maxEntries: options.maxIdentities ?? 200_000, clock })
    this.#limits = {
      deliveries: wholeNumber('maxDeliveries', maxDeliveries, 1, 10_000_000),
      bytes: wholeNumber('maxBytes', options.maxBytes ?? 64 * 2 ** 20, 1, Number.MAX_SAFE_INTEGER),
      deadLetters: wholeNumber('maxDeadLetters', options.maxDeadLetters ?? 1_000, 0, 10_000_000),
    }
  }

  accept(delivery: Delivery, { minRetentionMs }: AcceptOptions): AcceptResult {
    if (this.#closed) throw new Error('The inbox is closed')
    const { id, fingerprint } = delivery
    const claim = this.#dedupe.claim(id, { fingerprint, leaseMs: inOneStepMs })
    if (claim.status === 'conflict') return this.#keepConflict(delivery)
    if (claim.status === 'full') return 'full'
    if (claim.status !== 'claimed') return 'duplicate'
    if (!this.#hasRoomFor(delivery)) {
      this.#dedupe.release(id, claim.token)
      return 'full'
    }
    this.#bytes += delivery.body.byteLength
    this.#lane(delivery.provider).push({ delivery, attempt: 0 })
    this.#dedupe.commit(id, claim.token, { retentionMs: minRetentionMs })
    this.#watchPressure(delivery.provider)
    return 'accepted'
  }

  consume(handle: Handle, { provider, concurrency, retry, observer }: ConsumeOptions): Consumer {
    const lane = this.#lane(provider)
    if (lane.consumer) {
      throw new TypeError(`'${provider}' is consumed already: give each receiver of a provider its own inbox`)
    }
    lane.consume({ handle, concurrency, observer, retry: toRetryPolicy(retry) })
    return { atRest: () => lane.atRest(), close: ({ timeoutMs }) => lane.drain(timeoutMs) }
  }

  readonly deadLetters: DeadLetters = {
    list: async ({ provider, type, reason } = {}) =>
      [...this.#dead.values()].filter(
        (letter) =>
          (provider === undefined || letter.delivery.provider === provider) &&
          (type === undefined || letter.delivery.type === type) &&
          (reason === undefined || letter.reason === reason),
      ),
    get: async (id) => this.#dead.get(id),
    redrive: async (id) => {
      const letter = this.#removeDead(id)
      if (!letter) return false
      this.#bytes += letter.delivery.body.byteLength
      this.#lane(letter.delivery.provider).push({ delivery: letter.delivery, attempt: 0 })
      return true
    },
    discard: async (id) => this.#removeDead(id) !== undefined,
  }

  async stats(): Promise<InboxStats> {
    const stats = { waiting: 0, leased: 0, delayed: 0, dead: this.#dead.size, oldestAgeMs: 0 }
    for (const lane of this.#lanes.values()) {
      const { waiting, leased, delayed } = lane.counts
      stats.waiting += waiting
      stats.leased += leased
      stats.delayed += delayed
      stats.oldestAgeMs = Math.max(stats.oldestAgeMs, this.clock.now() - lane.oldestAt)
    }
    return stats
  }

  async close({ timeoutMs = closeTimeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
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

  dead({ delivery, attempt }: Entry, reason: DeadReason, error: unknown): void {
    this.#bytes -= delivery.body.byteLength
    this.#bury({ id: delivery.id, delivery, reason, attempt, error, diedAt: new Date(this.clock.now()) })
  }

  /** The copy is kept: what its sender signed is not ours to throw away. */
  #keepConflict(delivery: Delivery): 'conflict' {
    const id = `${delivery.id}.${delivery.fingerprint}`
    if (!this.#dead.has(id)) {
      const error = new Error('Another body was accepted under this identity')
      this.#bury({ id, delivery, reason: 'conflict', attempt: 0, error, diedAt: new Date(this.clock.now()) })
    }
    return 'conflict'
  }

  #bury(letter: DeadLetter): void {
    const { delivery, reason, attempt, error } = letter
    this.#dead.set(letter.id, letter)
    this.#deadBytes += delivery.body.byteLength
    this.#signal({ type: 'dead', ...about(delivery), reason, attempt, error })
    while (this.#dead.size > this.#limits.deadLetters) this.#dropOldestDead()
    while (this.#dead.size > 0 && this.#bytes + this.#deadBytes > this.#limits.bytes) this.#dropOldestDead()
  }

  #removeDead(id: string): DeadLetter | undefined {
    const letter = this.#dead.get(id)
    if (letter) {
      this.#dead.delete(id)
      this.#deadBytes -= letter.delivery.body.byteLength
    }
    return letter
  }

  #dropOldestDead(): void {
    const [id] = this.#dead.keys()
    const letter = this.#removeDead(id as string) as DeadLetter
    this.#signal({ type: 'dropped', ...about(letter.delivery) })
  }

  #hasRoomFor({ body }: Delivery): boolean {
    const { deliveries, bytes } = this.#limits
    if (this.#pending() >= deliveries || this.#bytes + body.byteLength > bytes) return false
    // A dead letter can wait in the sender's memory no longer, but a live delivery comes first.
    while (this.#bytes + this.#deadBytes + body.byteLength > bytes) this.#dropOldestDead()
    return true
  }

  #pending(): number {
    let pending = 0
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
    const { entries, maxEntries } = this.#dedupe.usage()
    this.#watch(provider, 'identities', entries / maxEntries)
    this.#watch(provider, 'deliveries', this.#pending() / this.#limits.deliveries)
    this.#watch(provider, 'bytes', this.#bytes / this.#limits.bytes)
  }

  #watch(provider: string, resource: PressureSignal['resource'], used: number): void {
    if (used < pressureFrom) this.#underPressure.delete(resource)
    else if (!this.#underPressure.has(resource)) {
      this.#underPressure.add(resource)
      this.#signal({ type: 'pressure', provider, resource, used })
    }
  }
}

function about({ provider, id, type }: Delivery): { provider: string; id: string; event: string } {
  return { provider, id, event: type }
}
