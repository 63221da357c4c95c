import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { bundled } from '../support/bundled.ts'
import type { HostName } from './http-hosts.ts'
import type { ServerAnswers, Variant } from './http-server.ts'
import { pinnedTo } from './machine.ts'

const answerMs = 30_000
/** Servers have this core for themselves; what loads them has the other. */
const serverCore = 0

/** A server in a process of its own. */
export interface Served {
  readonly port: number
  /** One question at a time. */
  ask<Question extends keyof ServerAnswers>(
    question: Question,
  ): Promise<Awaited<ReturnType<ServerAnswers[Question]>>>
  stop(): Promise<void>
}

/** What a server is started as. */
export interface ServerSetup {
  readonly host: HostName
  readonly variant: Variant
  /** The file or the URL of its store; absent: it has none. */
  readonly where?: string
  /** Handlers at once; absent: the default. */
  readonly concurrency?: number
}

export async function startServer({ host, variant, where, concurrency }: ServerSetup): Promise<Served> {
  const [command = process.execPath, ...words] = [...pinnedTo(serverCore), process.execPath]
  const file = fileURLToPath(new URL('http-server.ts', import.meta.url))
  const args = [host, variant, where ?? '', String(concurrency ?? '')]
  const child = fork(bundled(file), args, {
    execPath: command,
    execArgv: words,
    // A flood of forgeries is reported, and need not be read.
    env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The server of ${host}, ${variant}, ended with ${code}`)
  })
  ended.catch(() => {})
  if (child.stdout === null) throw new Error('A server without an output')
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])
  return {
    port: Number(line),
    async ask(question) {
      const answered = once(child, 'message', { signal: AbortSignal.timeout(answerMs) })
      child.send(question)
      const [answer] = await Promise.race([answered, ended])
      return answer
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
