import type { Clock } from '@acuse/core'
import { warn } from '@acuse/core/inbox-kit'
import { type Connection, checkpoint } from './connection.ts'
import { readersOf } from './file-users.ts'
import { isBusy } from './sqlite-errors.ts'

// Rough sizes that a commit and each of its pieces of work write into the WAL.
const commitBytes = 16_384
const workBytes = 12_288
const checkpointBytes = 8 * 2 ** 20
const firstAgainMs = 100
const lastAgainMs = 2_000
const warnBytes = 64 * 2 ** 20
const warnEveryMs = 60_000

/** Moves the WAL into the file whenever it has grown. Somebody who reads in a transaction may forbid it. */
export class Checkpointer {
  readonly #clock: Clock
  readonly #maxWalBytes: number
  #walBytes = 0
  #againMs = firstAgainMs
  #againAt = 0
  #warnedAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, maxWalBytes: number) {
    this.#clock = clock
    this.#maxWalBytes = maxWalBytes
  }

  /** Whether the WAL has grown to its bound, because somebody reads: nothing is to be accepted. */
  get isFull(): boolean {
    return this.#walBytes >= this.#maxWalBytes
  }

  /** Another connection: what the WAL held is in the file. */
  begin(): void {
    this.#walBytes = 0
    this.#againMs = firstAgainMs
    this.#againAt = 0
  }

  wrote(works: number, bodyBytes: number): void {
    this.#walBytes += commitBytes + works * workBytes + bodyBytes
  }

  get isDue(): boolean {
    return this.#walBytes > checkpointBytes && this.#clock.monotonic() >= this.#againAt
  }

  /** @throws when the file failed */
  run(connection: Connection): void {
    if (!this.isDue) return
    try {
      connection.guard.check()
      const { isComplete, walBytes } = checkpoint(connection)
      this.#walBytes = walBytes
      if (isComplete) this.begin()
      else this.#wait(connection)
    } catch (error) {
      if (!isBusy(error)) throw error
      // Somebody writes: that is short, and nobody reads for it.
      this.#againAt = this.#clock.monotonic() + firstAgainMs
    }
  }

  /** Ever more seldom: each try looks through the WAL. */
  #wait({ guard }: Connection): void {
    const now = this.#clock.monotonic()
    this.#againAt = now + this.#againMs
    this.#againMs = Math.min(this.#againMs * 2, lastAgainMs)
    const isLarge = this.#walBytes >= Math.min(warnBytes, this.#maxWalBytes / 2)
    if (!isLarge || now - this.#warnedAt < warnEveryMs) return
    this.#warnedAt = now
    const megabytes = Math.round(this.#walBytes / 2 ** 20)
    const end = this.isFull ? 'Nothing is accepted before' : 'It grows until'
    warn(
      'ACUSE_SQLITE',
      `'${guard.location}-wal' has ${megabytes} MB and cannot be moved into the file, because ${readersOf(guard.location)} reads it in a transaction. ${end} that ends`,
    )
  }
}
