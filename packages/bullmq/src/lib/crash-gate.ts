/** Waits at the gate. */
interface Waiting {
  readonly most: number
  readonly enter: () => void
}

/**
 * How many deliveries run at once, beside one that may end their process: each crash costs all that run an attempt,
 * so the fewer a delivery has left, the fewer it runs beside. With its last one it runs alone, and dies of no other.
 */
export class CrashGate {
  #running = 0
  /** How many of those that run allow so many at once. */
  readonly #most = new Map<number, number>()
  readonly #waiting: Waiting[] = []

  /** Resolves when it may run beside what runs, first come, first served; `false` when it does not want to any more. */
  enter(crashes: number, left: number, givenUp: Promise<unknown>): Promise<boolean> {
    const most = crashes === 0 ? Number.POSITIVE_INFINITY : 2 ** (left - 1)
    return new Promise((resolve) => {
      const waiting = { most, enter: () => resolve(true) }
      this.#waiting.push(waiting)
      this.#admit()
      void givenUp.then(() => {
        const at = this.#waiting.indexOf(waiting)
        if (at < 0) return
        this.#waiting.splice(at, 1)
        resolve(false)
        this.#admit()
      })
    })
  }

  leave(crashes: number, left: number): void {
    const most = crashes === 0 ? Number.POSITIVE_INFINITY : 2 ** (left - 1)
    this.#running--
    const others = (this.#most.get(most) ?? 0) - 1
    if (others > 0) this.#most.set(most, others)
    else this.#most.delete(most)
    this.#admit()
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (this.#running + 1 > Math.min(next.most, ...this.#most.keys())) return
      this.#waiting.shift()
      this.#running++
      this.#most.set(next.most, (this.#most.get(next.most) ?? 0) + 1)
      next.enter()
    }
  }
}
