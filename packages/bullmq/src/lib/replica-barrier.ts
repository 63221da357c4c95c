import type { Redis } from 'ioredis'

/** Dependencies of a barrier. */
export interface BarrierSetup {
  readonly client: Redis
  /** How many replicas. */
  readonly count: number
  /** The longest wait for them, in milliseconds. */
  readonly timeoutMs: number
  /** A key of our own. */
  readonly key: string
}

/** Waits until replicas have what was written on a connection; one wait for all that was written before it. */
export class ReplicaBarrier {
  readonly #setup: BarrierSetup
  #connection = 0
  #last: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(setup: BarrierSetup) {
    this.#setup = setup
    setup.client.on('close', () => {
      this.#connection++
    })
  }

  /**
   * Does a write, and resolves when the replicas have it. A result that wrote nothing (a duplicate of what another
   * process accepted) is waited for, too.
   * @throws when too few have it in time, or the connection is another one by now
   */
  async pass<T>(write: () => Promise<T>): Promise<T> {
    if (this.#setup.count === 0) return write()
    const connection = this.#connection
    const result = await write()
    await this.#nextWait()
    // After a reconnect ioredis sends the command again, so the answer may be that of another server.
    if (connection !== this.#connection)
      throw new Error('The connection to Redis was lost before replicas had it')
    return result
  }

  /** Rejects when replicas are missing. */
  probe(): Promise<void> {
    return this.pass(async () => {})
  }

  #nextWait(): Promise<void> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined
      const wait = this.#wait()
      this.#last = wait.catch(() => {})
      return wait
    })
    return this.#next
  }

  async #wait(): Promise<void> {
    const { client, count, timeoutMs, key } = this.#setup
    // WAIT covers all writes of its connection up to the last one, which this one makes sure of.
    const [, reached] = await Promise.all([client.set(key, '1', 'PX', 1_000), client.wait(count, timeoutMs)])
    if (!(reached >= count)) throw new Error(`${reached} of ${count} replicas have what was accepted`)
  }
}
