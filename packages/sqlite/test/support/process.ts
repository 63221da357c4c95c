import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { bundled } from '../../../../test/support/bundled.ts'

const worker = fileURLToPath(new URL('./worker-process.ts', import.meta.url))
const transactions = fileURLToPath(new URL('./transaction-process.ts', import.meta.url))
const reader = fileURLToPath(new URL('./reader-process.ts', import.meta.url))

/** A process of worker-process.ts. */
export interface WorkerProcess {
  /** Its output, in whole lines. */
  lines(): string[]
  kill(signal: NodeJS.Signals): void
  /** Its end. */
  readonly ended: Promise<unknown>
}

export function startProcess(...args: readonly (string | number)[]): WorkerProcess {
  return start(worker, args)
}

/** A process that reads the file in a transaction, and says so. */
export function startReader(path: string): WorkerProcess {
  return start(reader, [path])
}

/** A process of transaction-process.ts, that dies in the middle of its handlers' so manieth run; absent: of none. */
export function startTransactions(path: string, diesAt = Number.POSITIVE_INFINITY): WorkerProcess {
  return start(transactions, [path, diesAt])
}

function start(program: string, args: readonly (string | number)[]): WorkerProcess {
  const child = spawn(process.execPath, [bundled(program), ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  // 'close' comes when all that it printed is read.
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    lines: () => output.split('\n').slice(0, -1),
    kill: (signal) => void child.kill(signal),
    ended,
  }
}
