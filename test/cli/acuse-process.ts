import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { root } from '../support/processes.ts'

/** The built command, as npm links it. */
const bin: string = join(root, 'packages/cli/dist/bin.js')

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

/** A process of the command that goes on, and tells what happens as NDJSON. */
export interface Telling {
  /** The first event that fits, as soon as it is told; rejects when the process ends before. */
  event<Event extends object>(fits: (event: Record<string, unknown>) => boolean): Promise<Event>
  /** Sends SIGINT, and waits for the end. */
  interrupt(): Promise<Ended>
}

/** Starts `acuse … --json`, which goes on until it is told to end. */
export function startAcuse(args: readonly string[], given: Surroundings = {}): Telling {
  const child = spawn(process.execPath, [bin, ...args, '--json'], {
    cwd: given.cwd ?? root,
    env: { PATH: process.env['PATH'], ...given.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const events: Record<string, unknown>[] = []
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const stderr = text(child.stderr)
  const exited = once(child, 'close') as Promise<[number | null]>
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    events.push(JSON.parse(line) as Record<string, unknown>)
    for (const wake of waiting) wake()
  })
  return {
    async event<Event extends object>(fits: (event: Record<string, unknown>) => boolean) {
      for (;;) {
        const found = events.find(fits)
        if (found) return found as Event
        const told = new Promise<void>((resolve) => waiting.add(resolve))
        const ended = exited.then(() => 'ended' as const)
        if ((await Promise.race([told, ended])) === 'ended') throw new Error(`It ended: ${await stderr}`)
      }
    },
    async interrupt() {
      child.kill('SIGINT')
      const [exitCode] = await exited
      return { exitCode, stdout: lines.join('\n'), stderr: await stderr }
    },
  }
}
