import { root, run } from './processes.ts'

/** Builds everything, once for all test files: what is packed, and the examples that are killed. */
export async function setup(): Promise<void> {
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], { cwd: root })
}
