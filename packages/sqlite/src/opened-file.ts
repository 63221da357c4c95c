import { statSync } from 'node:fs'
import type { Clock } from '@acuse/core'
import { describeError, warn } from '@acuse/core/inbox-kit'
import type { Connection } from './connection.ts'
import { FileTrouble, FileUnavailable } from './file-trouble.ts'
import { closeQuietly, leave, type Reopen, recover, takeFrom } from './recovery.ts'
import { isDiskFull } from './sqlite-errors.ts'

const firstAgainMs = 100
const lastAgainMs = 5_000
const watchMs = 5_000

/** The path's file, open; after an error it is opened again, with growing pauses. */
export class OpenedFile {
  readonly #path: string
  readonly #reopen: Reopen
  readonly #clock: Clock
  #connection: Connection | undefined
  /** From which something is still to be had. */
  #left: Connection | undefined
  #trouble: unknown
  /** Why it could not be opened since. */
  #since: unknown
  #refused: string | undefined
  #againMs = firstAgainMs
  #cancelAgain: (() => void) | undefined
  #cancelWatch: (() => void) | undefined
  #recovering: Promise<void> | undefined
  #isClosed = false
  #openings = 1

  constructor(connection: Connection, path: string, reopen: Reopen, clock: Clock) {
    this.#connection = connection
    this.#path = path
    this.#reopen = reopen
    this.#clock = clock
    this.#watch()
  }

  /** `undefined` while it cannot be used. */
  get connection(): Connection | undefined {
    return this.#trouble === undefined ? this.#connection : undefined
  }

  /** How often it was opened. */
  get openings(): number {
    return this.#openings
  }

  /** Why it cannot be used. */
  get refusal(): Error | undefined {
    if (this.connection) return undefined
    const since = this.#since === undefined ? '' : `; since then: ${toMessage(this.#since)}`
    return new FileUnavailable(this.#trouble, toMessage(this.#trouble) + since)
  }

  /** Every commit is in the file that the path names. */
  succeeded(): void {
    this.#againMs = firstAgainMs
  }

  /** It is not to be used before it was opened anew, or, where only the disk is full, for a while. */
  failed(error: unknown): void {
    if (!this.connection) return
    this.#trouble = error ?? new Error('unknown')
    detach(error)
    // Once until it can be written again.
    if (this.#againMs === firstAgainMs) {
      warn('ACUSE_SQLITE', `The inbox stopped accepting, its file cannot be written: ${toMessage(error)}`)
    }
    if (!isDiskFull(error)) {
      const connection = this.#connection
      this.#connection = undefined
      this.#left = connection && leave(connection, error)
    }
    this.#later()
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    this.#cancelAgain?.()
    this.#cancelWatch?.()
    await this.#recovering
    // Acknowledged deliveries go into the path's file before nobody has it open any more.
    if (this.#left) await this.#recover()
    this.#isClosed = true
    this.#cancelAgain?.()
    if (this.#left) {
      warn(
        'ACUSE_SQLITE',
        `The inbox was closed before it could save what its file held: ${this.refusal?.message}`,
      )
    }
    closeQuietly(this.#connection)
    closeQuietly(this.#left)
    this.#connection = undefined
    this.#left = undefined
    this.#trouble ??= new Error('closed')
  }

  /** A file that is taken away while nothing is written is noticed too. */
  #watch(): void {
    this.#cancelWatch = this.#clock.schedule(watchMs, () => {
      try {
        this.connection?.guard.check()
      } catch (error) {
        this.failed(error)
      }
      this.#watch()
    })
  }

  #later(): void {
    if (this.#isClosed) return
    this.#cancelAgain = this.#clock.schedule(this.#againMs, () => {
      this.#recovering = this.#recover().finally(() => {
        this.#recovering = undefined
      })
    })
    this.#againMs = Math.min(this.#againMs * 2, lastAgainMs)
  }

  async #recover(): Promise<void> {
    if (this.#connection) {
      // There may be room again.
      this.#trouble = undefined
      return
    }
    // It was looked at, and is as it was.
    if (this.#refused !== undefined && this.#refused === signatureOf(this.#path)) return this.#later()
    try {
      this.#left = this.#left && takeFrom(this.#left, this.#trouble)
      const { connection, carried } = await recover(this.#left, this.#trouble, this.#reopen)
      this.#left = undefined
      this.#connection = connection
      this.#openings++
      if (this.#trouble instanceof FileTrouble) this.#tell(carried)
      this.#trouble = undefined
      this.#since = undefined
      this.#refused = undefined
    } catch (error) {
      this.#since = error
      detach(error)
      this.#refused = error instanceof TypeError ? signatureOf(this.#path) : undefined
      this.#later()
    }
  }

  #tell(carried: number): void {
    const from = carried > 0 ? `. ${carried} deliveries came from the file that was taken away` : ''
    warn('ACUSE_SQLITE', `The inbox accepts again, on '${this.#path}'${from}`)
  }
}

/** The marks that tell a file, and its WAL, from earlier ones. */
function signatureOf(path: string): string {
  return [path, `${path}-wal`]
    .map((name) => {
      const stats = statSync(name, { throwIfNoEntry: false })
      return stats && [stats.dev, stats.ino, stats.size, stats.mtimeMs].join(':')
    })
    .join(' ')
}

/** V8 keeps the functions of an error's stack, and so the connection that they use, until its text is asked for. */
function detach(error: unknown): void {
  if (error instanceof Error) void error.stack
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : describeError(error).message
}
