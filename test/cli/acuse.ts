import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../support/processes.ts'

/** The built command. */
const bin: string = join(root, 'packages/cli/dist/bin.js')

/** What a run of the command came to. */
export interface Answered {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What a run has beside its arguments. */
export interface Given {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly bin?: string
  /** Told of the process as soon as it runs. */
  readonly onStart?: (child: ChildProcess) => void
}

/** Runs the built `acuse` in a process of its own, in English, from the folder of the tests. */
export async function acuse(args: readonly string[], given: Given = {}): Promise<Answered> {
  const child = spawn(process.execPath, [given.bin ?? bin, ...args], {
    cwd: given.cwd ?? join(root, 'test'),
    env: { PATH: process.env['PATH'], LANG: 'C', ...given.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  given.onStart?.(child)
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { exitCode, stdout, stderr }
}

/** The same on a terminal, as `script` makes one, with keys that are pressed when a text is shown; all that was shown. */
export async function acuseOnTerminal(
  args: readonly string[],
  keys: readonly { readonly when: RegExp; readonly press: string }[],
): Promise<{ readonly exitCode: number | null; readonly shown: string }> {
  const command = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(' ')
  // Behind a pipe it has no size of its own.
  const sized = `stty cols 80 rows 24; exec ${command}`
  const child = spawn('script', ['-qec', sized, '/dev/null'], {
    cwd: join(root, 'test'),
    env: { PATH: process.env['PATH'], LANG: 'C', TERM: 'xterm', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let shown = ''
  const waiting = [...keys]
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk
    if (!waiting[0]?.when.test(shown)) return
    child.stdin.write(waiting.shift()?.press ?? '')
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, shown }
}
