import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { bundled } from '../support/bundled.ts'
import { freePort, root } from '../support/processes.ts'

/** A receiver in a process of its own, that is killed and started again on the same port. */
export interface Victim {
  readonly port: number
  /** Of the process that runs now. */
  readonly pid: number
  /** The last output of those of its processes that ended though nobody killed them. */
  readonly crashes: readonly string[]
  /** Rejects with that as soon as the first of them ends so. */
  readonly crashed: Promise<never>
  start(): Promise<void>
  /** Sends an observation and waits for the end; the exit code. */
  kill(signal?: NodeJS.Signals): Promise<number | null>
}

const keptLines = 20

/** None outlives this process. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** The built example, as a user runs it in production: it starts in a fraction of the time of its sources. */
export function victimOf(example: string, env: Record<string, string>): Promise<Victim> {
  return processOf(example, [join(root, 'examples', example, 'dist/main.js')], env)
}

/** A receiver or worker of `party.ts`, on the built packages. */
export function partyOf(env: Record<string, string>, onLine?: (line: string) => void): Promise<Victim> {
  return programOf('party.ts', env, onLine)
}

const programs = new Map<string, string>()

/** A program of this folder, on the built packages. */
export function programOf(
  file: string,
  env: Record<string, string>,
  onLine?: (line: string) => void,
): Promise<Victim> {
  const program = programs.get(file) ?? bundled(fileURLToPath(new URL(file, import.meta.url)))
  programs.set(file, program)
  return processOf(file, [program], env, onLine)
}

async function processOf(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  onLine?: (line: string) => void,
): Promise<Victim> {
  const port = await freePort()
  const crashes: string[] = []
  const toEnd = new WeakSet<object>()
  let tellCrash: (error: Error) => void = () => {}
  const crashed = new Promise<never>((_, reject) => {
    tellCrash = reject
  })
  // Not all wait for it.
  crashed.catch(() => {})
  let child: ReturnType<typeof launch> | undefined
  let exited: Promise<[number | null]> | undefined

  function launch() {
    return spawn(process.execPath, [...args], {
      cwd: join(root, 'test'),
      env: { PATH: process.env['PATH'], PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  return {
    port,
    crashes,
    crashed,
    get pid() {
      return child?.pid as number
    },
    async start() {
      const said: string[] = []
      const started = launch()
      child = started
      running.add(started)
      started.once('exit', () => running.delete(started))
      exited = once(started, 'exit') as Promise<[number | null]>
      createInterface({ input: started.stderr }).on('line', (line) => {
        said.push(line)
        said.splice(0, said.length - keptLines)
      })
      const lines = createInterface({ input: started.stdout })
      const listening = new Promise<true>((resolve) => {
        lines.on('line', (line) => {
          if (line.startsWith('listening')) resolve(true)
          else onLine?.(line)
        })
      })
      started.once('close', (code, signal) => {
        if (toEnd.has(started)) return
        crashes.push(said.join('\n'))
        tellCrash(new Error(`${name} ended by itself (${signal ?? code}): ${said.join('\n')}`))
      })
      if ((await Promise.race([listening, exited])) === true) return
      throw new Error(`${name} ended: ${said.join('\n')}`)
    },
    async kill(signal = 'SIGKILL') {
      // One that has ended by itself is not ended by this.
      if (child?.exitCode === null && child.signalCode === null) toEnd.add(child)
      child?.kill(signal)
      const [code = null] = (await exited) ?? []
      return code
    },
  }
}
