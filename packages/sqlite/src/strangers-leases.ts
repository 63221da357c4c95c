import type { SqliteSettings } from './options.ts'

/** A lease that was not renewed when it should have been. */
export interface Unrenewed {
  readonly seq: number
  readonly token: number
  readonly dueAt: number
  readonly leaseMs: number
}

interface Watched {
  readonly lease: Unrenewed
  /** For how long it was seen like this, while its holder could have renewed it, in milliseconds. */
  readonly watchedMs: number
}

const longestPolls = 2

/**
 * Tells which leases of others are abandoned.
 *
 * Processes can compare leases only by the wall clock, which may be set. A lease whose time is over has lapsed; it is
 * abandoned only when it also stayed as it is for half its length of this process's own, monotonic time, seen at each
 * poll, with the file writable. Its holder, if it lives, renews it at every third. A lease that ends further off than
 * leases last has lapsed too: the clock was set back.
 */
export class StrangersLeases {
  readonly #settings: SqliteSettings
  #watched = new Map<number, Watched>()
  #lookedAt = Number.NaN

  constructor(settings: SqliteSettings) {
    this.#settings = settings
  }

  /** Takes in what is not renewed now; tells which of it is abandoned. */
  look(unrenewed: readonly Unrenewed[]): Unrenewed[] {
    const { clock, pollMs } = this.#settings
    const monotonic = clock.monotonic()
    // While this process stood still it saw nothing.
    const passedMs = Math.min(monotonic - this.#lookedAt, pollMs * longestPolls)
    this.#lookedAt = monotonic
    const watched = new Map<number, Watched>()
    for (const lease of unrenewed) {
      const before = this.#watched.get(lease.seq)
      const isSame = before?.lease.token === lease.token && before.lease.dueAt === lease.dueAt
      watched.set(lease.seq, { lease, watchedMs: isSame ? before.watchedMs + passedMs : 0 })
    }
    this.#watched = watched
    const now = clock.now()
    return [...watched.values()]
      .filter(({ lease, watchedMs }) => watchedMs >= lease.leaseMs / 2 && hasLapsed(lease, now))
      .map(({ lease }) => lease)
  }

  /** Nobody can be judged by what was seen so far. */
  forget(): void {
    this.#watched.clear()
  }
}

function hasLapsed({ dueAt, leaseMs }: Unrenewed, now: number): boolean {
  return dueAt <= now || dueAt > now + leaseMs
}
