import { type Row, soft } from '../support/report.ts'
import { told } from './campaign.ts'

/** The results of two subjects that were measured in turns. */
export interface Pairs {
  readonly ones: readonly number[]
  readonly others: readonly number[]
  /** Of each pair, the one divided by the other. */
  readonly ratios: readonly number[]
}

/** Measures two things by turns, the one that goes first alternating, because the machine is shared. */
export async function inPairs(
  pairs: number,
  one: () => Promise<number>,
  other: () => Promise<number>,
): Promise<Pairs> {
  const ones: number[] = []
  const others: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % 2 === 0) ones.push(await one())
    others.push(await other())
    if (pair % 2 === 1) ones.push(await one())
  }
  return { ones, others, ratios: ones.map((value, at) => value / (others[at] as number)) }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

/** The median of the ratios, which must be at least `goal`, and all of them. */
export function ratioRows({ ratios }: Pairs, goal: number): Row[] {
  const middle = median(ratios)
  return [
    told('pairs', ratios.length),
    { figure: 'ratio, median', value: middle.toFixed(2), goal: soft(`>= ${goal}`, middle >= goal) },
    told('ratio, all', ratios.map((ratio) => ratio.toFixed(2)).join(' ')),
  ]
}
