import type { Clock } from '@acuse/core'
import type { Driver } from './driver.ts'
import type { Statements } from './statements.ts'

/** Up to so many are counted each time: it takes a millisecond or two. */
const countedAlways = 10_000
const nearlyFull = 0.8
const countAgainMs = 5_000

/** Dependencies of {@link Room}. */
export interface RoomSetup {
  readonly driver: Pick<Driver, 'query'>
  readonly sql: Statements
  readonly clock: Clock
  readonly maxDeliveries: number
}

/**
 * How many more deliveries find room. Counting a million rows takes longer than an accept may: far from the bound Postgres' own
 * estimate will do, near it they are counted every few seconds, and what this process accepts is added at once.
 */
export class Room {
  readonly #setup: RoomSetup
  #live = 0
  #countedAt = Number.NEGATIVE_INFINITY

  constructor(setup: RoomSetup) {
    this.#setup = setup
  }

  /** How many are not yet handled, as far as is known. */
  async live(): Promise<number> {
    const { clock, maxDeliveries } = this.#setup
    const isOld = clock.monotonic() - this.#countedAt >= countAgainMs
    if (maxDeliveries <= countedAlways) await this.#count()
    else if (isOld) await this.#estimate()
    return this.#live
  }

  /** So many were accepted. */
  add(count: number): void {
    this.#live += count
  }

  async #estimate(): Promise<void> {
    const { driver, sql, clock, maxDeliveries } = this.#setup
    const [row] = await driver.query(sql.estimateLive)
    this.#live = Number(row?.['live'] ?? 0)
    this.#countedAt = clock.monotonic()
    if (this.#live >= maxDeliveries * nearlyFull) await this.#count()
  }

  async #count(): Promise<void> {
    const { driver, sql, clock, maxDeliveries } = this.#setup
    const [row] = await driver.query(sql.countLive, [maxDeliveries])
    this.#live = Number(row?.['live'])
    this.#countedAt = clock.monotonic()
  }
}
