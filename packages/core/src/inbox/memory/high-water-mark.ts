import type { PressureSignal } from '../../model/observation.ts'

type Resource = PressureSignal['resource']

const pressureFrom = 0.8

/** Tells once when a resource passes 80 % of its bound, and again after it was below. */
export class PressureGauge {
  readonly #over = new Set<Resource>()

  watch(used: { readonly [Name in Resource]: number }, tell: (resource: Resource) => void): void {
    this.#one('identities', used.identities, tell)
    this.#one('deliveries', used.deliveries, tell)
    this.#one('bytes', used.bytes, tell)
  }

  #one(resource: Resource, used: number, tell: (resource: Resource) => void): void {
    if (used < pressureFrom) this.#over.delete(resource)
    else if (!this.#over.has(resource)) {
      this.#over.add(resource)
      tell(resource)
    }
  }
}
