import type { World } from './command/context.ts'
import type { ExitCode } from './command/exit-code.ts'
import { runAcuse } from './program.ts'

/**
 * Runs the command with these arguments, in this process; never rejects. `acuse listen` ends when `signal` is aborted.
 * @returns the exit code
 * @example
 * import { acuse } from '@acuse/cli'
 *
 * const { stdin, stdout, stderr, env } = process
 * const isTerminal = { stdin: false, stdout: false, stderr: false }
 * const { signal } = new AbortController()
 * const world = { stdin, stdout, stderr, env, cwd: process.cwd(), isTerminal, signal }
 * process.exitCode = await acuse(['providers', 'stripe', '--json'], world)
 */
export function acuse(args: readonly string[], world: World): Promise<ExitCode> {
  return runAcuse(args, world)
}
