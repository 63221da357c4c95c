import type { Reporter, TestModule } from 'vitest/node'

/** Ends the test command's output with `N passed, N failed`, after the coverage report. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    )
    const count = (state: string): number => states.filter((each) => each === state).length
    // A file that cannot be loaded has no tests, and an uncaught error belongs to none: both are failures.
    const broken = modules.filter(
      (module) => module.state() === 'failed' && module.errors().length > 0,
    ).length
    const skipped = count('skipped') > 0 ? `, ${count('skipped')} skipped` : ''
    const line = `${count('passed')} passed, ${count('failed') + broken + errors.length} failed${skipped}`
    process.once('exit', () => process.stdout.write(`${line}\n`))
  }
}
