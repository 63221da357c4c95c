import { sturdyClock } from '../../lib/check-clock.ts'
import { checkOptions } from '../../lib/check-options.ts'
import { checkTimeoutMs, wholeNumber } from '../../lib/options.ts'
import type { Clock } from '../../model/clock.ts'
import type { DeadLetters } from '../../model/dead-letter.ts'
import type { Delivery } from '../../model/delivery.ts'
import { checkInbox } from '../check-inbox.ts'
import { type CircuitBreaker, createCircuitBreaker } from '../circuit-breaker.ts'
import type {
  AcceptOptions,
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Handle,
  Inbox,
  InboxStats,
  TypeStats,
} from '../inbox.ts'
import { TypeCounts } from '../type-counts.ts'
import { SpillDeadLetters } from './dead-letters.ts'
import { Forwarder } from './forwarder.ts'

/** Options of {@link spillInbox}. */
export interface SpillOptions {
  /**
   * The longest wait for the primary, in milliseconds. Default 400: the receiver's `acceptTimeoutMs`, 800 by
   * default, must leave time for the spare.
   */
  readonly primaryTimeoutMs?: number
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
}

/**
 * An inbox with a spare: what the primary does not accept in time, because it is away, slow or full, the
 * spare accepts, and it is forwarded when the primary is back; `accept` fails only if both do. The spare is a
 * local file as a rule, and its own: nobody else may consume it.
 *
 * Handlers are the primary's. A delivery that the primary will not take in 1 000 attempts and about 7 days, while it
 * answers, becomes a dead letter of the spare. Dead letters are those of both, in the order in which they died; one of the
 * spare that is redriven is forwarded anew.
 * @throws TypeError when an option is unknown or cannot be used
 */
export function spillInbox(primary: Inbox, spare: Inbox, options: SpillOptions = {}): Inbox {
  return new SpillInbox(primary, spare, options)
}

const failuresToOpen = 3
const probeMs = 200

class SpillInbox implements Inbox {
  readonly durability: Inbox['durability']
  /** What spilt may come behind what the primary took meanwhile. */
  readonly ordered = false
  readonly retentionMs: number | undefined
  readonly location: string | undefined
  readonly deadLetters: DeadLetters
  readonly #primary: Inbox
  readonly #spare: Inbox
  readonly #clock: Clock
  readonly #breaker: CircuitBreaker
  readonly #forwarders = new Map<string, Forwarder>()
  #minRetentionMs = 0
  #closed = false

  constructor(primary: Inbox, spare: Inbox, options: SpillOptions) {
    checkOptions('spillInbox options', options, { primaryTimeoutMs: 'number', clock: 'clock' })
    checkInbox('primary', primary)
    checkInbox('spare', spare)
    if (primary === spare) throw new TypeError('The spare must be another inbox than the primary')
    const { primaryTimeoutMs = 400 } = options
    const clock = sturdyClock(options.clock)
    this.#primary = primary
    this.#spare = spare
    this.#clock = clock
    this.#breaker = createCircuitBreaker({
      name: 'The primary inbox',
      timeoutMs: wholeNumber('primaryTimeoutMs', primaryTimeoutMs, 1, 60_000),
      failures: failuresToOpen,
      probeMs,
      clock,
    })
    this.durability = primary.durability === 'durable' ? spare.durability : 'volatile'
    this.retentionMs = shorter(primary.retentionMs, spare.retentionMs)
    this.location = primary.location
    this.deadLetters = new SpillDeadLetters(primary.deadLetters, spare.deadLetters, () => this.#forwardAll())
  }

  async accept(delivery: Delivery, options: AcceptOptions): Promise<AcceptResult> {
    if (this.#closed) throw new Error('The inbox is closed')
    this.#minRetentionMs = Math.max(this.#minRetentionMs, options.minRetentionMs)
    try {
      const result = await this.#toPrimary(delivery, options)
      if (result !== 'full') return result
    } catch {
      // It may have been applied: then the forwarded copy is a duplicate.
    }
    const result = await this.#spare.accept(delivery, options)
    this.#forwarder(delivery.endpoint).start()
    return result
  }

  async bury(delivery: Delivery, reason: 'stale'): Promise<void> {
    try {
      await this.#call(async () => this.#primary.bury(delivery, reason))
    } catch {
      await this.#spare.bury(delivery, reason)
    }
  }

  consume(handle: Handle, options: ConsumeOptions): Consumer {
    const clock = this.#clock
    const forwarder = this.#forwarder(options.endpoint)
    const consumer = this.#primary.consume(handle, options)
    forwarder.observer = options.observer
    return {
      start() {
        // What an earlier process left behind goes before what this one handles.
        forwarder.start()
        consumer.start()
      },
      async atRest() {
        await forwarder.atRest()
        await consumer.atRest()
      },
      unhandled: () => consumer.unhandled(),
      async close(closeOptions) {
        // What is still forwarded is handled, in what is left of the time.
        const until = clock.monotonic() + checkTimeoutMs(closeOptions.timeoutMs)
        await forwarder.close(closeOptions)
        await consumer.close({ timeoutMs: Math.max(0, Math.ceil(until - clock.monotonic())) })
      },
    }
  }

  async stats(): Promise<InboxStats> {
    const [primary, spare] = await Promise.all([this.#primary.stats(), this.#spare.stats()])
    return {
      waiting: primary.waiting + spare.waiting,
      leased: primary.leased + spare.leased,
      delayed: primary.delayed + spare.delayed,
      dead: primary.dead + spare.dead,
      oldestAgeMs: Math.max(primary.oldestAgeMs, spare.oldestAgeMs),
      types: sumOfTypes([...primary.types, ...spare.types]),
    }
  }

  async close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    // Without one, each of the two has its own default.
    if (options.timeoutMs !== undefined) checkTimeoutMs(options.timeoutMs)
    this.#closed = true
    for (const forwarder of this.#forwarders.values()) forwarder.stop()
    await Promise.all([this.#primary.close(options), this.#spare.close(options)])
    this.#breaker.close()
  }

  #toPrimary(delivery: Delivery, options: AcceptOptions): Promise<AcceptResult> {
    return this.#call(async () => this.#primary.accept(delivery, options))
  }

  /**
   * While the primary is known to be away, nobody waits for it but one call in a while: that it takes a write shows that
   * it is back, which no reading shows.
   */
  #call<T>(call: () => Promise<T>): Promise<T> {
    return this.#breaker.run(call)
  }

  /** What was redriven in the spare may be of any endpoint. */
  async #forwardAll(): Promise<void> {
    const { types } = await this.#spare.stats()
    for (const { endpoint, waiting } of types) if (waiting > 0) this.#forwarder(endpoint).start()
  }

  #forwarder(endpoint: string): Forwarder {
    const known = this.#forwarders.get(endpoint)
    if (known) return known
    const forwarder = new Forwarder({
      spare: this.#spare,
      endpoint,
      clock: this.#clock,
      // Of a delivery that an earlier process accepted nobody knows what its receiver asked for.
      accept: (delivery) =>
        this.#toPrimary(delivery, {
          minRetentionMs: Math.max(this.#minRetentionMs, this.retentionMs ?? 0),
        }),
      isPrimaryAway: () => this.#breaker.isOpen,
      checkMs: probeMs,
    })
    this.#forwarders.set(endpoint, forwarder)
    return forwarder
  }
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
