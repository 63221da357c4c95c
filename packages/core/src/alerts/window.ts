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
  readonly #slots: Slot[] = []
  #sum = 0
  #count = 0

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
    this.#sum += value
    this.#count++
  }

  /** The sum of what is in the window, and of how many it is. */
  read(now: number): Figure {
    const first = Math.floor(now / this.#slotMs) - slotsPerWindow + 1
    for (let slot = this.#slots[0]; slot && slot.number < first; slot = this.#slots[0]) {
      this.#slots.shift()
      this.#sum -= slot.sum
      this.#count -= slot.count
    }
    // What was subtracted may leave a rounding error behind.
    return this.#count === 0 ? { value: 0, of: 0 } : { value: this.#sum, of: this.#count }
  }
}
