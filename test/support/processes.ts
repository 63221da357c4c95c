import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundled } from './bundled.ts'

/** The repository's root. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url))

/** Runs a command and gives what it printed; rejects when it fails. */
export const run = promisify(execFile)

/** The output of a process, and its exit. */
export interface Running {
  readonly lines: string[]
  /** The first line that matches, as soon as it is printed; rejects when the process ends before. */
  line(pattern: RegExp): Promise<string>
  /** The exit code, when it has ended; `null` where an observation ended it. */
  readonly exited: Promise<number | null>
  /** SIGSTOP: it stands still, and keeps its connections. */
  pause(): void
  /** SIGCONT. */
  resume(): void
  /** Sends an observation and waits for the end; the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts a TypeScript file as users run it from a checkout: Node, tsx, and sources instead of builds. */
export function startTypeScript(file: string, env: Record<string, string>, cwd: string): Running {
  return start(['--conditions=@acuse/source', '--import', 'tsx', file], env, cwd)
}

/** Starts a program of the tests, named from their folder. */
export function startProgram(file: string, env: Record<string, string>): Running {
  const folder = join(root, 'test')
  return start([bundled(resolve(folder, file))], env, folder)
}

function start(args: readonly string[], env: Record<string, string>, cwd: string): Running {
  return startCommand(process.execPath, args, env, cwd)
}

/** Starts a program of any language. */
export function startCommand(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Running {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const exited = once(child, 'exit') as Promise<[number | null]>
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line)
      for (const wake of waiting) wake()
    })
  }
  return {
    lines,
    exited: exited.then(([code]) => code),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async line(pattern) {
      for (;;) {
        const found = lines.find((line) => pattern.test(line))
        if (found !== undefined) return found
        const ended = exited.then(() => 'ended' as const)
        const printed = new Promise<void>((resolve) => waiting.add(resolve))
        if ((await Promise.race([printed, ended])) === 'ended')
          throw new Error(`It ended: ${lines.join('\n')}`)
      }
    },
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null) child.kill(signal)
      const [code] = await exited
      return code
    },
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
