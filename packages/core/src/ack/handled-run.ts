import type { DedupeStore } from '../dedupe/store.ts'
import type { Delivery } from '../delivery.ts'
import type { Handle, HandleResult } from '../inbox/inbox.ts'
import { runHandle } from '../inbox/run-handle.ts'
import type { Clock } from '../lib/clock.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { pause } from '../lib/pace.ts'
import { about, type Observer, tell } from '../signal.ts'

/** What a run works with. */
export interface RunSettings {
  readonly handle: Handle
  readonly dedupe: DedupeStore
  readonly observer: Observer
  readonly leaseMs: number
  /** The longest wait for one call of the store before the answer. */
  readonly acceptTimeoutMs: number
  readonly minRetentionMs: number
  readonly clock: Clock
}

/** What the handlers of a delivery came to. */
interface RunResult {
  readonly handled: boolean
  /** What the event's responder answered, as JSON. */
  readonly response?: string | undefined
}

/** One run of a delivery's handlers, under its lease. */
export interface HandledRun {
  readonly fingerprint: string
  /** When the answer can be given. Never rejects. */
  readonly finished: Promise<RunResult>
  /** When the store knows it too, or nobody will tell it any more. Never rejects. */
  readonly settled: Promise<void>
  /** Tells the handlers that their result will not count any more. */
  abandon(): void
}

/** Runs the handlers of a claimed delivery; then commits, or releases. */
export function startRun(delivery: Delivery, token: string, settings: RunSettings): HandledRun {
  const run = new Run(delivery, token, settings)
  const finished = run.finish()
  const settled = finished.then(() => run.settled)
  return { fingerprint: delivery.fingerprint, finished, settled, abandon: () => run.abandon() }
}

const commitAgainMs = 500

class Run {
  readonly #delivery: Delivery
  #token: string
  readonly #settings: RunSettings
  readonly #gaveUp = new AbortController()
  #cancelExtension: (() => void) | undefined
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
    const result = await this.#handle()
    if (result.status === 'done') await this.#commit(result.response)
    else await this.#release()
    this.#tell(result)
    return result.status === 'done' ? { handled: true, response: result.response } : { handled: false }
  }

  #handle(): Promise<HandleResult> {
    const { signal } = this.#gaveUp
    return runHandle(this.#settings.handle, this.#delivery, { attempt: 1, completed: [], signal })
  }

  /** Leases are short, so that a crash frees the identity while the sender still retries. */
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
    try {
      if (await dedupe.extend(this.#delivery.id, this.#token, { leaseMs })) return
    } catch {
      // The store is away; the next turn may find it back before the lease ends.
      return
    }
    this.#stopExtending()
    this.#gaveUp.abort(new Error('The lease was lost: another process may be handling the event'))
  }

  /**
   * The handlers have succeeded, whatever the store says: the answer is 200 even when the commit is not known to
   * be made, and the commit is tried until it is decided.
   */
  async #commit(response: string | undefined): Promise<void> {
    const { acceptTimeoutMs, clock } = this.#settings
    const first = this.#tryCommit(response)
    if ((await withDeadline(first, acceptTimeoutMs, clock)) === true) return this.#stopExtending()
    this.settled = this.#commitUntilDecided(first, response)
  }

  async #commitUntilDecided(first: Promise<boolean>, response: string | undefined): Promise<void> {
    const { clock } = this.#settings
    let decided = await first
    while (!decided && !this.#gaveUp.signal.aborted) {
      await pause(commitAgainMs, clock)
      decided = await this.#tryCommit(response)
    }
    this.#stopExtending()
  }

  /** Whether the store has decided. Never rejects. */
  async #tryCommit(result: string | undefined): Promise<boolean> {
    const { dedupe, leaseMs, minRetentionMs: retentionMs } = this.#settings
    const { id, fingerprint } = this.#delivery
    try {
      if (await dedupe.commit(id, this.#token, { retentionMs, result })) return true
      // The lease ran out. Where nobody has taken it since, it is ours again; else another run is on its way.
      const claim = await dedupe.claim(id, { fingerprint, leaseMs })
      if (claim.status !== 'claimed') return true
      this.#token = claim.token
      return await dedupe.commit(id, claim.token, { retentionMs, result })
    } catch {
      return false
    }
  }

  async #release(): Promise<void> {
    const { dedupe, acceptTimeoutMs, clock } = this.#settings
    this.#stopExtending()
    const released = (async () => dedupe.release(this.#delivery.id, this.#token))()
    // Where it cannot be told, the lease runs out.
    await withDeadline(released, acceptTimeoutMs, clock).catch(() => timedOut)
  }

  #tell(result: HandleResult): void {
    const { observer } = this.#settings
    const attempt = { ...about(this.#delivery), attempt: 1 }
    if (result.status === 'done') tell(observer, { type: 'handled', ...attempt, handlers: result.handlers })
    else tell(observer, { type: 'failed', ...attempt, error: result.error })
  }
}
