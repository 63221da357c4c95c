import type { ConsumeOptions, Handle, RetryPolicy } from '@acuse/core/inbox-kit'
import { type Ending, type Leased, type Reclaimed, reclaimLease, toLeased, writeApart } from './leases.ts'
import { tellReclaimed } from './observations.ts'
import type { SqliteSettings } from './options.ts'
import { StrangersLeases, type Unrenewed } from './strangers-leases.ts'
import type { Writer } from './writer.ts'

/** The part of its inbox that a worker uses. */
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

const renewAgainMs = 200
const maxBatch = 250

/**
 * Renews a worker's own leases, and takes back those that nobody renews. It takes none that it holds itself: a renewal
 * that is late here, because the process stood still or the file was locked, is nobody's death.
 */
export class LeaseKeeper {
  readonly #options: WorkerOptions
  readonly #running: ReadonlySet<Running>
  readonly #onReady: () => void
  readonly #strangers: StrangersLeases
  #isLooking = false
  #cancelRenew: (() => void) | undefined
  #stopped = false

  constructor(options: WorkerOptions, running: ReadonlySet<Running>, onReady: () => void) {
    this.#options = options
    this.#running = running
    this.#onReady = onReady
    this.#strangers = new StrangersLeases(options.settings)
  }

  start(): void {
    this.#renewLater(this.#options.settings.leaseMs / 3)
  }

  stop(): void {
    this.#stopped = true
    this.#cancelRenew?.()
  }

  /** A look at the leases of all processes; those that nobody renews are taken back. */
  async reclaim(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      await this.#capDelays()
      if (this.#readUnrenewed().length > 0) {
        // Who cannot write now cannot know that others could.
        await this.#renew()
        await this.#takeBack(this.#strangers.look(this.#readUnrenewed()))
      } else this.#strangers.look([])
    } catch {
      // The file is busy, or opened anew: nobody could renew.
      this.#strangers.forget()
    } finally {
      this.#isLooking = false
    }
  }

  /** Running deliveries are not waited for: others may have them. */
  async giveBackAll(): Promise<void> {
    const { writer } = this.#options
    const left = [...this.#running]
    const error = new Error('It was not finished when the inbox was closed')
    for (const { abort } of left) abort.abort(error)
    const ending = this.#endingOf(error, undefined)
    try {
      const outcomes = await writer.writeNext((transaction) =>
        left.map((running) => writeApart(() => reclaimLease(transaction, running, ending))),
      )
      for (const [at, outcome] of outcomes.entries()) this.#tell(left[at], outcome, error)
    } catch {
      // Their leases run out.
    }
  }

  /** Further off than any retry: the clock was set back. */
  async #capDelays(): Promise<void> {
    const { writer, consume, settings, retry } = this.#options
    const now = settings.clock.now()
    const latest = now + retry.maxDelayMs
    const isLate = writer.read((sql) => sql.lateDelay.get(consume.endpoint, latest)) !== undefined
    if (isLate) await writer.writeNext(({ sql }) => sql.capDelays.run(now, consume.endpoint, latest))
  }

  #readUnrenewed(): Unrenewed[] {
    const { writer, consume, settings } = this.#options
    const now = settings.clock.now()
    const rows = writer.read((sql) => sql.unrenewed.all(consume.endpoint, now, now))
    if (rows.length === 0) return []
    const own = new Set([...this.#running].map(({ seq, token }) => `${seq}.${token}`))
    return rows
      .map((row) => ({
        seq: Number(row['seq']),
        token: Number(row['token']),
        dueAt: Number(row['due_at']),
        leaseMs: Number(row['lease_ms']),
      }))
      .filter(({ seq, token }) => !own.has(`${seq}.${token}`))
  }

  /** A part at a time: accepts wait for none of it long. */
  async #takeBack(abandoned: readonly Unrenewed[]): Promise<void> {
    const error = new Error('Its process died or stalled: the lease ran out')
    for (let at = 0; at < abandoned.length; at += maxBatch) {
      const ending = this.#endingOf(error, abandoned.length)
      const part = abandoned.slice(at, at + maxBatch)
      await this.#takePart(part, ending).catch(async () => {
        // Where one of them cannot be written, the others can.
        await Promise.allSettled(part.map((one) => this.#takePart([one], ending)))
      })
    }
  }

  async #takePart(part: readonly Unrenewed[], ending: Ending): Promise<void> {
    const taken = await this.#options.writer.writeNext((transaction) =>
      part.flatMap(({ seq, token, dueAt }) => {
        const row = transaction.sql.stillUnrenewed.get(seq, token, dueAt)
        if (!row) return []
        const leased = toLeased(row, undefined)
        return [{ leased, outcome: reclaimLease(transaction, leased, ending) }]
      }),
    )
    for (const { leased, outcome } of taken) this.#tell(leased, outcome, ending.error)
    if (taken.length > 0) this.#onReady()
  }

  #endingOf(error: Error, together: number | undefined): Ending {
    const { settings, retry } = this.#options
    return { error, retry, now: settings.clock.now(), together }
  }

  #tell(leased: Leased | undefined, outcome: Reclaimed | undefined, error: Error): void {
    if (leased && outcome) tellReclaimed(this.#options.consume.observer, leased, outcome, error)
  }

  #renewLater(delayMs: number): void {
    const { clock, leaseMs } = this.#options.settings
    this.#cancelRenew?.()
    this.#cancelRenew = clock.schedule(delayMs, () => {
      if (this.#stopped) return
      this.#renewLater(leaseMs / 3)
      this.#renew().catch(() => {
        if (!this.#stopped) this.#renewLater(Math.min(renewAgainMs, leaseMs / 3))
      })
    })
  }

  async #renew(): Promise<void> {
    const { writer, settings } = this.#options
    const held = [...this.#running]
    const renewed = await writer.writeNext(({ sql }) =>
      held.map(({ seq, token }) =>
        writeApart(() => sql.renew.run(settings.clock.now() + settings.leaseMs, seq, token).changes > 0),
      ),
    )
    for (const [at, running] of held.entries()) {
      // Settled meanwhile, or lost.
      if (renewed[at] === false && this.#running.has(running)) running.abort.abort(lostError())
    }
  }
}

function lostError(): Error {
  return new Error('The lease ran out and is taken: the result will not count')
}
