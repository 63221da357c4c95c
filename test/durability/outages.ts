import { outages as kinds } from '../outages/outages.ts'
import { levels, type Received, receiveThrough } from '../outages/receive-through.ts'
import { milliseconds, type Row, soft } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'

const slowestMs = 1_000
const openP99Ms = 10
const recoveredMs = 5_000

/** Redis is away in each way that is known: how soon answers are given, and how soon all is well again. */
export const outages: Campaign = {
  name: 'outages',
  what: `Redis is away in ${Object.keys(kinds).length} ways from a receiver that asks it for each delivery`,
  run: (form) => run(form === 'long' ? Object.keys(levels) : Object.keys(levels).slice(0, 1)),
}

async function run(chosen: readonly string[]): Promise<readonly Row[]> {
  const all: Received[] = []
  for (const level of chosen) {
    for (const kind of Object.keys(kinds)) all.push(await receiveThrough(level, kind))
  }
  const worst = (pick: (one: Received) => number) => Math.max(...all.map(pick))
  const goal = (figure: string, value: number, limit: number): Row => ({
    figure,
    value: milliseconds(value),
    goal: soft(`≤ ${limit} ms`, value <= limit),
  })
  return [
    told('outages', all.length),
    none(
      'answered with another status than 503 meanwhile',
      all.flatMap(({ statuses }) => statuses.filter((one) => one !== 503)).length,
    ),
    none(
      'events lost',
      all.reduce((sum, one) => sum + one.statuses.length + 2 - one.runs.size, 0),
    ),
    none(
      'events that ran twice',
      all.flatMap(({ runs }) => [...runs.values()].filter((count) => count > 1)).length,
    ),
    goal(
      'slowest answer before the breaker is open',
      worst((one) => one.slowestMs),
      slowestMs,
    ),
    goal(
      'p99 of answers with an open breaker',
      worst((one) => one.openP99Ms),
      openP99Ms,
    ),
    goal(
      'taken again after the end of the outage',
      worst((one) => one.recoveredMs),
      recoveredMs,
    ),
  ]
}
