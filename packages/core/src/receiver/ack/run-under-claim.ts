import type { DedupeStore } from '../../dedupe/dedupe-store.ts'
import type { Handle, HandleResult } from '../../inbox/inbox.ts'
import { runHandle } from '../../inbox/run-handle.ts'
import { timedOut, withDeadline } from '../../lib/deadline.ts'
import { pause } from '../../lib/pace.ts'
import { about, tell } from '../../lib/tell.ts'
import type { Awaitable } from '../../model/awaitable.ts'
import type { Clock } from '../../model/clock.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { Observer } from '../../model/observation.ts'

/** Dependencies of a run. */
export interface RunSettings {
  readonly handle: Handle
  readonly dedupe: DedupeStore
  readonly observer: Observer
  readonly leaseMs: number
  /** The longest wait for one call of the store. */
  readonly acceptTimeoutMs: number
  readonly minRetentionMs: number
  readonly clock: Clock
}

/** The outcome of a delivery's handlers. */
interface RunResult {
  readonly handled: boolean
  /** The answer of the event's responder, as JSON. */
  readonly response?: string | undefined
}

/** One run of a delivery's handlers, under its lease. */
export interface HandledRun {
  readonly bodyHash: string
  /** The outcome of the handlers. Never rejects. */
  readonly finished: Promise<RunResult>
  /** When the store was told once, with success or without. Never rejects. */
  readonly told: Promise<void>
  /** When the store knows it, or nobody will tell it any more. Never rejects. */
  readonly settled: Promise<void>
  /** Tells the handlers that their result will not count any more. */
  abandon(): void
}

/** Runs the handlers of a claimed delivery; then commits, or releases. */
export function startRun(delivery: Delivery, token: string, settings: RunSettings): HandledRun {
  const run = new Run(delivery, token, settings)
  const finished = run.finish()
  const told = finished.then((result) => run.tell(result))
  const settled = told.then(() => run.settled)
  return { bodyHash: delivery.bodyHash, finished, told, settled, abandon: () => run.abandon() }
}

const commitAgainMs = 500

class Run {
  readonly #delivery: Delivery
  #token: string
  readonly #settings: RunSettings
  readonly #gaveUp = new AbortController()
  #cancelExtension: (() => void) | undefined
  #isExtending = false
  settled: Promise<void> = Promise.resolve()

  constructor(delivery: Delivery, token: string, settings: RunSettings) {
    this.#delivery = delivery
    this.#token = token
    this.#settings = settings
  }

  abandon(): void {
    this.#stopExtending()
    this.#gaveUp.abort(new Error('close() timed out before the handlers finished'))
  }

  async finish(): Promise<RunResult> {
    this.#extendLater()
    const { signal } = this.#gaveUp
    const lease = { attempt: 1, completed: [], signal }
    const result = await runHandle(this.#settings.handle, this.#delivery, lease)
    this.#observe(result)
    return result.status === 'done' ? { handled: true, response: result.response } : { handled: false }
  }

  async tell({ handled, response }: RunResult): Promise<void> {
    if (!handled) return this.#release()
    if (await this.#tryCommit(response)) this.#stopExtending()
    else this.settled = this.#commitUntilDecided(response)
  }

  /** Leases are short, so that a crash frees the idempotency key while the sender still retries. */
  #extendLater(): void {
    const { clock, leaseMs } = this.#settings
    this.#cancelExtension = clock.schedule(leaseMs / 3, () => {
      this.#extendLater()
      void this.#extend()
    })
  }

  #stopExtending(): void {
    this.#cancelExtension?.()
  }

  async #extend(): Promise<void> {
    const { dedupe, leaseMs } = this.#settings
    if (this.#isExtending) return
    this.#isExtending = true
    try {
      if (await this.#inTime(() => dedupe.extend(this.#delivery.id, this.#token, { leaseMs }))) return
    } catch {
      // The store is away; the next turn may find it back before the lease ends.
      return
    } finally {
      this.#isExtending = false
    }
    this.#stopExtending()
    this.#gaveUp.abort(new Error('The lease was lost: another process may be handling the event'))
  }

  /** The handlers have succeeded, whatever the store says: it is told until it has decided. */
  async #commitUntilDecided(response: string | undefined): Promise<void> {
    while (!this.#gaveUp.signal.aborted) {
      await pause(commitAgainMs, this.#settings.clock)
      if (await this.#tryCommit(response)) break
    }
    this.#stopExtending()
  }

  /** Whether the store has decided. Never rejects. */
  async #tryCommit(result: string | undefined): Promise<boolean> {
    const { dedupe, leaseMs, minRetentionMs: retentionMs } = this.#settings
    const { id, bodyHash } = this.#delivery
    const commit = () => this.#inTime(() => dedupe.commit(id, this.#token, { retentionMs, result }))
    try {
      if (await commit()) return true
      // The lease ran out. Where nobody has taken it since, it is ours again; another run that is on its way may fail.
      const claim = await this.#inTime(() => dedupe.claim(id, { bodyHash, leaseMs }))
      if (claim.status !== 'claimed') return claim.status === 'committed' || claim.status === 'conflict'
      this.#token = claim.token
      return await commit()
    } catch {
      return false
    }
  }

  /** Where it cannot be told, the lease runs out. */
  async #release(): Promise<void> {
    this.#stopExtending()
    const { dedupe } = this.#settings
    await this.#inTime(() => dedupe.release(this.#delivery.id, this.#token)).catch(() => undefined)
  }

  /** No call is waited for longer than one may take: one that hangs would hold the run for ever. */
  async #inTime<T>(call: () => Awaitable<T>): Promise<T> {
    const { acceptTimeoutMs, clock } = this.#settings
    const value = await withDeadline((async () => call())(), acceptTimeoutMs, clock)
    if (value === timedOut) throw new Error(`The dedupe store did not answer within ${acceptTimeoutMs} ms`)
    return value
  }

  #observe(result: HandleResult): void {
    const { observer } = this.#settings
    const attempt = { ...about(this.#delivery), attempt: 1, ...result.measures }
    if (result.status === 'done') tell(observer, { type: 'handled', ...attempt, handlers: result.handlers })
    else tell(observer, { type: 'failed', ...attempt, error: result.error })
  }
}
