import type { Clock } from '../../model/clock.ts'
import type { LeasedDelivery, SharedLeases } from './lease-source.ts'

/** Looks into shared storage at regular times, and when a delay is over. */
export class Polls {
  readonly #shared: Pick<SharedLeases<LeasedDelivery>, 'pollMs' | 'nextDueAt'>
  readonly #clock: Clock
  readonly #poll: () => void
  #cancel = (): void => {}
  #at = Number.POSITIVE_INFINITY
  #isStopped = false
  /** When the storage answered last; the first answer is waited for from the first poll. */
  #answeredAt: number | undefined

  constructor(
    shared: Pick<SharedLeases<LeasedDelivery>, 'pollMs' | 'nextDueAt'>,
    clock: Clock,
    poll: () => void,
  ) {
    this.#shared = shared
    this.#clock = clock
    this.#poll = poll
  }

  /** How long the storage has not answered, in milliseconds; `undefined` before the first poll. */
  get silentMs(): number | undefined {
    return this.#answeredAt === undefined ? undefined : this.#clock.monotonic() - this.#answeredAt
  }

  now(): void {
    this.#answeredAt ??= this.#clock.monotonic()
    this.#at = Number.POSITIVE_INFINITY
    this.#poll()
    this.within(this.#shared.pollMs)
    void this.#withinDelay()
  }

  /** Once more after `delayMs` at the latest. */
  within(delayMs: number): void {
    const at = this.#clock.monotonic() + delayMs
    if (this.#isStopped || at >= this.#at) return
    this.#cancel()
    this.#at = at
    this.#cancel = this.#clock.schedule(delayMs, () => this.now())
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  /** Delayed deliveries are due at their own times, whatever the poll's. */
  async #withinDelay(): Promise<void> {
    const dueAt = await this.#nextDueAt()
    const dueMs = dueAt === undefined ? 0 : dueAt - this.#clock.now()
    // One that is due already waits for a free place, not for a poll.
    if (dueMs > 0) this.within(dueMs)
  }

  /** While the storage is away there is nothing to read; the next poll tries again. */
  async #nextDueAt(): Promise<number | undefined> {
    try {
      const dueAt = await this.#shared.nextDueAt()
      this.#answeredAt = this.#clock.monotonic()
      return dueAt
    } catch {
      return undefined
    }
  }
}
