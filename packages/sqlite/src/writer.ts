import type { Clock } from '@acuse/core'
import { Checkpointer } from './checkpointer.ts'
import { commit, type Transaction } from './commit.ts'
import type { Connection } from './connection.ts'
import { OpenedFile } from './opened-file.ts'
import type { Reopen } from './recovery.ts'
import { isBusy, isFileError } from './sqlite-errors.ts'
import type { Statements } from './statements.ts'
import { Turns } from './turns.ts'

interface Job {
  readonly work: (transaction: Transaction) => unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
  readonly giveUpAt: number
}

/** Dependencies of a writer, beside its connection. */
export interface WriterOptions {
  readonly path: string
  /** Opens the file anew. */
  readonly reopen: Reopen
  readonly clock: Clock
  /** The most that waits in the WAL while somebody reads. */
  readonly maxWalBytes: number
}

const maxBatch = 64
const alongWithinMs = 5
// Under the 800 ms that a receiver waits for its inbox: it must hear why.
const patienceMs = 600

/**
 * Group commit: what is asked for in one turn of the event loop goes into one transaction, one fsync. A promise
 * resolves only after COMMIT returned. After an error of the file nothing is written until it was opened anew.
 */
export class Writer {
  readonly #clock: Clock
  readonly #file: OpenedFile
  readonly #checkpointer: Checkpointer
  readonly #turns: Turns
  readonly #jobs: Job[] = []
  readonly #urgent: Job[] = []
  #openings = 1
  #scheduled = false
  #isAlongScheduled = false
  #closed = false
  #whenIdle: (() => void) | undefined

  constructor(connection: Connection, { path, reopen, clock, maxWalBytes }: WriterOptions) {
    this.#clock = clock
    this.#file = new OpenedFile(connection, path, reopen, clock)
    this.#checkpointer = new Checkpointer(clock, maxWalBytes)
    this.#turns = new Turns(clock)
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Whether there is no room for more deliveries before somebody who reads the file has ended. */
  get isFull(): boolean {
    return this.#checkpointer.isFull
  }

  /** Where the file is, links resolved; `undefined` while it cannot be used. */
  get location(): string | undefined {
    return this.#file.connection?.guard.location
  }

  /** Rejects when the work is not known to be durable; then it may still have been applied. */
  write<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#enqueue(this.#jobs, work)
  }

  /** As `write`, ahead of everything that waits: for leases, which are few. */
  writeNext<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#enqueue(this.#urgent, work)
  }

  /** As `writeNext`, with the next other write or within a few milliseconds: for what nobody waits for. */
  writeAlong<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#enqueue(this.#urgent, work, () => this.#scheduleAlong())
  }

  #enqueue<T>(
    queue: Job[],
    work: (transaction: Transaction) => T,
    schedule = () => this.#schedule(),
  ): Promise<T> {
    const refusal = this.#refusal()
    if (refusal) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      queue.push({ work, resolve, reject, giveUpAt: this.#clock.monotonic() + patienceMs })
      schedule()
    })
  }

  /** Reads at once. */
  read<T>(work: (sql: Statements) => T): T {
    const { connection } = this.#file
    const refusal = this.#refusal()
    if (refusal || !connection) throw refusal
    try {
      return work(connection.sql)
    } catch (error) {
      if (isFileError(error) && !isBusy(error)) this.#recover(error)
      throw error
    }
  }

  /** Commits what was asked for, then closes the file. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#isWaitedFor()) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve
      })
    }
    await this.#file.close()
  }

  #refusal(): Error | undefined {
    return this.#closed ? new Error('The inbox is closed') : this.#file.refusal
  }

  #scheduleAlong(): void {
    if (this.#scheduled || this.#isAlongScheduled) return
    this.#isAlongScheduled = true
    setTimeout(() => {
      this.#isAlongScheduled = false
      if (this.#isWaitedFor()) this.#schedule()
    }, alongWithinMs)
  }

  #schedule(delayMs = this.#turns.breakMs): void {
    if (this.#scheduled) return
    this.#scheduled = true
    const flush = () => {
      this.#scheduled = false
      this.#flush()
    }
    if (delayMs > 0) setTimeout(flush, delayMs)
    else setImmediate(flush)
  }

  #flush(): void {
    const { connection } = this.#file
    if (!connection) return
    if (this.#openings !== this.#file.openings) this.#checkpointer.begin()
    this.#openings = this.#file.openings
    const urgent = this.#urgent.splice(0, maxBatch)
    const others = this.#jobs.splice(0, maxBatch)
    try {
      this.#commit(connection, [...urgent, ...others])
    } catch (error) {
      if (isBusy(error)) this.#waitForLock(urgent, others, error)
      else this.#fail([...urgent, ...others], error)
    }
    if (this.#checkpointer.isDue) setImmediate(() => this.#checkpoint())
    if (this.#isWaitedFor()) this.#schedule()
    else this.#whenIdle?.()
  }

  #commit(connection: Connection, jobs: readonly Job[]): void {
    const works = jobs.map(({ work }) => work)
    const beganAt = this.#clock.monotonic()
    const { outcomes, bodyBytes, version } = commit(connection, works)
    this.#turns.committed(version, this.#clock.monotonic() - beganAt)
    this.#file.succeeded()
    this.#checkpointer.wrote(works.length, bodyBytes)
    for (const [at, outcome] of outcomes.entries()) {
      if ('error' in outcome) jobs[at]?.reject(outcome.error)
      else jobs[at]?.resolve(outcome.value as never)
    }
  }

  /** After the answers are on their way. */
  #checkpoint(): void {
    const { connection } = this.#file
    try {
      if (connection) this.#checkpointer.run(connection)
    } catch (error) {
      this.#recover(error)
    }
  }

  #isWaitedFor(): boolean {
    return this.#jobs.length + this.#urgent.length > 0
  }

  #fail(jobs: readonly Job[], error: unknown): void {
    for (const job of jobs) job.reject(error)
    this.#recover(error)
  }

  /** Another process writes: again shortly. */
  #waitForLock(urgent: readonly Job[], others: readonly Job[], error: unknown): void {
    const now = this.#clock.monotonic()
    const isPatient = ({ giveUpAt }: Job) => giveUpAt > now
    for (const job of [...urgent, ...others]) if (!isPatient(job)) job.reject(error)
    // Each to the front of its own queue: what came later must not be written first.
    this.#urgent.unshift(...urgent.filter(isPatient))
    this.#jobs.unshift(...others.filter(isPatient))
    if (!this.#isWaitedFor()) return
    const oldest = Math.min(
      ...[this.#urgent[0], this.#jobs[0]].map((job) => job?.giveUpAt ?? now + patienceMs),
    )
    this.#schedule(this.#turns.pauseMs(now - oldest + patienceMs))
  }

  /** After a failed fsync nobody knows what the disk holds: this connection's view of it is not to be trusted. */
  #recover(error: unknown): void {
    this.#file.failed(error)
    for (const job of [...this.#urgent.splice(0), ...this.#jobs.splice(0)])
      job.reject(this.#refusal() ?? error)
    this.#whenIdle?.()
  }
}
