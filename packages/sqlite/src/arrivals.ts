import type { Worker } from '@acuse/core/inbox-kit'
import type { Leased } from './leases.ts'

/** A delivery that is being accepted. */
export interface Arrival {
  /** Whether it has a place at the worker: then it is written down as leased. */
  readonly isPlaced: boolean
  /** It was. */
  fill(leased: Leased): void
  /** It is accepted, or it is not. */
  end(): void
}

/**
 * Deliveries of one endpoint that are being accepted beside its worker. Those that find a place there are written down once
 * instead of twice, and not read again; behind one that found none all wait, as they came.
 */
export class Arrivals {
  readonly #worker: Worker<Leased>
  #unplaced = 0

  constructor(worker: Worker<Leased>) {
    this.#worker = worker
  }

  begin(type: string): Arrival {
    const place = this.#unplaced === 0 ? this.#worker.reserve(type) : undefined
    if (!place) this.#unplaced++
    let isFilled = false
    return {
      isPlaced: place !== undefined,
      fill(leased) {
        isFilled = true
        place?.fill(leased)
      },
      end: () => {
        if (!place) this.#unplaced--
        else if (!isFilled) place.leave()
      },
    }
  }
}
