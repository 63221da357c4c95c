import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Figure, median, quantile, readerOf } from './figures.ts'
import { type Goal, goals, judge, summary, toLine } from './goals.ts'
import { createMachine, isDisturbed } from './machine.ts'
import { type Candidate, measureGroup, rotated, wallOverCpu } from './measure.ts'
import { tablesOf, withTables } from './tables.ts'
import { inSpanish } from './tables-es.ts'

const figure = (id: string, samples: readonly number[]): Figure => ({ id, unit: 'ns', samples, n: 1 })
const figures = (...all: Figure[]) => readerOf({ figures: all, leftOut: [] })

describe('figures', () => {
  it('have quantiles between the neighbours of a place', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(quantile([0, 10], 0.99)).toBeCloseTo(9.9)
    expect(quantile([7], 0.25)).toBe(7)
    expect(median([])).toBeNaN()
  })

  it('are divided round by round, so that a slow round of both is none of the ratio', () => {
    const ratio = figures(figure('a', [2, 20, 200]), figure('b', [1, 10, 100])).ratio('a', 'b')
    expect(ratio).toEqual({ median: 2, low: 2, high: 2 })
  })

  it('have no ratio to what was not measured', () => {
    const reader = figures(figure('a', [1]))
    expect(reader.ratio('a', 'b')).toBeUndefined()
    expect(reader.median('b')).toBeUndefined()
  })
})

describe('a goal', () => {
  const goal: Goal = {
    id: 'a',
    text: 'a against b',
    of: (read) => read.ratio('a', 'b')?.median,
    atMost: 1.25,
  }

  it('is met at its bound, and short by the share that is missing', () => {
    expect(judge(goal, figures(figure('a', [5]), figure('b', [4]))).status).toBe('met')
    const short = judge(goal, figures(figure('a', [10]), figure('b', [4])))
    expect(short).toMatchObject({ status: 'short', value: 2.5, shortBy: 1 })
    expect(toLine(short)).toMatch(/<= 1\.25 +2\.50 +short by 100 %$/)
    const { atMost: _, ...rest } = goal
    const least = judge({ ...rest, atLeast: 5 }, figures(figure('a', [4]), figure('b', [1])))
    expect(least.shortBy).toBeCloseTo(0.2)
  })

  it('is not measured where a figure is missing, and is counted so', () => {
    const missing = judge(goal, figures(figure('a', [5])))
    expect(missing.status).toBe('not measured')
    expect(summary([missing, judge(goal, figures(figure('a', [1]), figure('b', [1])))])).toBe(
      'goals: 1 met, 0 short, 1 not measured',
    )
  })

  it('has one bound and a name of its own', () => {
    expect(new Set(goals.map(({ id }) => id)).size).toBe(goals.length)
    for (const { atMost, atLeast } of goals) expect([atMost, atLeast].filter(Number.isFinite)).toHaveLength(1)
  })
})

describe('a machine', () => {
  it('is disturbed when the same work takes a tenth longer before, after, or than at its quickest', () => {
    expect(isDisturbed({ before: 100, after: 109, quickest: 100 })).toBe(false)
    expect(isDisturbed({ before: 100, after: 111, quickest: 100 })).toBe(true)
    expect(isDisturbed({ before: 111, after: 100, quickest: 100 })).toBe(true)
    expect(isDisturbed({ before: 120, after: 120, quickest: 100 })).toBe(true)
  })

  it('has a measurement repeated until it is quiet', async () => {
    const spins = [100, 150, 100, 101]
    const machine = createMachine(Number.POSITIVE_INFINITY, () => spins.shift() ?? 0)
    let count = 0
    expect(await machine.quietly(async () => ++count)).toEqual({ result: 2, disturbed: false, tries: 2 })
  })

  it('has a measurement repeated three times at most, and not after its time, and says that it was disturbed', async () => {
    let spin = 100
    const never = () => (spin *= 2)
    const patient = createMachine(Number.POSITIVE_INFINITY, never)
    expect(await patient.quietly(async () => 'a')).toEqual({ result: 'a', disturbed: true, tries: 3 })
    const hurried = createMachine(0, never)
    expect(await hurried.quietly(async () => 'a')).toEqual({ result: 'a', disturbed: true, tries: 1 })
  })

  it('is disturbed where a result says so', async () => {
    const machine = createMachine(Number.POSITIVE_INFINITY, () => 1)
    expect(
      await machine.quietly(
        async () => 5,
        (result) => result > 1,
      ),
    ).toMatchObject({ disturbed: true })
  })
})

describe('measuring', () => {
  const effort = { rounds: 4, roundMs: 1, warmUpMs: 5 }

  it('takes turns, each round beginning with another candidate', async () => {
    expect([0, 1, 2, 3].map((by) => rotated(['a', 'b', 'c'], by).join(''))).toEqual([
      'abc',
      'bca',
      'cab',
      'abc',
    ])
    const order: string[] = []
    const named = (name: string): Candidate => ({
      name,
      maxCalls: 1,
      prepare: () => () => void order.push(name),
      after: async () => {},
    })
    const measured = measureGroup('g', [{ ...named('a'), prepare: slowly(named('a')) }, named('b')], effort)
    const ids = (await measured).map(({ id }) => id)
    expect(ids).toEqual(['g/a', 'g/a:cpu', 'g/b', 'g/b:cpu'])
    expect(order.slice(-8).join('')).toBe('abbaabba')
  })

  it('counts every call of every round', async () => {
    let calls = 0
    const candidate: Candidate = {
      name: 'a',
      maxCalls: 10,
      prepare: (count) => () => {
        calls += count
      },
    }
    const [wall] = await measureGroup('g', [candidate], effort)
    const { n = 0, samples = [] } = wall ?? {}
    expect(samples).toHaveLength(4)
    expect([n % 4, n > 0, calls > n]).toEqual([0, true, true])
  })

  it('tells how much longer calls took than the CPU worked', () => {
    const measured: Figure[] = [
      { id: 'a', unit: 'ns', samples: [2_000, 4_000], n: 2 },
      { id: 'a:cpu', unit: 'us of CPU', samples: [2, 2], n: 2 },
    ]
    expect(wallOverCpu(measured)).toBe(1.5)
  })
})

describe('the page of figures', () => {
  const run = {
    node: 'v20.0.0',
    cpu: 'a CPU',
    cores: 2,
    seed: 1,
    form: 'quick',
    startedAt: '',
    tookMs: 1,
  } as const

  it('gets its tables between their markers, again and again, and keeps its words', () => {
    const page = 'a\n<!-- figures:goals -->\nold\n<!-- /figures -->\nb\n'
    const once = withTables(page, { goals: '| new |' })
    expect(once).toBe('a\n<!-- figures:goals -->\n\n| new |\n\n<!-- /figures -->\nb\n')
    expect(withTables(once, { goals: '| new |' })).toBe(once)
    expect(() => withTables(page, {})).toThrow('goals')
  })

  it('has a table for each of its markers', () => {
    const text = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
    const tables = tablesOf({ ...run, figures: [figure('verify/436 B/ours', [1_500])], leftOut: [] })
    expect(withTables(text, tables)).toContain('| ours | 1.50 |')
  })

  it('has a Spanish translation with the same figures, and a text for each goal', () => {
    const blocks = (page: string) =>
      readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8').match(
        /<!-- figures:.*?<!-- \/figures -->/gs,
      ) ?? []
    const cells = (text: string) => text.split(/[|\n]/).map((cell) => cell.trim().replace(/^-+:?$/, '---'))
    expect(blocks('es/performance').map(cells)).toEqual(blocks('performance').map(inSpanish).map(cells))
    for (const { text } of goals) expect(inSpanish(text)).not.toBe(text)
  })
})

/** The same, ready only after others had their turn. */
function slowly(candidate: Candidate): Candidate['prepare'] {
  return async (calls) => {
    await new Promise(setImmediate)
    return candidate.prepare(calls)
  }
}
