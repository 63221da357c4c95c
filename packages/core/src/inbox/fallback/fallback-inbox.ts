import { BoundedMap } from '../../lib/bounded-map.ts'
import { sturdyClock } from '../../lib/check-clock.ts'
import { checkOptions } from '../../lib/check-options.ts'
import { checkTimeoutMs, wholeNumber } from '../../lib/options.ts'
import { tell } from '../../lib/tell.ts'
import type { Clock } from '../../model/clock.ts'
import type { DeadLetters } from '../../model/dead-letter.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { Deliveries } from '../../model/delivery-list.ts'
import { checkInbox } from '../check-inbox.ts'
import { type CircuitBreaker, createCircuitBreaker } from '../circuit-breaker.ts'
import type { InboxHealth, InboxHealthOptions } from '../health.ts'
import type {
  AcceptOptions,
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Handle,
  Inbox,
  InboxStats,
  OfConflict,
  TypeStats,
} from '../inbox.ts'
import { TypeCounts } from '../type-counts.ts'
import { FallbackDeadLetters } from './dead-letters.ts'
import { Forwarder } from './forwarder.ts'
import { healthOfBoth } from './health.ts'

/** Options of {@link fallbackInbox}. */
export interface FallbackOptions {
  /**
   * The longest wait for the primary, in milliseconds. Default 400: the receiver's `acceptTimeoutMs`, 800 by
   * default, must leave time for the fallback.
   */
  readonly primaryTimeoutMs?: number
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
}

/**
 * An inbox with a fallback: what the primary does not accept in time, because it is away, slow or full, the
 * fallback accepts, and it is forwarded when the primary is back; `accept` fails only if both do. The fallback is
 * usually a local file; only this inbox may consume it.
 *
 * Handlers are the primary's. A delivery that the primary will not take in 1 000 attempts and about 7 days, while it
 * answers, becomes a dead letter of the fallback. Dead letters are those of both, in the order in which they died; one of the
 * fallback that is redriven is forwarded again.
 * @throws TypeError when an option is unknown or cannot be used
 * @example
 * import { fallbackInbox, type Inbox } from '@acuse/core'
 *
 * // The first is on a server that may be away, the second a file of this process.
 * export const eitherOf = (remote: Inbox, local: Inbox) => fallbackInbox(remote, local, { primaryTimeoutMs: 500 })
 */
export function fallbackInbox(primary: Inbox, fallback: Inbox, options: FallbackOptions = {}): Inbox {
  return new FallbackInbox(primary, fallback, options)
}

const failuresToOpen = 3
const probeMs = 200
const mostOfConflict = 10_000

class FallbackInbox implements Inbox {
  readonly durability: Inbox['durability']
  /** Deliveries in the fallback may come behind those that the primary took meanwhile. */
  readonly ordered = false
  readonly retentionMs: number | undefined
  readonly location: string | undefined
  readonly deadLetters: DeadLetters
  /** Those that the primary has; those that are still to be forwarded are in none of its pages. */
  readonly deliveries?: Deliveries
  readonly #primary: Inbox
  readonly #fallback: Inbox
  readonly #clock: Clock
  readonly #primaryTimeoutMs: number
  readonly #breaker: CircuitBreaker
  readonly #forwarders = new Map<string, Forwarder>()
  /** Of deliveries in the fallback that this process accepted: what the primary is to be told of a conflict. */
  readonly #ofConflict = new BoundedMap<string, OfConflict>(mostOfConflict)
  /** Endpoints whose last delivery the primary did not take. */
  readonly #inUse = new Set<string>()
  #minRetentionMs = 0
  #closed = false

  constructor(primary: Inbox, fallback: Inbox, options: FallbackOptions) {
    checkOptions('fallbackInbox options', options, { primaryTimeoutMs: 'number', clock: 'clock' })
    checkInbox('primary', primary)
    checkInbox('fallback', fallback)
    if (primary === fallback) throw new TypeError('The fallback must be another inbox than the primary')
    const { primaryTimeoutMs = 400 } = options
    const clock = sturdyClock(options.clock)
    this.#primary = primary
    this.#fallback = fallback
    this.#clock = clock
    this.#primaryTimeoutMs = wholeNumber('primaryTimeoutMs', primaryTimeoutMs, 1, 60_000)
    this.#breaker = createCircuitBreaker({
      name: 'The primary inbox',
      timeoutMs: this.#primaryTimeoutMs,
      failures: failuresToOpen,
      probeMs,
      clock,
    })
    this.durability = primary.durability === 'durable' ? fallback.durability : 'volatile'
    this.retentionMs = shorter(primary.retentionMs, fallback.retentionMs)
    this.location = primary.location
    if (primary.deliveries) this.deliveries = primary.deliveries
    this.deadLetters = new FallbackDeadLetters(primary.deadLetters, fallback.deadLetters, () =>
      this.#forwardAll(),
    )
  }

  async accept(delivery: Delivery, options: AcceptOptions): Promise<AcceptResult> {
    if (this.#closed) throw new Error('The inbox is closed')
    this.#minRetentionMs = Math.max(this.#minRetentionMs, options.minRetentionMs)
    // A process without handlers too forwards what an earlier process left in the fallback.
    if (!this.#forwarders.has(delivery.endpoint)) this.#forwarder(delivery.endpoint).start()
    try {
      const result = await this.#toPrimary(delivery, options)
      if (result !== 'full') {
        this.#tellUse(delivery, options, false)
        return result
      }
    } catch {
      // It may have been applied: then the forwarded copy is a duplicate.
    }
    this.#tellUse(delivery, options, true)
    const { minRetentionMs: _, observer: __, ...ofConflict } = options
    const isUsual = ofConflict.keepsConflict !== false && ofConflict.conflictMessage === undefined
    if (!isUsual) this.#ofConflict.set(copyOf(delivery), ofConflict)
    const result = await this.#fallback.accept(delivery, options)
    this.#forwarder(delivery.endpoint).start()
    return result
  }

  /** Once for each change: who looks at it later knows when it began. */
  #tellUse({ provider, endpoint }: Delivery, { observer }: AcceptOptions, inUse: boolean): void {
    if (this.#inUse.has(endpoint) === inUse) return
    if (inUse) this.#inUse.add(endpoint)
    else this.#inUse.delete(endpoint)
    if (observer) tell(observer, { type: 'fallback', provider, endpoint, inUse })
  }

  async deadLetter(delivery: Delivery, reason: 'stale'): Promise<void> {
    try {
      await this.#call(async () => this.#primary.deadLetter(delivery, reason))
    } catch {
      await this.#fallback.deadLetter(delivery, reason)
    }
  }

  consume(handle: Handle, options: ConsumeOptions): Consumer {
    const clock = this.#clock
    const forwarder = this.#forwarder(options.endpoint)
    const consumer = this.#primary.consume(handle, options)
    forwarder.observer = options.observer
    return {
      start() {
        // Deliveries that an earlier process left behind go first.
        forwarder.start()
        consumer.start()
      },
      async onIdle() {
        await forwarder.onIdle()
        await consumer.onIdle()
      },
      unhandled: () => consumer.unhandled(),
      silentMs: () => consumer.silentMs?.(),
      async close(closeOptions) {
        // Deliveries that are still forwarded are handled in the time that is left.
        const until = clock.monotonic() + checkTimeoutMs(closeOptions.timeoutMs)
        await forwarder.close(closeOptions)
        await consumer.close({ timeoutMs: Math.max(0, Math.ceil(until - clock.monotonic())) })
      },
    }
  }

  async stats(): Promise<InboxStats> {
    const [primary, fallback] = await Promise.all([this.#primary.stats(), this.#fallback.stats()])
    return {
      waiting: primary.waiting + fallback.waiting,
      leased: primary.leased + fallback.leased,
      delayed: primary.delayed + fallback.delayed,
      dead: primary.dead + fallback.dead,
      oldestAgeMs: Math.max(primary.oldestAgeMs, fallback.oldestAgeMs),
      types: sumOfTypes([...primary.types, ...fallback.types]),
    }
  }

  checkHealth(options: InboxHealthOptions): Promise<InboxHealth> {
    return healthOfBoth(this.#primary, this.#fallback, {
      ...options,
      timeoutMs: this.#primaryTimeoutMs,
      clock: this.#clock,
    })
  }

  async close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    // Without one, each of the two has its own default.
    if (options.timeoutMs !== undefined) checkTimeoutMs(options.timeoutMs)
    this.#closed = true
    for (const forwarder of this.#forwarders.values()) forwarder.stop()
    await Promise.all([this.#primary.close(options), this.#fallback.close(options)])
    this.#breaker.close()
  }

  #toPrimary(delivery: Delivery, options: AcceptOptions): Promise<AcceptResult> {
    return this.#call(async () => this.#primary.accept(delivery, options))
  }

  /**
   * While the primary is known to be away, one call in a while tries it, and the others do not wait for it. Only a write
   * that succeeds shows that it is back; a read does not.
   */
  #call<T>(call: () => Promise<T>): Promise<T> {
    return this.#breaker.run(call)
  }

  /** A delivery that was redriven in the fallback may be of any endpoint. */
  async #forwardAll(): Promise<void> {
    const { types } = await this.#fallback.stats()
    for (const { endpoint, waiting } of types) if (waiting > 0) this.#forwarder(endpoint).start()
  }

  #forwarder(endpoint: string): Forwarder {
    const known = this.#forwarders.get(endpoint)
    if (known) return known
    const forwarder = new Forwarder({
      fallback: this.#fallback,
      endpoint,
      clock: this.#clock,
      // Of a delivery that an earlier process accepted nobody knows what its receiver asked for.
      accept: (delivery) =>
        this.#toPrimary(delivery, {
          minRetentionMs: Math.max(this.#minRetentionMs, this.retentionMs ?? 0),
          ...this.#ofConflict.get(copyOf(delivery)),
        }),
      isPrimaryAway: () => this.#breaker.isOpen,
      checkMs: probeMs,
    })
    this.#forwarders.set(endpoint, forwarder)
    return forwarder
  }
}

/** One body under an idempotency key. */
function copyOf({ id, bodyHash }: Delivery): string {
  return `${id}.${bodyHash}`
}

function sumOfTypes(types: readonly TypeStats[]): TypeStats[] {
  const counts = new TypeCounts()
  for (const one of types) {
    for (const state of ['waiting', 'leased', 'delayed', 'dead'] as const) counts.add(state, one, one[state])
  }
  return counts.types()
}

function shorter(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.min(one, other)
}
