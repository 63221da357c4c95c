import type { HighWaterMarkObservation } from '../../model/observation.ts'

type Resource = HighWaterMarkObservation['resource']

const highWaterFrom = 0.8

/** Tells once when a resource passes 80 % of its bound, and again after it was below. */
export class HighWaterGauge {
  readonly #over = new Set<Resource>()

  watch(used: { readonly [Name in Resource]: number }, tell: (resource: Resource) => void): void {
    this.#one('idempotencyKeys', used.idempotencyKeys, tell)
    this.#one('deliveries', used.deliveries, tell)
    this.#one('bytes', used.bytes, tell)
  }

  #one(resource: Resource, used: number, tell: (resource: Resource) => void): void {
    if (used < highWaterFrom) this.#over.delete(resource)
    else if (!this.#over.has(resource)) {
      this.#over.add(resource)
      tell(resource)
    }
  }
}
