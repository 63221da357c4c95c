/** What a figure counts. Less is better, except where a unit is `per second` or `share`. */
export type Unit =
  | 'ns'
  | 'us of CPU'
  | 'ms'
  | 'ms of CPU'
  | 'per second'
  | 'events'
  | 'share'
  | 'bytes'
  | 'KiB gzip'

/** One thing that was measured, once a round. */
export interface Figure {
  /** Section, group and candidate, such as `verify/436 B/ours`. */
  readonly id: string
  readonly unit: Unit
  /** A value a round; figures of one group were measured in turns, so that round `n` of one belongs to round `n` of another. */
  readonly samples: readonly number[]
  /** Calls, requests or events of all rounds together. */
  readonly n: number
  /** The machine was not quiet meanwhile, whatever was tried. */
  readonly disturbed?: boolean
}

/** What was not measured, and the reason. */
export interface LeftOut {
  readonly id: string
  readonly why: string
}

/** What a section hands back. */
export interface SectionResult {
  readonly figures: readonly Figure[]
  readonly leftOut: readonly LeftOut[]
}

/** A whole run, as it is written down. */
export interface Results extends SectionResult {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly seed: number
  readonly form: Form
  readonly startedAt: string
  readonly tookMs: number
}

/** The length of a run. */
export type Form = 'quick' | 'long'

/** A value with its quartiles over the rounds. */
interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** The value below which a share of the others lies, interpolated between neighbours. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) }
}

/** Reads figures by id; `undefined` where one was not measured. */
export interface Reader {
  figure(id: string): Figure | undefined
  median(id: string): number | undefined
  /** One divided by the other, round by round. */
  ratio(id: string, to: string): Spread | undefined
}

export function readerOf({ figures }: SectionResult): Reader {
  const byId = new Map(figures.map((figure) => [figure.id, figure]))
  return {
    figure: (id) => byId.get(id),
    median(id) {
      const found = byId.get(id)
      return found && median(found.samples)
    },
    ratio(id, to) {
      const one = byId.get(id)?.samples
      const other = byId.get(to)?.samples
      if (one === undefined || other === undefined) return undefined
      const ratios = one.slice(0, other.length).map((value, at) => value / (other[at] ?? Number.NaN))
      return spreadOf(ratios)
    },
  }
}
