import { Readable, Writable } from 'node:stream'
import type { World } from '../src/command/context.ts'
import { runAcuse } from '../src/program.ts'

/** What a call of the command answered. */
export interface Answered {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** What a call has beside its arguments. */
export interface Given {
  readonly env?: NodeJS.ProcessEnv
  readonly stdin?: string | Uint8Array
  readonly cwd?: string
  readonly signal?: AbortSignal
}

/** Runs the command in this process. */
export async function acuse(args: readonly string[], given: Given = {}): Promise<Answered> {
  const stdout = collector()
  const stderr = collector()
  const world: World = {
    stdout: stdout.stream,
    stderr: stderr.stream,
    stdin: Readable.from(given.stdin === undefined ? [] : [Buffer.from(given.stdin)]),
    env: given.env ?? {},
    cwd: given.cwd ?? process.cwd(),
    isTerminal: { stdin: false, stdout: false, stderr: false },
    signal: given.signal ?? new AbortController().signal,
  }
  const exitCode = await runAcuse(args, world)
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

function collector() {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') }
}
