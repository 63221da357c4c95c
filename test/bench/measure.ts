// Own code, because tinybench and mitata run one candidate to its end before the next: a machine that changes its pace
// between them decides who is faster. Here candidates take turns within each round, and ratios are taken per round.
import type { Figure } from './figures.ts'

/** Calls, made ready outside of the timed part. */
type Timed = () => void | Promise<void>

/** One of those that are compared. */
export interface Candidate {
  readonly name: string
  /** Makes so many calls ready; the function that it gives makes them. */
  prepare(calls: number): Timed | Promise<Timed>
  /** Ends what a round left behind, before the next candidate's turn. */
  readonly after?: () => Promise<void>
  /** The fewest calls of a round, where the first ones cost more. */
  readonly minCalls?: number
  /** The most calls of a round, where what is made ready is bounded. */
  readonly maxCalls?: number
}

/** How long and how often is measured. */
export interface Effort {
  readonly rounds: number
  /** The time that a round of one candidate should take, in milliseconds. */
  readonly roundMs: number
  /** For how long each candidate runs before, in milliseconds: what is compiled late is slow until then. */
  readonly warmUpMs: number
  /** Which candidate begins: the seed. Default 0. */
  readonly firstTurn?: number
}

interface Runner {
  readonly candidate: Candidate
  readonly calls: number
  readonly wall: number[]
  readonly cpu: number[]
}

const firstCalls = 8

/** A synchronous function that is called again and again with the same input. */
export function repeated(name: string, call: () => unknown): Candidate {
  return {
    name,
    prepare: (calls) => () => {
      for (let left = calls; left > 0; left--) kept.result = call()
    },
  }
}

/** The same of one that answers with a promise. */
export function repeatedAsync(name: string, call: () => Promise<unknown>): Candidate {
  return {
    name,
    prepare: (calls) => async () => {
      for (let left = calls; left > 0; left--) kept.result = await call()
    },
  }
}

/** Keeps the compiler from leaving out calls whose result nobody reads. */
export const kept: { result: unknown } = { result: undefined }

/**
 * Measures candidates in turns: each round takes all of them, beginning with another one.
 * @returns nanoseconds a call, and microseconds of CPU a call, per round
 */
export async function measureGroup(
  group: string,
  candidates: readonly Candidate[],
  effort: Effort,
): Promise<Figure[]> {
  const runners: Runner[] = []
  for (const candidate of candidates) {
    const calls = await calibrate(candidate, effort)
    runners.push({ candidate, calls, wall: [], cpu: [] })
  }
  for (let round = 0; round < effort.rounds; round++) {
    for (const runner of rotated(runners, round + (effort.firstTurn ?? 0))) await runOnce(runner)
  }
  return runners.flatMap(({ candidate, calls, wall, cpu }) => {
    const id = `${group}/${candidate.name}`
    const n = calls * wall.length
    return [
      { id, unit: 'ns', samples: wall, n } as const,
      { id: `${id}:cpu`, unit: 'us of CPU', samples: cpu, n } as const,
    ]
  })
}

/** The same order, begun at another place. */
export function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const at = items.length === 0 ? 0 : by % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}

/** How many calls take about `roundMs`; warms up meanwhile. By the CPU's time, which a busy machine stretches least. */
async function calibrate(candidate: Candidate, { roundMs, warmUpMs }: Effort): Promise<number> {
  const { minCalls = 1, maxCalls = Number.POSITIVE_INFINITY } = candidate
  let calls = Math.min(Math.max(firstCalls, minCalls), maxCalls)
  for (let spentMs = 0; ; ) {
    const { wall, cpu } = await time(candidate, calls)
    // Calls that wait use hardly any.
    const tookMs = Math.max(cpu / 1_000, wall / 10)
    spentMs += tookMs
    const wanted = Math.round((calls * roundMs) / tookMs)
    if (spentMs >= warmUpMs) return Math.min(maxCalls, Math.max(minCalls, wanted))
    if (tookMs < roundMs / 2) calls = Math.min(calls * 4, maxCalls)
  }
}

async function runOnce({ candidate, calls, wall, cpu }: Runner): Promise<void> {
  const took = await time(candidate, calls)
  wall.push((took.wall * 1e6) / calls)
  cpu.push(took.cpu / calls)
}

/**
 * How much longer all calls took on the wall than on the CPU: calls that wait for nothing take longer only where
 * something else ran meanwhile.
 */
export function wallOverCpu(figures: readonly Figure[]): number {
  let wall = 0
  let cpu = 0
  for (const { unit, samples } of figures) {
    const sum = samples.reduce((all, one) => all + one, 0)
    if (unit === 'ns') wall += sum / 1_000
    else if (unit === 'us of CPU') cpu += sum
  }
  return wall / cpu
}

/** Milliseconds on the wall, and microseconds of CPU. */
async function time(candidate: Candidate, calls: number): Promise<{ wall: number; cpu: number }> {
  const made = candidate.prepare(calls)
  // What awaits gives way to work that the preparation left behind: only those who ask for it get it.
  const timed = made instanceof Promise ? await made : made
  globalThis.gc?.()
  const cpu = process.cpuUsage()
  const start = performance.now()
  const done = timed()
  if (done instanceof Promise) await done
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  await candidate.after?.()
  return { wall, cpu: user + system }
}
