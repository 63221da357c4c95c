import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../support/processes.ts'

/** The built command, as npm links it. */
export const bin: string = join(root, 'packages/cli/dist/bin.js')

/** What a process of the command answered. */
export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What a process has beside its arguments. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string | Uint8Array
  readonly cwd?: string
}

/** Runs `acuse` as a process of its own, and waits for its end. */
export async function acuse(args: readonly string[], given: Surroundings = {}): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: given.cwd ?? root,
    env: { PATH: process.env['PATH'], ...given.env },
  })
  // It may end before it has read everything.
  child.stdin.on('error', () => {})
  child.stdin.end(given.stdin ?? '')
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { exitCode, stdout, stderr }
}
