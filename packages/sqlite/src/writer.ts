import type { Clock } from '@acuse/core'
import { describeError, warn } from '@acuse/core/stores'
import { commit, type Transaction } from './commit.ts'
import { type Connection, checkpoint } from './connection.ts'
import { isBusy } from './sqlite-errors.ts'
import type { Statements } from './statements.ts'

export type { Transaction }

interface Job {
  readonly work: (transaction: Transaction) => unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
  readonly giveUpAt: number
}

const maxBatch = 64
// What a commit and each of its jobs write into the WAL, about.
const commitBytes = 16_384
const jobBytes = 12_288
const checkpointBytes = 8 * 2 ** 20
// Under the 800 ms that a receiver waits for its inbox: it must hear why.
const patienceMs = 600
const firstReopenMs = 100
const lastReopenMs = 5_000

/**
 * Group commit: what is asked for in one turn of the event loop goes into one transaction, one fsync. A promise
 * resolves only after COMMIT returned. After an error of the file nothing is written until it was opened anew.
 */
export class Writer {
  readonly #open: () => Connection
  readonly #clock: Clock
  #connection: Connection | undefined
  readonly #jobs: Job[] = []
  readonly #urgent: Job[] = []
  #scheduled = false
  #closed = false
  #trouble: unknown
  #reopenMs = firstReopenMs
  #cancelReopen: (() => void) | undefined
  #whenIdle: (() => void) | undefined
  #walBytes = 0

  constructor(connection: Connection, open: () => Connection, clock: Clock) {
    this.#connection = connection
    this.#open = open
    this.#clock = clock
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Rejects when the work is not known to be durable; then it may still have been applied. */
  write<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#enqueue(this.#jobs, work)
  }

  /** The same, with the next transaction whatever waits: for leases, of which there are but a few. */
  writeNext<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#enqueue(this.#urgent, work)
  }

  #enqueue<T>(queue: Job[], work: (transaction: Transaction) => T): Promise<T> {
    const refusal = this.#refusal()
    if (refusal) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      queue.push({ work, resolve, reject, giveUpAt: this.#clock.monotonic() + patienceMs })
      this.#schedule()
    })
  }

  /** Reads at once. */
  read<T>(work: (sql: Statements) => T): T {
    const refusal = this.#refusal()
    if (refusal || !this.#connection) throw refusal
    return work(this.#connection.sql)
  }

  /** Commits what was asked for, then closes the file. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancelReopen?.()
    if (this.#isWaitedFor()) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve
      })
    }
    this.#closeConnection()
  }

  #refusal(): Error | undefined {
    if (this.#closed) return new Error('The inbox is closed')
    if (this.#connection) return undefined
    return new Error('The inbox cannot use its file; it is opened anew', { cause: this.#trouble })
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    const connection = this.#connection
    if (!connection) return
    const urgent = this.#urgent.splice(0, maxBatch)
    const others = this.#jobs.splice(0, maxBatch)
    const jobs = [...urgent, ...others]
    try {
      const { outcomes, bodyBytes } = commit(
        connection,
        jobs.map(({ work }) => work),
      )
      this.#reopenMs = firstReopenMs
      this.#walBytes += commitBytes + jobs.length * jobBytes + bodyBytes
      for (const [at, outcome] of outcomes.entries()) {
        if ('error' in outcome) jobs[at]?.reject(outcome.error)
        else jobs[at]?.resolve(outcome.value as never)
      }
    } catch (error) {
      if (isBusy(error)) this.#waitForLock(urgent, others, error)
      else this.#fail(jobs, error)
    }
    if (this.#walBytes > checkpointBytes) setImmediate(() => this.#checkpoint())
    this.#next()
  }

  #next(): void {
    if (this.#isWaitedFor()) this.#schedule()
    else this.#whenIdle?.()
  }

  /** After the answers are on their way. */
  #checkpoint(): void {
    if (!this.#connection || this.#walBytes <= checkpointBytes) return
    try {
      if (checkpoint(this.#connection)) this.#walBytes = 0
    } catch (error) {
      if (!isBusy(error)) this.#recover(error)
    }
  }

  #isWaitedFor(): boolean {
    return this.#jobs.length + this.#urgent.length > 0
  }

  #fail(jobs: readonly Job[], error: unknown): void {
    for (const job of jobs) job.reject(error)
    this.#recover(error)
  }

  /** Another process writes: again shortly, at random times, so that two do not meet for ever. */
  #waitForLock(urgent: readonly Job[], others: readonly Job[], error: unknown): void {
    const now = this.#clock.monotonic()
    const isPatient = ({ giveUpAt }: Job) => giveUpAt > now
    for (const job of [...urgent, ...others]) if (!isPatient(job)) job.reject(error)
    // Each to the front of its own queue: what came later must not be written first.
    this.#urgent.unshift(...urgent.filter(isPatient))
    this.#jobs.unshift(...others.filter(isPatient))
    if (!this.#isWaitedFor()) return
    this.#scheduled = true
    setTimeout(
      () => {
        this.#scheduled = false
        this.#flush()
      },
      2 + Math.random() * 8,
    )
  }

  /** After a failed fsync nobody knows what the disk holds: this connection's view of it is not to be trusted. */
  #recover(error: unknown): void {
    this.#trouble = error
    for (const job of [...this.#urgent.splice(0), ...this.#jobs.splice(0)])
      job.reject(this.#refusal() ?? error)
    this.#closeConnection()
    // Once until it can be written again.
    if (this.#reopenMs === firstReopenMs) {
      warn(
        'ACUSE_SQLITE',
        `The inbox stopped accepting, its file cannot be written: ${describeError(error).message}`,
      )
    }
    this.#reopenLater()
  }

  #reopenLater(): void {
    if (this.#closed) return
    this.#cancelReopen = this.#clock.schedule(this.#reopenMs, () => {
      this.#reopenMs = Math.min(this.#reopenMs * 2, lastReopenMs)
      try {
        this.#connection = this.#open()
      } catch (error) {
        this.#trouble = error
        this.#reopenLater()
      }
    })
  }

  #closeConnection(): void {
    const connection = this.#connection
    this.#connection = undefined
    try {
      connection?.database.close()
    } catch {
      // It is not used any more; what it committed is in the file.
    }
  }
}
