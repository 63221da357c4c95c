import type { Clock } from '../../model/clock.ts'

/** Entries that wait for their time, each with a timer. */
export class DelayedEntries<Entry> {
  readonly #clock: Clock
  readonly #timers = new Map<Entry, () => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#timers.size
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.#timers.keys()
  }

  /** `onDue` is called with it after so many milliseconds, unless it is taken before. */
  add(entry: Entry, delayMs: number, onDue: (entry: Entry) => void): void {
    const cancel = this.#clock.schedule(delayMs, () => {
      this.#timers.delete(entry)
      onDue(entry)
    })
    this.#timers.set(entry, cancel)
  }

  /** All of them, before their time. */
  takeAll(): Entry[] {
    const entries = [...this]
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    return entries
  }
}
