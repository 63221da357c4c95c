/** Promises that all wait for the same moment. */
export class Waiters {
  readonly #resolves = new Set<() => void>()

  get isEmpty(): boolean {
    return this.#resolves.size === 0
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.#resolves.add(resolve))
  }

  /** It is here. */
  release(): void {
    for (const resolve of this.#resolves) resolve()
    this.#resolves.clear()
  }
}
