import type { Figure } from './alert.ts'

interface Slot {
  readonly number: number
  sum: number
  count: number
}

/** A window has so many slots: what is in it is of the last nine to ten tenths of its length. */
export const slotsPerWindow = 10

/** A sum and a count of what was measured within the last while. */
export class SlidingWindow {
  readonly #slotMs: number
  #slots: Slot[] = []

  constructor(windowMs: number) {
    this.#slotMs = windowMs / slotsPerWindow
  }

  /** Adds a measurement at a time, in milliseconds that never step back. */
  add(value: number, now: number): void {
    const number = Math.floor(now / this.#slotMs)
    let slot = this.#slots.at(-1)
    if (slot?.number !== number) {
      slot = { number, sum: 0, count: 0 }
      this.#slots.push(slot)
    }
    slot.sum += value
    slot.count++
  }

  /** The sum of what is in the window, and of how many it is. */
  read(now: number): Figure {
    const first = Math.floor(now / this.#slotMs) - slotsPerWindow + 1
    this.#slots = this.#slots.filter(({ number }) => number >= first)
    return this.#slots.reduce(
      (total, { sum, count }) => ({ value: total.value + sum, of: total.of + count }),
      { value: 0, of: 0 },
    )
  }
}
