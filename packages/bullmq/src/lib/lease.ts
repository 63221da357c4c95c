import type { Clock } from '@acuse/core'

/** A delivery that is being handled here. */
export class RunningLease {
  readonly #leaseMs: number
  readonly #clock: Clock
  readonly #controller = new AbortController()
  readonly #givenUp: Promise<undefined>
  #giveUp = () => {}
  #cancelExpiry = () => {}

  constructor(leaseMs: number, clock: Clock) {
    this.#leaseMs = leaseMs
    this.#clock = clock
    this.#givenUp = new Promise((resolve) => {
      this.#giveUp = () => resolve(undefined)
    })
    this.renewed()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The handle's result; `undefined` when it is not waited for any more. */
  race<T>(handling: Promise<T>): Promise<T | undefined> {
    return Promise.race([handling, this.#givenUp])
  }

  /** With Redis away nobody says that the lease expired: it does so here, too. */
  renewed(): void {
    this.#cancelExpiry()
    this.#cancelExpiry = this.#clock.schedule(this.#leaseMs, () => this.lost())
  }

  lost(): void {
    this.#controller.abort(new Error('The lease was lost: another worker may have the delivery now'))
  }

  giveBack(): void {
    this.#controller.abort(new Error('The consumer was closed before the delivery was handled'))
    this.#giveUp()
  }

  end(): void {
    this.#cancelExpiry()
  }
}
