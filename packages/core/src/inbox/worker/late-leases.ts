import type { Clock } from '../../model/clock.ts'
import type { LateLease } from './lease-source.ts'

interface Watched {
  readonly lease: LateLease
  /** For how long it was seen like this, while its holder could have renewed it, in milliseconds. */
  readonly watchedMs: number
}

const longestPolls = 2

/**
 * Tells which leases of others are abandoned.
 *
 * Processes can compare leases only by the wall clock, which may be set. A lease whose time is over has lapsed; it is
 * abandoned only when it also stayed as it is for half its length of this process's own, monotonic time, seen at each
 * poll, with the storage writable. Its holder, if it lives, renews it at every third. A lease that ends further off than
 * leases last has lapsed too: the clock was set back.
 */
export class LateLeases {
  readonly #clock: Clock
  readonly #pollMs: number
  #watched = new Map<string, Watched>()
  #lookedAt = Number.NaN

  constructor(clock: Clock, pollMs: number) {
    this.#clock = clock
    this.#pollMs = pollMs
  }

  /** Takes in what is late now; tells which of it is abandoned. */
  look<Late extends LateLease>(late: readonly Late[]): Late[] {
    const monotonic = this.#clock.monotonic()
    // While this process stood still it saw nothing.
    const passedMs = Math.min(monotonic - this.#lookedAt, this.#pollMs * longestPolls)
    this.#lookedAt = monotonic
    const before = this.#watched
    this.#watched = new Map()
    const now = this.#clock.now()
    return late.filter((lease) => {
      const seen = before.get(lease.id)
      const watchedMs = seen?.lease.dueAt === lease.dueAt ? seen.watchedMs + passedMs : 0
      this.#watched.set(lease.id, { lease, watchedMs })
      return watchedMs >= lease.leaseMs / 2 && hasLapsed(lease, now)
    })
  }

  /** Nobody can be judged by what was seen so far. */
  forget(): void {
    this.#watched.clear()
  }
}

function hasLapsed({ dueAt, leaseMs }: LateLease, now: number): boolean {
  return dueAt <= now || dueAt > now + leaseMs
}
