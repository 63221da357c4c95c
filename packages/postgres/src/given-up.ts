import type { Clock } from '@acuse/core'
import type { PoolClient } from 'pg'

const lookMs = 1_000
const longestLookMs = 30_000

/** Dependencies of {@link GivenUp}. */
export interface GivenUpSetup {
  /** How many may be kept. */
  readonly most: number
  readonly clock: Clock
  /** Which of these processes of the server are at a statement now; rejects where it does not answer. */
  readonly findAtWork: (processIds: readonly number[]) => Promise<ReadonlySet<number>>
}

/**
 * Clients whose statement got no answer in time. The server may be at it still, and thrown away they would be replaced: a table
 * that is locked, or a standby that is away, would take one connection of the server after the other, and leave none for other
 * programs. Each is kept out of the pool until its statement has ended, or the server is not at it any more. It is not
 * cancelled: of a commit that waits for a standby, that would show what may yet be lost.
 */
export class GivenUp {
  readonly #setup: GivenUpSetup
  readonly #kept = new Map<PoolClient, { readonly id: number; readonly onReleased: () => void }>()
  #isClosed = false
  #cancel: (() => void) | undefined
  #failures = 0

  constructor(setup: GivenUpSetup) {
    this.#setup = setup
  }

  /** Whether no more may be kept. */
  get isFull(): boolean {
    return this.#kept.size > 0 && this.#kept.size >= this.#setup.most
  }

  /** What is done with it from now on fails. Resolves when its connection is given back. */
  async add(client: PoolClient): Promise<void> {
    const id = processIdOf(client)
    const isKept = !this.#isClosed && this.#kept.size < this.#setup.most && id !== undefined
    if (isKept) await this.#keep(client, id)
    else client.release(true)
  }

  close(): void {
    this.#isClosed = true
    this.#cancel?.()
    for (const client of this.#kept.keys()) this.#release(client)
  }

  #keep(client: PoolClient, id: number): Promise<void> {
    const released = new Promise<void>((resolve) => {
      this.#kept.set(client, { id, onReleased: resolve })
    })
    // It comes behind all that was asked before.
    const ended = client.query('ROLLBACK')
    Object.assign(client, { query: refuse })
    const release = () => this.#release(client)
    ended.then(release, release)
    this.#lookLater()
    return released
  }

  #release(client: PoolClient): void {
    const kept = this.#kept.get(client)
    if (!kept) return
    this.#kept.delete(client)
    client.release(true)
    kept.onReleased()
  }

  #lookLater(): void {
    if (this.#cancel || this.#isClosed || this.#kept.size === 0) return
    const delayMs = Math.min(lookMs * 2 ** this.#failures, longestLookMs)
    this.#cancel = this.#setup.clock.schedule(delayMs, () => {
      void this.#look().finally(() => {
        this.#cancel = undefined
        this.#lookLater()
      })
    })
  }

  /** An answer may be lost on its way, and its connection with it. */
  async #look(): Promise<void> {
    const kept = [...this.#kept]
    try {
      const atWork = await this.#setup.findAtWork(kept.map(([, { id }]) => id))
      this.#failures = 0
      for (const [client, { id }] of kept) if (!atWork.has(id)) this.#release(client)
    } catch {
      this.#failures++
      // Where all other connections are taken, it makes place for the next look.
      const [oldest] = this.#kept.keys()
      if (oldest) this.#release(oldest)
    }
  }
}

/** As pg answers on a client that was closed: to a callback, a query that tells of itself, or by a promise. */
function refuse(...given: readonly unknown[]): unknown {
  const error = new Error(
    'This client was given up: Postgres did not answer in time, or its handler has ended',
  )
  const callback = given.find((each) => typeof each === 'function')
  if (callback) return process.nextTick(callback, error)
  const [query] = given
  if (!isSubmittable(query)) return Promise.reject(error)
  process.nextTick(() => query.handleError(error))
  return query
}

/** The number of its process in the server; pg has it, and its types do not. */
function processIdOf(client: PoolClient): number | undefined {
  const id: unknown = Reflect.get(client, 'processID')
  return typeof id === 'number' ? id : undefined
}

function isSubmittable(query: unknown): query is { handleError(error: Error): void } {
  return typeof query === 'object' && query !== null && 'submit' in query && 'handleError' in query
}
