/**
 * Deliveries whose last attempt came to no result, and that run again here: one of them may be what ended its
 * process. How many of them a process may hold together is halved by each such end, so that innocent ones are soon
 * apart from it, and all the others go on.
 */
export class PossiblePoison {
  readonly #running = new Map<number, number>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** How many may run together with those that do. */
  get atOnce(): number {
    let least = Number.POSITIVE_INFINITY
    for (const atOnce of this.#running.keys()) least = Math.min(least, atOnce)
    return least
  }

  add(atOnce: number | undefined): void {
    this.#change(atOnce, 1)
  }

  remove(atOnce: number | undefined): void {
    this.#change(atOnce, -1)
  }

  #change(atOnce: number | undefined, by: number): void {
    if (atOnce === undefined) return
    this.#count += by
    const count = (this.#running.get(atOnce) ?? 0) + by
    if (count === 0) this.#running.delete(atOnce)
    else this.#running.set(atOnce, count)
  }
}

const narrowing = 8

/**
 * How many of those that ended together a process may hold the next time. Before the last time that an attempt may
 * come to no result, 0: nothing runs beside it then, so that it dies of nothing but itself.
 * @param before how many it could be this time; `undefined`: it was no possible poison message
 * @param together how many ended together
 * @param left how many more attempts may come to no result
 */
export function atOnceAfter(before: number | undefined, together: number, left: number): number {
  if (left <= 1) return 0
  const size = Math.min(before ?? together, together)
  return Math.max(1, Math.min(Math.ceil(size / 2), narrowing ** (left - 1)))
}
