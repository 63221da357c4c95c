/** The comparison of two classes of timings. */
export interface Comparison {
  /** Welch's t; positive where the first class is slower. */
  readonly t: number
  /** How much slower the first class is on the mean, after cropping. */
  readonly difference: number
}

interface Moments {
  readonly count: number
  readonly mean: number
  readonly variance: number
}

/** Compares two classes of timings, without those above a percentile of both classes together. */
export function compareTimings(a: Float64Array, b: Float64Array, percentile: number): Comparison {
  const limit = percentileOf(a, b, percentile)
  const first = momentsBelow(a, limit)
  const second = momentsBelow(b, limit)
  const error = Math.sqrt(first.variance / first.count + second.variance / second.count)
  const difference = first.mean - second.mean
  return { t: difference / error, difference }
}

/** Over both classes: a limit of each class's own would hide a difference of theirs. */
function percentileOf(a: Float64Array, b: Float64Array, percentile: number): number {
  const all = new Float64Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  all.sort()
  return all[Math.min(all.length - 1, Math.floor(all.length * percentile))] as number
}

/** Welford's algorithm: sums of squares of a million large numbers lose digits. */
function momentsBelow(timings: Float64Array, limit: number): Moments {
  let count = 0
  let mean = 0
  let squares = 0
  for (const timing of timings) {
    if (timing > limit) continue
    count++
    const delta = timing - mean
    mean += delta / count
    squares += delta * (timing - mean)
  }
  return { count, mean, variance: squares / (count - 1) }
}
