import { setTimeout as sleep } from 'node:timers/promises'
import type { ContractCase } from '@acuse/core/testing'

/** A case waits for 60 s for what never comes; none takes so long where it comes. */
const longestMs = 12_000

/** The names of the cases that fail, sorted; those that are left out are not run. They run side by side. */
export async function failingCases(cases: readonly ContractCase[]): Promise<string[]> {
  const toRun = cases.filter(({ leftOut }) => leftOut === undefined)
  const passed = await Promise.all(toRun.map(({ run }) => passes(run)))
  return toRun
    .filter((_, at) => passed[at] === false)
    .map(({ name }) => name)
    .sort()
}

async function passes(run: () => Promise<void>): Promise<boolean> {
  const late = new AbortController()
  const hangs = sleep(longestMs, false, { signal: late.signal, ref: false }).catch(() => false)
  const ends = run().then(
    () => true,
    () => false,
  )
  const passed = await Promise.race([ends, hangs])
  late.abort()
  return passed
}
