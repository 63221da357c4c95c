import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Handled, parseHandled } from 'example-shared'

/** A running example. */
export interface Example {
  readonly url: string
  /** Stops it with SIGTERM, which lets running handlers finish. */
  stop(): Promise<void>
  /** Ends it with SIGKILL, as a power cut does. */
  kill(): Promise<void>
}

/** Starts main.ts in a process of its own, on a free port. */
export async function startExample(options: {
  readonly secret: string
  readonly inbox: string
  readonly handledLog: string
  readonly handlerDelayMs?: number
  /** The token of the dashboard; absent: there is none. */
  readonly dashboard?: string
  /** A type whose handler fails. */
  readonly fails?: string
}): Promise<Example> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, main], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      REDCUMBRE_WEBHOOK_SECRET: options.secret,
      HANDLED_LOG: options.handledLog,
      INBOX: options.inbox,
      LEASE_MS: '1000',
      HANDLER_DELAY_MS: String(options.handlerDelayMs ?? 0),
      ...(options.dashboard !== undefined && { DASHBOARD: options.dashboard }),
      ...(options.fails !== undefined && { FAILS: options.fails }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const url = await Promise.race([listening(child.stdout), exited.then(() => undefined)])
  if (url === undefined) throw new Error('The example ended before it listened')
  async function end(signal: NodeJS.Signals): Promise<void> {
    child.kill(signal)
    await exited
  }
  return { url, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

async function listening(output: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface({ input: output })) {
    const [, url] = /^listening on (http:\S+)$/.exec(line) ?? []
    if (url) {
      output.resume()
      return url
    }
  }
  return undefined
}

/** The lines of a log of handled events. */
export function readHandled(path: string): readonly Handled[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .map(parseHandled)
    .filter((event) => event !== undefined)
}
