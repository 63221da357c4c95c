import { root, run } from './processes.ts'

/** Builds everything, once for all test files: what is packed and required, and the examples that are killed. */
export async function setup(): Promise<void> {
  await run(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { cwd: root })
}
