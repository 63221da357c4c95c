/** How far one delivery may hold up others. */
export interface Suspicion {
  /** How many of its attempts came to no result. */
  readonly crashes: number
  /** How many more may come to none, this one included. */
  readonly left: number
}

/** A delivery that may run. */
export interface Pass {
  /** Resolves when the results of those before it, which it could take with it, are written down. */
  readonly ready: Promise<unknown>
  /** Lets the next ones in; they are not to run before `settled`. Once: what is said later is ignored. */
  leave(settled?: Promise<unknown>): void
}

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
  readonly #settling = new Set<Promise<unknown>>()

  /** Resolves when it may run beside what runs, first come, first served; to nothing when it does not want to any more. */
  enter({ crashes, left }: Suspicion, givenUp: Promise<unknown>): Promise<Pass | undefined> {
    const most = crashes === 0 ? Number.POSITIVE_INFINITY : 2 ** (left - 1)
    return new Promise((resolve) => {
      const waiting = { most, enter: () => resolve(this.#toPass(most)) }
      this.#waiting.push(waiting)
      this.#admit()
      void givenUp.then(() => {
        const at = this.#waiting.indexOf(waiting)
        if (at < 0) return
        this.#waiting.splice(at, 1)
        resolve(undefined)
        this.#admit()
      })
    })
  }

  #toPass(most: number): Pass {
    let isIn = true
    return {
      ready: Promise.all(this.#settling),
      leave: (settled) => {
        if (!isIn) return
        isIn = false
        if (settled) this.#await(settled)
        this.#running--
        const others = (this.#most.get(most) ?? 0) - 1
        if (others > 0) this.#most.set(most, others)
        else this.#most.delete(most)
        this.#admit()
      },
    }
  }

  #await(settled: Promise<unknown>): void {
    const end = () => void this.#settling.delete(ended)
    const ended: Promise<void> = settled.then(end, end)
    this.#settling.add(ended)
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
