import type { ConsumeOptions, Handle } from '@acuse/core'
import type { RetryPolicy } from '@acuse/core/stores'
import type { SqlRow } from './driver.ts'
import { type Lapsed, type Leased, reclaimLease, toLapsed } from './leases.ts'
import type { SqliteSettings } from './options.ts'
import { tellReclaimed } from './signals.ts'
import type { Writer } from './writer.ts'

/** What a worker needs of its inbox. */
export interface WorkerOptions {
  readonly writer: Writer
  readonly settings: SqliteSettings
  readonly retry: RetryPolicy
  readonly handle: Handle
  readonly consume: ConsumeOptions
  readonly onClosed: () => void
}

/** A delivery in a handler's hands, or about to be settled. */
export interface Running extends Leased {
  readonly abort: AbortController
}

interface Seen {
  readonly lapsed: Lapsed
  readonly since: number
}

/**
 * Renews a worker's own leases, and takes back those that nobody renews.
 *
 * Processes can compare leases only by the wall clock, which may be set. A lease whose time is over has lapsed; it is
 * taken only when it also stayed as it is for half its length of this process's own, monotonic time. Its holder, if it
 * lives, renews it at every third. A lease that ends further off than leases last has lapsed too: the clock was set
 * back.
 */
export class LeaseKeeper {
  readonly #options: WorkerOptions
  readonly #running: ReadonlySet<Running>
  #seen = new Map<number, Seen>()
  #cancelRenew: (() => void) | undefined
  #stopped = false

  constructor(options: WorkerOptions, running: ReadonlySet<Running>) {
    this.#options = options
    this.#running = running
  }

  start(): void {
    const { clock, leaseMs } = this.#options.settings
    this.#cancelRenew = clock.schedule(leaseMs / 3, () => {
      if (this.#stopped) return
      this.#renew()
      this.start()
    })
  }

  stop(): void {
    this.#stopped = true
    this.#cancelRenew?.()
  }

  /** A look at the leases of all processes; those that nobody renews are taken back. */
  async reclaim(): Promise<void> {
    const { writer, consume, settings, retry } = this.#options
    const { endpoint, observer } = consume
    const now = settings.clock.now()
    const latest = now + retry.maxDelayMs
    try {
      const abandoned = this.#abandoned(writer.read((sql) => sql.lapsed.all(endpoint, now, now)))
      const isLate = writer.read((sql) => sql.lateDelay.get(endpoint, latest)) !== undefined
      if (abandoned.length === 0 && !isLate) return
      const error = new Error('Its process died or stalled: the lease ran out')
      const outcomes = await writer.writeNext((transaction) => {
        // Further off than any retry: the clock was set back.
        if (isLate) transaction.sql.capDelays.run(now, endpoint, latest)
        return abandoned.map((lapsed) => {
          const { seq, token, dueAt } = lapsed
          const isUnrenewed = transaction.sql.isUnrenewed.get(seq, token, dueAt) !== undefined
          return isUnrenewed ? reclaimLease(transaction, lapsed, error, retry, now, true) : 'lost'
        })
      })
      for (const [at, outcome] of outcomes.entries()) {
        tellReclaimed(observer, abandoned[at] as Lapsed, outcome, error)
      }
    } catch {
      // The file is busy, or opened anew; the next poll looks again.
    }
  }

  /** What still runs will not be waited for: others may have it. */
  async giveBackAll(): Promise<void> {
    const { writer, consume, settings, retry } = this.#options
    const left = [...this.#running]
    const error = new Error('It was not finished when the inbox was closed')
    for (const { abort } of left) abort.abort(error)
    try {
      const outcomes = await writer.writeNext((transaction) =>
        left.map((running) => reclaimLease(transaction, running, error, retry, settings.clock.now(), false)),
      )
      for (const [at, outcome] of outcomes.entries()) {
        tellReclaimed(consume.observer, left[at] as Running, outcome, error)
      }
    } catch {
      // Their leases run out.
    }
  }

  #abandoned(rows: readonly SqlRow[]): Lapsed[] {
    const now = this.#options.settings.clock.monotonic()
    const seen = new Map<number, Seen>()
    for (const lapsed of rows.map(toLapsed)) {
      const before = this.#seen.get(lapsed.seq)
      const isSame = before?.lapsed.token === lapsed.token && before.lapsed.dueAt === lapsed.dueAt
      seen.set(lapsed.seq, isSame && before ? before : { lapsed, since: now })
    }
    this.#seen = seen
    return [...seen.values()]
      .filter(({ lapsed, since }) => now - since >= lapsed.leaseMs / 2)
      .map(({ lapsed }) => lapsed)
  }

  #renew(): void {
    const { writer, settings } = this.#options
    const held = [...this.#running]
    if (held.length === 0) return
    writer
      .writeNext(({ sql }) =>
        held.map(
          ({ seq, token }) => sql.renew.run(settings.clock.now() + settings.leaseMs, seq, token).changes > 0,
        ),
      )
      .then(
        (renewed) => {
          for (const [at, running] of held.entries()) {
            // Settled meanwhile, or lost.
            if (!renewed[at] && this.#running.has(running)) running.abort.abort(lostError())
          }
        },
        () => undefined,
      )
  }
}

function lostError(): Error {
  return new Error('The lease ran out and is taken: the result will not count')
}
