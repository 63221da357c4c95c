import type { DedupeStore } from '../../dedupe/dedupe-store.ts'
import { isPromiseLike } from '../../lib/options.ts'
import { pause } from '../../lib/pace.ts'
import type { Awaitable } from '../../model/awaitable.ts'
import type { Clock } from '../../model/clock.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { AcceptResult } from '../inbox.ts'

const commitAgainMs = 500

/** Commits claims in a dedupe store, until the store has decided. */
export class ClaimCommits {
  readonly #dedupe: DedupeStore
  readonly #clock: Clock
  readonly #decided: (delivery: Delivery, committed: boolean) => AcceptResult
  readonly #undecided = new Set<Delivery>()

  /** `decided` is told once for each delivery what the store has decided, unless it was given up before. */
  constructor(
    dedupe: DedupeStore,
    clock: Clock,
    decided: (delivery: Delivery, committed: boolean) => AcceptResult,
  ) {
    this.#dedupe = dedupe
    this.#clock = clock
    this.#decided = decided
  }

  /** How many deliveries have a claim that is not decided yet. */
  get undecided(): number {
    return this.#undecided.size
  }

  isUndecided(endpoint: string): boolean {
    for (const delivery of this.#undecided) if (delivery.endpoint === endpoint) return true
    return false
  }

  /** Waits for the store no longer; those that it has not decided on. */
  giveUp(): Delivery[] {
    const undecided = [...this.#undecided]
    this.#undecided.clear()
    return undecided
  }

  commit(delivery: Delivery, token: string, retentionMs: number): Awaitable<AcceptResult> {
    const committed = this.#try(delivery.id, token, retentionMs)
    if (!isPromiseLike(committed)) return this.#decided(delivery, committed)
    return this.#commitLater(delivery, token, retentionMs, committed)
  }

  /** A synchronous throw is a rejection: neither says whether the claim was committed. */
  #try(id: string, token: string, retentionMs: number): Awaitable<boolean> {
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
    this.#undecided.add(delivery)
    try {
      return this.#decide(delivery, await first)
    } catch (error) {
      if (this.#undecided.has(delivery)) void this.#commitAgain(delivery, token, retentionMs)
      throw error
    }
  }

  async #commitAgain(delivery: Delivery, token: string, retentionMs: number): Promise<void> {
    await pause(commitAgainMs, this.#clock)
    if (!this.#undecided.has(delivery)) return
    try {
      this.#decide(delivery, await this.#dedupe.commit(delivery.id, token, { retentionMs }))
    } catch {
      void this.#commitAgain(delivery, token, retentionMs) // The store is still away.
    }
  }

  #decide(delivery: Delivery, committed: boolean): AcceptResult {
    if (!this.#undecided.delete(delivery)) throw new Error('The inbox is closed')
    return this.#decided(delivery, committed)
  }
}
