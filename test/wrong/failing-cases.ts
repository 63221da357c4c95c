import type { ContractCase } from '@acuse/core/testing'

/** A case waits for 60 s for what never comes. */
const tickMs = 100

/**
 * The names of the cases that fail, sorted. They run side by side; those that are left when none has ended for some
 * time wait for what never comes. A tick that is late counts as one: a busy machine fails none.
 */
export async function failingCases(cases: readonly ContractCase[], longestTicks = 20): Promise<string[]> {
  const unfinished = new Set<string>()
  const failing: string[] = []
  let idleTicks = 0
  const ends = cases.map(async ({ name, run }) => {
    unfinished.add(name)
    try {
      await run()
    } catch {
      failing.push(name)
    }
    unfinished.delete(name)
    idleTicks = 0
  })
  await new Promise<void>((resolve) => {
    const ticking = setInterval(() => {
      if (++idleTicks >= longestTicks) end()
    }, tickMs)
    void Promise.all(ends).then(end)
    function end(): void {
      clearInterval(ticking)
      resolve()
    }
  })
  return [...failing, ...unfinished].sort()
}
