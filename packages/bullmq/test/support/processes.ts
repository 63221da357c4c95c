import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { bundled } from '../../../../test/support/bundled.ts'
import { until } from './deliveries.ts'

/** A process of this test's own, and the lines that it printed. */
export interface TestProcess {
  readonly child: ChildProcess
  readonly lines: readonly string[]
  /** Waits until it has printed a line that begins so. */
  says(line: string): Promise<void>
  exits(): Promise<number | null>
  kill(): Promise<void>
}

export function startWorker(env: Record<string, string>): TestProcess {
  const script = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const child = spawn(process.execPath, [bundled(script)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  let rest = ''
  child.stdout?.on('data', (chunk) => {
    const parts = `${rest}${chunk}`.split('\n')
    rest = parts.pop() as string
    lines.push(...parts)
  })
  const ended = once(child, 'exit')
  return {
    child,
    lines,
    // It has to start first, on a machine that may have more to do.
    says: (line) => until(() => lines.some((one) => one.startsWith(line)), 60_000),
    async exits() {
      await ended
      return child.exitCode
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
