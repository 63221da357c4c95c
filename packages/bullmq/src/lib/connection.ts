import type { Clock } from '@acuse/core'
import { createCircuitBreaker, timedOut, withDeadline } from '@acuse/core/stores'
import { Redis, type RedisOptions } from 'ioredis'

/** Where Redis is: a URL, ioredis options, or an instance, whose options are used for connections of our own. */
export type BullmqConnection = string | RedisOptions | Redis

const failuresToOpen = 3
const probeMs = 200
const longestReconnectMs = 500
/** Of ioredis: how long it keeps the process for a connection that is gone, in milliseconds. */
const disconnectTimeout = 100
/** Of ioredis 6: replies in the form that BullMQ reads. */
const replyMapping = 'legacy'

/**
 * A new client.
 * @throws TypeError when BullMQ could not work with it
 */
function connect(connection: BullmqConnection, options: RedisOptions): Redis {
  if (typeof connection === 'string') return new Redis(connection, { ...options, replyMapping })
  if ('isCluster' in connection && connection.isCluster) {
    throw new TypeError('connection is a Redis Cluster, which bullmqInbox does not support: give it a server')
  }
  const given = connection instanceof Redis || isClient(connection) ? connection.options : connection
  if (given.keyPrefix) {
    throw new TypeError('connection has a keyPrefix, which BullMQ does not support: use the option prefix')
  }
  return new Redis({ ...given, ...options, replyMapping })
}

/** For instances of another copy of ioredis. */
function isClient(connection: Redis | RedisOptions): connection is Redis {
  return 'duplicate' in connection && 'options' in connection
}

/** Of a connection that somebody waits for an answer on: fails at once rather than queues. */
function failFast(timeoutMs: number): RedisOptions {
  return {
    lazyConnect: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    disconnectTimeout,
    commandTimeout: timeoutMs,
    connectTimeout: 1_000,
    maxRetriesPerRequest: 1,
    maxLoadingRetryTime: 100,
    retryStrategy: (times) => Math.min(times * 50, longestReconnectMs),
  }
}

/** Of a worker's connections: they wait for Redis to come back. */
const patient: RedisOptions = {
  lazyConnect: false,
  enableOfflineQueue: true,
  disconnectTimeout,
  maxRetriesPerRequest: null,
  retryStrategy: (times) => Math.min(times * 50, longestReconnectMs),
}

/** A worker's client. BullMQ makes copies of it, and cannot close them while Redis is away. */
export function connectWorker(connection: BullmqConnection): { client: Redis; disconnect: () => void } {
  const client = connect(connection, patient)
  const clients = [client]
  const duplicate = client.duplicate.bind(client)
  client.duplicate = ((options) => {
    const copy = duplicate(options)
    clients.push(copy)
    return copy
  }) as typeof duplicate
  return {
    client,
    disconnect() {
      for (const one of clients) disconnect(one)
    },
  }
}

function disconnect(client: Redis): void {
  if (client.status !== 'end') client.disconnect()
}

/** A client whose calls end in time, whatever Redis does. */
export class Connection {
  readonly client: Redis
  readonly #timeoutMs: number
  readonly #clock: Clock
  readonly #breaker: ReturnType<typeof createCircuitBreaker>
  #lastError: Error | undefined
  #ready: Promise<void> | undefined

  constructor(connection: BullmqConnection, timeoutMs: number, clock: Clock) {
    this.client = connect(connection, failFast(timeoutMs))
    this.#timeoutMs = timeoutMs
    this.#clock = clock
    this.#breaker = createCircuitBreaker({
      name: 'Redis',
      timeoutMs,
      failures: failuresToOpen,
      probeMs,
      clock,
    })
    // Told by the calls that fail; an event that nobody hears would end the process.
    this.client.on('error', (error) => {
      this.#lastError = error
    })
  }

  /** A call under the deadline and the breaker: for what a sender waits for. */
  run<T>(call: () => Promise<T>): Promise<T> {
    return this.#breaker.run(
      async () => {
        await this.#whenReady()
        return call()
      },
      () => this.#probe(),
    )
  }

  /** A call that an operator waits for: its commands have deadlines, together they may take longer. */
  async ask<T>(call: () => Promise<T>): Promise<T> {
    if ((await withDeadline(this.#whenReady(), this.#timeoutMs, this.#clock)) === timedOut) {
      throw this.#unavailable()
    }
    return call()
  }

  async close(): Promise<void> {
    this.#breaker.close()
    const quit = this.client.quit().catch(() => undefined)
    await withDeadline(quit, this.#timeoutMs, this.#clock)
    disconnect(this.client)
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

  async #probe(): Promise<void> {
    try {
      await this.#whenReady()
      await this.client.ping()
    } catch (error) {
      // A connection whose other end vanished says so only after minutes: begin a new one.
      if (this.client.status === 'ready') this.client.disconnect(true)
      throw error
    }
  }

  #unavailable(): Error {
    return new Error(`Redis is not available (${this.client.status})`, { cause: this.#lastError })
  }
}
