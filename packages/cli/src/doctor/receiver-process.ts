import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { sleep } from './effects.ts'

/** A receiver that the doctor starts, kills and starts again. */
export interface ReceiverProcess {
  /** Starts it, and waits until its address takes connections; `false`: it ended, or did not within 30 s. */
  start(): Promise<boolean>
  /** SIGKILL to it and to all that it started. */
  kill(): Promise<void>
  /** What it printed since the first start, at most the last 4 MiB. */
  output(): string
}

const startMs = 30_000
const mostOutput = 4 * 2 ** 20

/** @param command for a shell, in `cwd` */
export function createReceiverProcess(
  command: string,
  url: string,
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): ReceiverProcess {
  let child: ChildProcess | undefined
  let printed = ''
  // Whoever asks twice to end ends at once, and leaves nobody behind.
  process.once('exit', () => signalGroup(child))
  const keep = (chunk: Buffer): void => {
    printed = (printed + chunk.toString('utf8')).slice(-mostOutput)
  }
  return {
    async start() {
      // A group of its own: a shell does not hand a signal on to what it started.
      const started = spawn(command, {
        shell: true,
        detached: true,
        cwd,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      started.stdout.on('data', keep)
      started.stderr.on('data', keep)
      started.on('error', () => {})
      child = started
      const until = performance.now() + startMs
      while (performance.now() < until && started.exitCode === null) {
        if (await takesConnections(url)) return true
        await sleep(15)
      }
      return false
    },
    async kill() {
      if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      signalGroup(child)
      await ended
      // What a shell started may end a moment later.
      const until = performance.now() + startMs
      while (performance.now() < until && (await takesConnections(url))) await sleep(5)
    },
    output: () => printed,
  }
}

/** To all of its group, where it has not ended. */
function signalGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

/** Whether somebody listens at an address. */
export function takesConnections(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
      timeout: 5_000,
    })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}
