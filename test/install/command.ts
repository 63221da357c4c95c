import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** How a command is run. */
export interface Surroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

const groups = new Set<number>()

/** Ends whatever is still running. */
export function killAll(): void {
  for (const pid of groups) killGroup(pid)
}

/** Starts a command in a process group of its own. */
export function start(words: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
  const [name, ...args] = words as [string, ...string[]]
  const child = spawn(name, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const { pid } = child
  if (pid !== undefined) groups.add(pid)
  child.once('close', () => groups.delete(pid as number))
  return child
}

/** Runs a command in a process group of its own, so that nothing of it outlives its time; what it printed. */
export async function command(
  words: readonly string[],
  { cwd, env, timeoutMs }: Surroundings,
): Promise<string> {
  const child = start(words, cwd, env)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  let late = false
  const timer = setTimeout(() => {
    late = true
    killGroup(child.pid)
  }, timeoutMs)
  const [code] = await once(child, 'close').finally(() => clearTimeout(timer))
  if (code === 0) return output
  const end = late ? `did not end within ${timeoutMs / 1000} s` : `exit code ${code}`
  throw new Error(`${words.join(' ')}: ${end}\n${output}`)
}

/** Ends a process and all that it started. */
export function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
