import type { LeasedDelivery } from './lease-source.ts'
import type { Worker } from './worker.ts'

/** A delivery that is being accepted. */
export interface Arrival<Leased extends LeasedDelivery = LeasedDelivery> {
  /** Whether it has a place at the worker: then it is written down as leased. */
  readonly isPlaced: boolean
  /** It was. */
  fill(leased: Leased): void
  /** It is accepted, or it is not. */
  end(): void
}

/**
 * For stores that write a delivery down as leased at once: deliveries of one endpoint that are being accepted beside its worker. Those that find a place there are written down once
 * instead of twice, and not read again; behind one that found none all wait, as they came.
 */
export class Arrivals<Leased extends LeasedDelivery = LeasedDelivery> {
  readonly #worker: Pick<Worker<Leased>, 'reserve'>
  #unplaced = 0

  /** @param worker of the endpoint */
  constructor(worker: Pick<Worker<Leased>, 'reserve'>) {
    this.#worker = worker
  }

  /** A delivery of this type is about to be accepted. */
  begin(type: string): Arrival<Leased> {
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
