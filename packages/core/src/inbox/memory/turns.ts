import { setImmediate } from 'node:timers'
import type { Clock } from '../../model/clock.ts'

/** How long what returns at once may follow itself before the loop turns, in milliseconds. */
const turnMs = 5

/** Does something again and again without holding the event loop. */
export class Turns {
  readonly #clock: Clock
  readonly #act: () => void
  #scheduled = false
  #beganAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, act: () => void) {
    this.#clock = clock
    this.#act = act
  }

  /** Later, so that the answer is written before handlers take the thread. */
  later(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#beganAt = this.#clock.monotonic()
      this.#act()
    })
  }

  /** The deliveries accepted in one turn of the loop may be more than `concurrency`: quick handlers must keep up with it. */
  goOn(): void {
    if (this.#clock.monotonic() - this.#beganAt < turnMs) this.#act()
    else this.later()
  }
}
