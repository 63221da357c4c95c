import type { Transaction } from './commit.ts'
import type { SqlRow } from './sql.ts'
import { isBusy } from './sqlite-errors.ts'
import type { Statements } from './statements.ts'
import type { Writer } from './writer.ts'

/** The outcome for a letter. `gone`: it is no longer dead; `full`: there is no room for it. */
export type Changed = 'changed' | 'dropped' | 'gone' | 'full'

/** Changes a letter. It may run twice for one letter: a transaction that failed is tried again. */
export type Change = (transaction: Transaction, row: SqlRow) => Changed

/** The outcome of a batch. */
interface Batch {
  readonly changed: readonly SqlRow[]
  readonly isFull: boolean
}

const againMs = 200
const patienceMs = 60_000

/** Changes dead letters; goes on after the file was busy or was opened anew, so that the count is the true one. */
export class LetterChanges {
  readonly #writer: Writer
  #count = 0

  constructor(writer: Writer) {
    this.#writer = writer
  }

  /** How many were changed so far. */
  get count(): number {
    return this.#count
  }

  /** @throws Error when the file stays away for a minute, or the inbox is closed; it says how many were changed */
  find(work: (sql: Statements) => SqlRow[]): Promise<SqlRow[]> {
    return this.#untilDone(async () => this.#writer.read(work))
  }

  /** @throws Error as `find` */
  async change(rows: readonly SqlRow[], change: Change): Promise<Batch> {
    const batch = await this.#untilDone((isRepeated) =>
      this.#writer.write((transaction) => changeAll(transaction, rows, change, isRepeated)),
    )
    this.#count += batch.changed.length
    return batch
  }

  async #untilDone<T>(act: (isRepeated: boolean) => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + patienceMs
    let isRepeated = false
    for (;;) {
      try {
        return await act(isRepeated)
      } catch (cause) {
        if (this.#writer.isClosed || performance.now() > giveUpAt) throw this.#endedEarly(cause)
        // After any other error it may have been written.
        isRepeated ||= !isBusy(cause)
        await pause(againMs)
      }
    }
  }

  #endedEarly(cause: unknown): Error {
    const message = cause instanceof Error ? cause.message : String(cause)
    return new Error(`${message}. ${this.#count} dead letters were changed before`, { cause })
  }
}

function changeAll(
  transaction: Transaction,
  rows: readonly SqlRow[],
  change: Change,
  isRepeated: boolean,
): Batch {
  const changed: SqlRow[] = []
  for (const row of rows) {
    const outcome = change(transaction, row)
    if (outcome === 'full') return { changed, isFull: true }
    const wasChanged = isRepeated && outcome === 'gone' && transaction.sql.exists.get(Number(row['seq']))
    if (outcome === 'changed' || wasChanged) changed.push(row)
  }
  return { changed, isFull: false }
}

/** Keeps the process alive: somebody waits for the end. */
export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs === 0) setImmediate(resolve)
    else setTimeout(resolve, delayMs)
  })
}
