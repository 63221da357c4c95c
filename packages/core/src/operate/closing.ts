import process from 'node:process'
import { keepAlive } from '../lib/keep-alive.ts'
import { writeFailure } from '../log/logger.ts'
import type { Closable, ServerInstance } from './closable.ts'
import type { CloseOnSettings } from './close-options.ts'
import type { Connections } from './connections.ts'

/** What is closed, and how. */
export interface ClosingSetup extends CloseOnSettings {
  readonly connections: Connections
  /** The framework's instance around the server. */
  readonly instance: ServerInstance | undefined
  readonly receivers: readonly Closable[]
  readonly others: readonly Closable[]
}

/** How much of the time is left for giving back what handlers did not finish, in milliseconds. */
const mostGiveBackMs = 1_000

/** Closes everything, in order, in time. */
export class Closing {
  readonly #setup: ClosingSetup
  #begun: Promise<void> | undefined
  #until = 0
  #isClosed = false

  constructor(setup: ClosingSetup) {
    this.#setup = setup
  }

  get isBegun(): boolean {
    return this.#begun !== undefined
  }

  /** Never rejects. */
  begin(cause: string): Promise<void> {
    this.#begun ??= keepAlive(this.#close(cause))
    return this.#begun
  }

  /** Ends the process, once what was logged before is written. */
  exit(code: number): void {
    this.#setup.logger.flush()
    setImmediate(() => process.exit(code))
  }

  async #close(cause: string): Promise<void> {
    const { connections, instance, receivers, others, timeoutMs, logger } = this.#setup
    logger.info({ cause, timeoutMs }, `${cause}: closing, within ${timeoutMs} ms`)
    this.#until = performance.now() + timeoutMs
    // It keeps no process alive that has nothing else to do.
    setTimeout(() => this.#giveUp(cause), timeoutMs).unref()
    const stopped = connections.stop()
    const handlersMs = timeoutMs - Math.min(mostGiveBackMs, Math.ceil(timeoutMs / 5))
    const closes = receivers.map((each) =>
      this.#attempt('a receiver', () => each.close({ timeoutMs: handlersMs })),
    )
    await Promise.all([...closes, connections.answered()])
    // Its own hooks may close what handlers used.
    const instanceClosed = instance && this.#attempt('the server', () => instance.close())
    connections.end()
    await Promise.all([stopped, instanceClosed])
    for (const each of others)
      await this.#attempt('a part of the program', () => each.close({ timeoutMs: this.#leftMs }))
    this.#isClosed = true
    // A process manager's channel, such as that of PM2 or node:cluster, keeps a process alive that has nothing left to do.
    process.channel?.unref()
    logger.info({ cause }, `${cause}: everything is closed`)
  }

  get #leftMs(): number {
    return Math.max(0, Math.floor(this.#until - performance.now()))
  }

  async #attempt(what: string, close: () => unknown): Promise<void> {
    try {
      await close()
    } catch (error) {
      process.exitCode = 1
      writeFailure(this.#setup.logger, `${what} failed to close`, error)
    }
  }

  #giveUp(cause: string): void {
    const { timeoutMs, connections, logger } = this.#setup
    const open = [...new Set(process.getActiveResourcesInfo())].join(', ')
    const left = this.#isClosed
      ? 'everything is closed, and something keeps the process alive'
      : `not everything is closed, ${connections.answering} requests are being answered`
    const message = `${cause}: after ${timeoutMs} ms ${left}; open: ${open}. The process ends with exit code 1`
    logger.error({ cause, timeoutMs, open }, message)
    this.exit(1)
  }
}
