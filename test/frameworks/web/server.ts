import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../../support/processes.ts'

/** A server of a framework, which takes connections. */
export interface Server {
  readonly port: number
  /** What it printed so far. */
  output(): string
  /** Resolves when it has printed a text so many times; rejects when it ends before. */
  printed(text: string, times: number): Promise<void>
  stop(): Promise<void>
}

const startMs = 120_000
/** Between two tries to connect. */
const retryMs = 50

/** Starts a server, and waits until it takes connections. */
export async function startServer(
  [name = '', ...args]: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<Server> {
  const port = await freePort()
  const child = spawn(name, args, {
    cwd,
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  let ended = false
  const changed = new Set<() => void>()
  const tell = (): void => {
    for (const each of changed) each()
  }
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      tell()
    })
  const closed = once(child, 'close').then(() => {
    ended = true
    tell()
  })
  const stop = async (): Promise<void> => {
    if (!ended && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    const late = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), 10_000)
    await closed
    clearTimeout(late)
  }
  const until = performance.now() + startMs
  while (!(await takesConnections(port))) {
    if (ended || performance.now() > until) {
      await stop()
      throw new Error(`It did not start to listen on ${port}:\n${output}`)
    }
    await wait(retryMs)
  }
  return {
    port,
    output: () => output,
    async printed(text, times) {
      while (output.split(text).length - 1 < times) {
        if (ended) throw new Error(`It ended before it printed '${text}' ${times} times`)
        await new Promise<void>((resolve) => changed.add(resolve))
      }
    },
    stop,
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
