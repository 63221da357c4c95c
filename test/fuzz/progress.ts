/** Requests between two looks at the watch. */
export const slice = 1_000
/** Between two lines of progress. */
export const progressMs = 10_000

/** Since the start of one part, in seconds. */
export function stopwatch(): () => number {
  const start = performance.now()
  return () => (performance.now() - start) / 1e3
}

/** How many of each were made. */
export function printShares(made: Readonly<Record<string, number>>, count: number): void {
  for (const [name, times] of Object.entries(made))
    console.log(
      `  ${name.padEnd(22)} ${String(times).padStart(8)}  ${((100 * times) / Math.max(1, count)).toFixed(1)} %`,
    )
}

/** The most frequent failures, and the first of all. */
export function printFailures(failures: Readonly<Record<string, number>>, first: string, seed: number): void {
  const worst = Object.entries(failures).sort(([, a], [, b]) => b - a)
  for (const [failure, times] of worst.slice(0, 20)) console.log(`${times} x ${failure}`)
  console.log(`The first one (seed ${seed}): ${first}`)
}
