import type { Observation } from '@acuse/core'

const minuteMs = 60_000
const mostProviders = 64

/** What is counted of a provider in each minute. */
const measures = ['accepted', 'duplicate', 'failed', 'rejected', 'lagged', 'lagMs'] as const

/** The name of a count; `lagMs` is a sum, and `lagged` how many it is of. */
type Measure = (typeof measures)[number]

/** Counts of the last minutes, oldest first. */
export type Series = { readonly [Name in Measure]: readonly number[] }

/** Counts by minute and provider, of the last hours, in a memory that does not grow. */
export class Counters {
  readonly #minutes: number
  readonly #providers = new Map<string, Ring>()

  constructor(minutes: number) {
    this.#minutes = minutes
  }

  /** Counts an observation. */
  add(observation: Observation, now: number): void {
    const counted = measureOf[observation.type]
    const lagMs = 'lagMs' in observation ? observation.lagMs : undefined
    if (counted === undefined && lagMs === undefined) return
    const ring = this.#ringOf(observation.provider)
    const minute = Math.floor(now / minuteMs)
    if (counted !== undefined) ring.add(minute, counted, 1)
    if (lagMs === undefined) return
    ring.add(minute, 'lagged', 1)
    ring.add(minute, 'lagMs', lagMs)
  }

  /** The counts of each provider in the last minutes, in order of their names. */
  read(now: number, minutes: number): readonly { readonly provider: string; readonly series: Series }[] {
    const last = Math.floor(now / minuteMs)
    return [...this.#providers]
      .map(([provider, ring]) => ({ provider, series: ring.read(last, minutes) }))
      .sort((one, other) => one.provider.localeCompare(other.provider))
  }

  #ringOf(provider: string): Ring {
    const name = this.#providers.has(provider) || this.#providers.size < mostProviders ? provider : '…'
    const ring = this.#providers.get(name) ?? new Ring(this.#minutes)
    this.#providers.set(name, ring)
    return ring
  }
}

const measureOf: Partial<Readonly<Record<Observation['type'], Measure>>> = {
  accepted: 'accepted',
  duplicate: 'duplicate',
  rejected: 'rejected',
  retried: 'failed',
  failed: 'failed',
  dead: 'failed',
}

/** One place for each minute; a place is emptied when its minute comes round again. */
class Ring {
  readonly #counts: { readonly [Name in Measure]: Float64Array }
  readonly #minuteOf: Float64Array

  constructor(minutes: number) {
    const empty = (): Float64Array => new Float64Array(minutes)
    this.#counts = {
      accepted: empty(),
      duplicate: empty(),
      failed: empty(),
      rejected: empty(),
      lagged: empty(),
      lagMs: empty(),
    }
    this.#minuteOf = empty().fill(Number.NaN)
  }

  add(minute: number, measure: Measure, count: number): void {
    const at = minute % this.#minuteOf.length
    if (this.#minuteOf[at] !== minute) {
      for (const name of measures) this.#counts[name][at] = 0
      this.#minuteOf[at] = minute
    }
    this.#counts[measure][at] = (this.#counts[measure][at] ?? 0) + count
  }

  read(last: number, minutes: number): Series {
    const read = (measure: Measure): number[] =>
      Array.from({ length: minutes }, (_, n) => {
        const minute = last - minutes + 1 + n
        const at = minute % this.#minuteOf.length
        return this.#minuteOf[at] === minute ? (this.#counts[measure][at] ?? 0) : 0
      })
    return {
      accepted: read('accepted'),
      duplicate: read('duplicate'),
      failed: read('failed'),
      rejected: read('rejected'),
      lagged: read('lagged'),
      lagMs: read('lagMs'),
    }
  }
}
