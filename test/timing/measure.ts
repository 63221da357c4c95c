import type { Random } from '../fuzz/random.ts'
import type { Target } from './targets.ts'
import { type Comparison, compareTimings } from './welch.ts'

const pairsPerRound = 200
const warmUpRounds = 100
const percentile = 0.9
const nanosecondsPerMillisecond = 1e6

/** The verdict on a target's timings. */
export interface Measured extends Comparison {
  /** How long one verification takes, in nanoseconds. */
  readonly median: number
}

/** Items, the class of each, and how many milliseconds each took. */
interface Round<Item> {
  readonly items: readonly Item[]
  readonly classes: Uint8Array
  readonly elapsed: Float64Array
}

/** The timings of each class in nanoseconds beside their round's median, and those medians. */
interface Sink {
  readonly timings: readonly [Float64Array, Float64Array]
  readonly medians: number[]
}

/**
 * Times both classes of a target, `perClass` samples each. Each round makes fresh pairs, which leaves no item's
 * address or content time to weigh on the mean, and takes them in random order.
 */
export function measure<Item>(target: Target<Item>, perClass: number, random: Random): Measured {
  const sink: Sink = { timings: [new Float64Array(perClass), new Float64Array(perClass)], medians: [] }
  for (let round = 0; round < warmUpRounds; round++) runRound(target, pairsPerRound, random)
  for (let done = 0; done < perClass; done += pairsPerRound) {
    const pairs = Math.min(pairsPerRound, perClass - done)
    store(sink, done, runRound(target, pairs, random))
  }
  const [first, second] = sink.timings
  return { ...compareTimings(first, second, percentile), median: medianOf(Float64Array.from(sink.medians)) }
}

/** Makes items, and times them in random order. */
function runRound<Item>(target: Target<Item>, pairs: number, random: Random): Round<Item> {
  const round = makeRound(target, pairs, random)
  const { items, elapsed } = round
  const { repeats } = target
  for (const place of shuffled(items.length, random)) {
    const item = items[place] as Item
    let verdict: unknown
    const start = performance.now()
    for (let left = repeats; left > 0; left--) verdict = target.verify(item)
    elapsed[place] = (performance.now() - start) / repeats
    // A wrong signature that is refused for another reason would time something else.
    if (verdict !== target.expected) throw new Error(`${target.name} answered ${JSON.stringify(verdict)}`)
  }
  return round
}

/** Beside the median of both classes together: a shared machine is now fast, now slow, for many rounds. */
function store({ timings, medians }: Sink, done: number, { classes, elapsed }: Round<unknown>): void {
  const median = medianOf(elapsed)
  medians.push(median * nanosecondsPerMillisecond)
  for (let place = 0; place < elapsed.length; place++) {
    const ofClass = timings[classes[place] as 0 | 1]
    ofClass[done + (place >> 1)] = ((elapsed[place] as number) - median) * nanosecondsPerMillisecond
  }
}

const medianOf = (values: Float64Array): number => values.slice().sort()[values.length >> 1] as number

/** Pairs side by side; a coin's toss says which class comes first in time and in place. */
function makeRound<Item>(target: Target<Item>, pairs: number, random: Random): Round<Item> {
  const items: Item[] = new Array(2 * pairs)
  const classes = new Uint8Array(2 * pairs)
  for (let place = 0; place < items.length; place += 2) {
    const make = target.nextPair(random)
    const first = random.below(2) as 0 | 1
    const second = (1 - first) as 0 | 1
    items[place] = make(first)
    items[place + 1] = make(second)
    classes[place] = first
    classes[place + 1] = second
  }
  return { items, classes, elapsed: new Float64Array(2 * pairs) }
}

/** Fisher and Yates. */
function shuffled(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, at) => at)
  for (let at = length - 1; at > 0; at--) {
    const other = random.below(at + 1)
    const kept = order[at] as number
    order[at] = order[other] as number
    order[other] = kept
  }
  return order
}
