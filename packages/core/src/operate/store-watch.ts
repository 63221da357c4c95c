import { askHealth } from '../inbox/ask-health.ts'
import type { InboxHealth } from '../inbox/health.ts'
import type { Inbox } from '../inbox/inbox.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import type { HealthSettings } from './health-options.ts'

/** A question that was not answered for so long is asked anew, in milliseconds: its answer may be lost. */
const lostMs = 30_000

/** The outcome of a look at an inbox. */
export type Looked =
  | {
      readonly status: 'answered'
      readonly health: InboxHealth
      /** How long every look has found all of it, in milliseconds. */
      readonly reachableMs: number
    }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'timed out' }

/** Asks one inbox how it is; while it does not answer, it is not asked again. */
export class StoreWatch {
  readonly #inbox: Inbox
  readonly #settings: HealthSettings
  #asked: { readonly at: number; readonly answer: Promise<InboxHealth> } | undefined
  #reachableSince: number | undefined
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(inbox: Inbox, settings: HealthSettings) {
    this.#inbox = inbox
    this.#settings = settings
  }

  /** Never rejects. */
  async look(): Promise<Looked> {
    const { clock, checkTimeoutMs } = this.#settings
    try {
      const health = await withDeadline(this.#ask(clock.monotonic()), checkTimeoutMs, clock)
      if (health !== timedOut) return this.#answered(health, clock.monotonic())
      this.#reachableSince = undefined
      return { status: 'timed out' }
    } catch (error) {
      this.#reachableSince = undefined
      return { status: 'failed', error }
    }
  }

  #ask(at: number): Promise<InboxHealth> {
    if (this.#asked && at - this.#asked.at < lostMs) return this.#asked.answer
    const { minFreeBytes } = this.#settings
    const asked = { at, answer: askHealth(this.#inbox, { minFreeBytes }) }
    const forget = (): void => {
      if (this.#asked === asked) this.#asked = undefined
    }
    asked.answer.then(forget, forget)
    this.#asked = asked
    return asked.answer
  }

  #answered(health: InboxHealth, now: number): Looked {
    // What was between two looks so far apart, nobody knows.
    if (now - this.#lookedAt > this.#settings.maxSilentMs) this.#reachableSince = undefined
    this.#lookedAt = now
    // The worker is the primary's.
    if (health.problems.some(({ code }) => code === 'primary-unreachable')) this.#reachableSince = undefined
    else this.#reachableSince ??= now
    return { status: 'answered', health, reachableMs: now - (this.#reachableSince ?? now) }
  }
}
