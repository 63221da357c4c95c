import type { LeasedDelivery } from './lease-source.ts'
import type { Turns } from './turns.ts'

/** A place at a worker for a delivery that is being accepted in this process; it is filled or left, once. */
export interface Place<Leased extends LeasedDelivery = LeasedDelivery> {
  /** The delivery was written down as leased: it is run in the next turn of the event loop. */
  fill(leased: Leased): void
  /** It was not. */
  leave(): void
}

/** The places of a worker that are kept for deliveries which are being accepted. */
export class Places<Leased extends LeasedDelivery> {
  readonly #turns: Pick<Turns, 'later' | 'soon'>
  #filled: Leased[] = []
  #kept = 0
  /** Whether the last look found nothing that waits, which would be overtaken. */
  isNothingWaiting = false

  constructor(turns: Pick<Turns, 'later' | 'soon'>) {
    this.#turns = turns
  }

  /** How many are kept, those included that are filled and not yet taken. */
  get kept(): number {
    return this.#kept
  }

  keep(): Place<Leased> {
    this.#kept++
    return {
      fill: (leased) => {
        this.#filled.push(leased)
        this.#turns.later()
      },
      leave: () => {
        this.#kept--
        this.#turns.soon()
      },
    }
  }

  takeFilled(): readonly Leased[] {
    const filled = this.#filled
    this.#filled = []
    this.#kept -= filled.length
    return filled
  }
}
