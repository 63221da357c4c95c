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
  #isNothingWaiting = false
  #news = 0

  constructor(turns: Pick<Turns, 'later' | 'soon'>) {
    this.#turns = turns
  }

  /** How many are kept, those included that are filled and not yet taken. */
  get kept(): number {
    return this.#kept
  }

  /** Whether the last look found nothing that waits, which would be overtaken, and nothing has come since it began. */
  get isNothingWaiting(): boolean {
    return this.#isNothingWaiting
  }

  /** Something may wait. */
  somethingCame(): void {
    this.#news++
    this.#isNothingWaiting = false
  }

  /** Begins a look; what is returned takes what it found. */
  look(): (isNothingWaiting: boolean) => void {
    const before = this.#news
    return (isNothingWaiting) => {
      this.#isNothingWaiting = isNothingWaiting && this.#news === before
    }
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
