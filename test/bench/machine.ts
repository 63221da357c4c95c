import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'

/** How much a fixed piece of work may differ before and after a measurement. */
export const tolerated = 0.1
const tries = 3
const spinRounds = 20
const spinBytes = Buffer.alloc(4 * 2 ** 20)

/** What was measured, and whether the machine was quiet meanwhile. */
interface Quietly<Result> {
  readonly result: Result
  readonly disturbed: boolean
  readonly tries: number
}

/** Says whether the machine did something else during a measurement. */
export interface Machine {
  /**
   * Measures again, at most 3 times, until the machine was quiet.
   * @param isDisturbing what a result itself says of the machine
   * @param mayRepeat whether what is measured can be measured once more; by default it always can
   */
  quietly<Result>(
    measure: () => Promise<Result>,
    isDisturbing?: (result: Result) => boolean,
    mayRepeat?: () => boolean,
  ): Promise<Quietly<Result>>
}

/** How long the same work took before a measurement, after it, and at the quickest so far, in any unit. */
export interface Spins {
  readonly before: number
  readonly after: number
  readonly quickest: number
}

/** Whether a piece of work that never changes took another time: the machine was busy, or ran at another pace. */
export function isDisturbed({ before, after, quickest }: Spins): boolean {
  return Math.max(before, after) > Math.min(before, after, quickest) * (1 + tolerated)
}

/**
 * @param repeatUntil a time of `performance.now()` after which nothing is measured again
 * @param spin how long the fixed work takes now
 */
export function createMachine(repeatUntil: number, spin: () => number = hashFixed): Machine {
  let quickest = Number.POSITIVE_INFINITY
  function timedSpin(): number {
    const took = spin()
    quickest = Math.min(quickest, took)
    return took
  }
  return {
    async quietly(measure, isDisturbing = () => false, mayRepeat = () => true) {
      for (let at = 1; ; at++) {
        const before = timedSpin()
        const result = await measure()
        const spins = { before, after: timedSpin(), quickest }
        const disturbed = isDisturbed(spins) || isDisturbing(result)
        const isLast = at === tries || performance.now() > repeatUntil || !mayRepeat()
        if (!disturbed || isLast) return { result, disturbed, tries: at }
      }
    },
  }
}

/** The whole of many milliseconds: the least of short ones would fit between the turns of somebody else. */
function hashFixed(): number {
  const start = performance.now()
  for (let round = 0; round < spinRounds; round++) createHash('sha256').update(spinBytes).digest()
  return performance.now() - start
}

/** The words before a command that keep it on one core; none where the machine has no `taskset`. */
export function pinnedTo(core: number): readonly string[] {
  return existsSync('/usr/bin/taskset') ? ['/usr/bin/taskset', '-c', String(core)] : []
}
