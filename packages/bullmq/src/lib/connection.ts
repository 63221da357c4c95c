import type { Clock } from '@acuse/core'
import { createCircuitBreaker, timedOut, withDeadline } from '@acuse/core/inbox-kit'
import type { Redis, RedisOptions } from 'ioredis'
import { createCaller, type LastingClient } from './clients.ts'
import { ReplicaBarrier } from './replica-barrier.ts'
import { whatIsMissing } from './server-check.ts'
import { ServerGate } from './server-gate.ts'

const failuresToOpen = 3
const probeMs = 200

/** Dependencies of a connection. */
export interface ConnectionSetup {
  readonly options: RedisOptions
  readonly timeoutMs: number
  readonly clock: Clock
  /** How the names of all keys begin. */
  readonly base: string
  /** Whether a worker waits for jobs. */
  readonly waits: boolean
  readonly replicas: number
  /** Told what the server lacks, each time that it is refused. */
  readonly onRefused: (missing: readonly string[]) => void
}

/** A client whose calls end in time, whatever Redis does. */
export class Connection {
  readonly client: Redis
  readonly #setup: ConnectionSetup
  readonly #lasting: LastingClient
  readonly #breaker: ReturnType<typeof createCircuitBreaker>
  readonly #gate: ServerGate
  readonly #barrier: ReplicaBarrier
  readonly #probeKey: string
  #lastError: Error | undefined
  #ready: Promise<void> | undefined

  constructor(setup: ConnectionSetup) {
    const { options, timeoutMs, clock, base, waits, replicas, onRefused } = setup
    this.#setup = setup
    this.#lasting = createCaller(options, timeoutMs, clock)
    const { client } = this.#lasting
    this.client = client
    this.#breaker = createCircuitBreaker({
      name: 'Redis',
      timeoutMs,
      failures: failuresToOpen,
      probeMs,
      clock,
    })
    this.#probeKey = `${base}:check:probe`
    this.#gate = new ServerGate({
      clock,
      check: (queue) => whatIsMissing(client, { bases: { own: base, queue }, waits, replicas }),
      onRefused,
    })
    const waitMs = Math.ceil(timeoutMs / 2)
    this.#barrier = new ReplicaBarrier({ client, count: replicas, timeoutMs: waitMs, key: this.#probeKey })
    client.on('close', () => this.#gate.reset())
    // Told by the calls that fail; an event that nobody hears would end the process.
    client.on('error', (error) => {
      this.#lastError = error
    })
  }

  /**
   * A write for a queue, under the deadline and the breaker: for what a sender waits for. It is made only where the
   * server has what it takes, and replicas have it, as many as were asked for.
   */
  async write<T>(queue: string, write: () => Promise<T>): Promise<T> {
    const answer = await this.#breaker.run(
      async () => {
        await this.#whenReady()
        const missing = await this.#gate.missing(queue)
        // Not a failure of the connection: the breaker stays closed, and the reason is seen.
        return missing.length > 0 ? { missing } : { value: await this.#barrier.pass(write) }
      },
      () => this.#probe(),
    )
    if ('value' in answer) return answer.value
    throw refusal(answer.missing)
  }

  /** Requirements of a queue that the server does not meet. */
  missing(queue: string): Promise<readonly string[]> {
    return this.ask(() => this.#gate.missing(queue))
  }

  /** A call that an operator waits for: its commands have deadlines, together they may take longer. */
  async ask<T>(call: () => Promise<T>): Promise<T> {
    const { timeoutMs, clock } = this.#setup
    if ((await withDeadline(this.#whenReady(), timeoutMs, clock)) === timedOut) throw this.#unavailable()
    return call()
  }

  async close(): Promise<void> {
    this.#breaker.close()
    if (this.client.status === 'ready') {
      const quit = this.client.quit().catch(() => undefined)
      await withDeadline(quit, this.#setup.timeoutMs, this.#setup.clock)
    }
    this.#lasting.disconnect()
  }

  /** Resolves at the first moment that there is a connection; rejects when there is none in sight. */
  async #whenReady(): Promise<void> {
    if (this.client.status === 'ready') return
    if (!['connecting', 'connect'].includes(this.client.status)) throw this.#unavailable()
    this.#ready ??= this.#becomesReady().finally(() => {
      this.#ready = undefined
    })
    await this.#ready
  }

  #becomesReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.client.off('ready', settle)
        this.client.off('close', settle)
        if (this.client.status === 'ready') resolve()
        else reject(this.#unavailable())
      }
      this.client.on('ready', settle)
      this.client.on('close', settle)
    })
  }

  /** Tries what is needed: a write, and that replicas have it. */
  async #probe(): Promise<void> {
    try {
      await this.#whenReady()
      await this.client.set(this.#probeKey, '1', 'PX', 1_000)
      await this.#barrier.probe()
    } catch (error) {
      // A full server answers, and accepting says so.
      if (error instanceof Error && error.message.startsWith('OOM')) return
      // One that answers is there, and READONLY begins a new connection by itself.
      const isAnswer = error instanceof Error && error.name === 'ReplyError'
      // A connection whose other end vanished says so only after minutes: begin a new one.
      if (!isAnswer && this.client.status === 'ready') this.client.disconnect(true)
      throw error
    }
  }

  #unavailable(): Error {
    const why = this.#lastError?.message
    return new Error(`Redis is not available (${this.client.status}${why ? `: ${why}` : ''})`, {
      cause: this.#lastError,
    })
  }
}

/** Why nothing is accepted, or handled, with this server. */
export function refusal(missing: readonly string[]): Error {
  return new Error(missing.join('. '))
}
