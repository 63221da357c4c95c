import type { Clock } from '@acuse/core'

/** How long nothing is looked at after a call that failed, in milliseconds. */
const failedMs = 1_000

/** Dependencies of a regular check. */
export interface CheckSetup {
  readonly clock: Clock
  readonly everyMs: number
  /** Looks once; returns in how many milliseconds to look again. */
  readonly look: () => Promise<number>
  readonly onError: (error: unknown) => void
}

/** Looks now, and again and again, one look at a time, until it is stopped. */
export class RegularCheck {
  readonly #setup: CheckSetup
  #isLooking = false
  #isAsked = false
  #isStopped = false
  #cancel = () => {}

  constructor(setup: CheckSetup) {
    this.#setup = setup
    this.now()
  }

  now(): void {
    this.#isAsked = true
    if (!this.#isLooking) void this.#look()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  async #look(): Promise<void> {
    const { clock, everyMs, look, onError } = this.#setup
    this.#isLooking = true
    this.#cancel()
    let nextMs = everyMs
    while (this.#isAsked && !this.#isStopped) {
      this.#isAsked = false
      try {
        nextMs = await look()
      } catch (error) {
        nextMs = Math.max(everyMs, failedMs)
        if (!this.#isStopped) onError(error)
      }
    }
    this.#isLooking = false
    if (!this.#isStopped) this.#cancel = clock.schedule(nextMs, () => this.now())
  }
}
