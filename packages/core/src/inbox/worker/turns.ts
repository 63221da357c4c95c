import { setImmediate } from 'node:timers'
import type { Clock } from '../../model/clock.ts'

/** How long what returns at once may follow itself before the loop turns, in milliseconds. */
const turnMs = 5

/** Does something again and again without holding the event loop. */
export class Turns {
  readonly #clock: Clock
  readonly #act: () => void
  #isComing = false
  #beganAt: number | undefined

  constructor(clock: Clock, act: () => void) {
    this.#clock = clock
    this.#act = act
  }

  /** Acts in the next turn of the event loop, so that the answer is written before handlers run. */
  later(): void {
    if (this.#isComing) return
    this.#isComing = true
    setImmediate(() => this.#come())
  }

  /** In this turn, once for all that ask in it; in the next one when this has taken long. */
  soon(): void {
    if (this.#isComing) return
    if (this.#beganAt === undefined) {
      this.#beganAt = this.#clock.monotonic()
      setImmediate(() => {
        this.#beganAt = undefined
      })
    } else if (this.#clock.monotonic() - this.#beganAt >= turnMs) {
      this.later()
      return
    }
    this.#isComing = true
    queueMicrotask(() => this.#come())
  }

  #come(): void {
    this.#isComing = false
    this.#act()
  }
}
