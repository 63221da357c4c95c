import type { Result } from './expect.ts'

/** One line for each case that failed, and a last one that `run.ts` reads. */
export function summaryLines(runtime: string, version: string, results: readonly Result[]): string[] {
  const failed = results.filter(({ error }) => error !== undefined)
  return [
    ...failed.map(({ name, error }) => `FAILED ${name}: ${error}`),
    `${runtime} ${version}: ${results.length - failed.length} passed, ${failed.length} failed`,
  ]
}
