import { type ChildProcess, fork } from 'node:child_process'
import { type EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const askTimeoutMs = 30_000
const longestLifeMs = 300_000

/** The answers of a process to its parent, by question. */
export type Answers = Readonly<Record<string, () => unknown>>

type Answer<Questions extends Answers, Question extends keyof Questions> = Awaited<
  ReturnType<Questions[Question]>
>

/** A process of its own that answers questions. */
export interface Child<Questions extends Answers> {
  /** One at a time. Rejects when it ended, or does not answer within 30 s. */
  ask<Question extends keyof Questions & string>(question: Question): Promise<Answer<Questions, Question>>
  /** The first line that it prints. */
  firstLine(): Promise<string>
  stop(): Promise<void>
}

/** Starts a file of this folder, as sources. */
export function startChild<Questions extends Answers>(
  file: URL,
  args: readonly (string | number)[],
): Child<Questions> {
  const child = fork(file, args.map(String), {
    // tsx is installed there.
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    execArgv: ['--expose-gc', '--conditions=@acuse/source', '--import', 'tsx'],
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  return {
    async ask<Question extends keyof Questions & string>(
      question: Question,
    ): Promise<Answer<Questions, Question>> {
      const answered = unlessItEnds(child, child, 'message')
      child.send(question)
      const [answer] = await answered
      return answer as Answer<Questions, Question>
    },
    async firstLine() {
      const lines = createInterface({ input: child.stdout as Readable })
      const [line] = await unlessItEnds(child, lines, 'line')
      return line as string
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Waits for an event; rejects when the process ends before, or nothing comes. */
async function unlessItEnds(child: ChildProcess, emitter: EventEmitter, event: string): Promise<unknown[]> {
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(askTimeoutMs)])
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`${child.spawnargs.at(-2)} ended with ${code}`)
  })
  try {
    return await Promise.race([once(emitter, event, { signal }), ended])
  } finally {
    ended.catch(() => {})
    over.abort()
  }
}

/** The child's side: answers its parent, and ends with it. */
export function answerParent(answers: Answers): void {
  process.on('message', async (question: string) => {
    process.send?.(await answers[question]?.())
  })
  process.on('disconnect', () => process.exit())
  setTimeout(() => process.exit(3), longestLifeMs).unref()
}
