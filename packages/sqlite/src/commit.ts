import type { Connection } from './connection.ts'
import { inTransaction } from './in-transaction.ts'
import { isFileError } from './sqlite-errors.ts'
import type { Statements } from './statements.ts'

/** The transaction of a piece of work; nothing is durable before its promise resolves. */
export interface Transaction {
  readonly sql: Statements
  /** How many deliveries are not yet handled, by all processes; each change of a state updates it. */
  live: number
  /** How many bytes of bodies it wrote. */
  bodyBytes: number
}

/** A piece of work; it may run again, in a transaction that knows nothing of the first run. */
export type Work = (transaction: Transaction) => unknown

/** The outcome of a piece of work: its value is durable, or it threw and nothing of it was written. */
type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** The outcome of a transaction. */
export interface Committed {
  /** In the order of the pieces of work. */
  readonly outcomes: readonly Outcome[]
  readonly bodyBytes: number
  /** SQLite's `data_version`: another one than before, and another connection has written meanwhile. */
  readonly version: unknown
}

/**
 * Runs all in one transaction. Work that throws costs only itself: the others are committed without it.
 * @throws what SQLite throws for the file's sake; then nothing is known to be written
 */
export function commit(connection: Connection, works: readonly Work[]): Committed {
  try {
    return commitAll(connection, works, runPlain)
  } catch (error) {
    if (!(error instanceof WorkThrew)) throw error
    // Apart from each other, which costs more: so only where one threw.
    return commitAll(connection, works, runApart)
  }
}

class WorkThrew extends Error {}

type Run = (connection: Connection, work: Work, transaction: Transaction) => Outcome

function commitAll(connection: Connection, works: readonly Work[], run: Run): Committed {
  const { database, sql, guard } = connection
  const committed = inTransaction(database, () => {
    // Before, so that nothing is written beside the file; after, so that nothing is promised that is not in it.
    guard.check()
    const version = sql.dataVersion.get()?.['data_version']
    const live = Number(sql.readLive.get()?.['live'])
    const transaction = { sql, live, bodyBytes: 0 }
    const outcomes = works.map((work) => run(connection, work, transaction))
    if (transaction.live !== live) sql.writeLive.run(transaction.live)
    return { outcomes, bodyBytes: transaction.bodyBytes, version }
  })
  guard.check()
  return committed
}

function runPlain(_: Connection, work: Work, transaction: Transaction): Outcome {
  try {
    return { value: work(transaction) }
  } catch (error) {
    throw isFileError(error) ? error : new WorkThrew()
  }
}

function runApart({ database }: Connection, work: Work, transaction: Transaction): Outcome {
  const { live, bodyBytes } = transaction
  database.exec('SAVEPOINT work')
  try {
    const value = work(transaction)
    database.exec('RELEASE work')
    return { value }
  } catch (error) {
    if (isFileError(error)) throw error
    database.exec('ROLLBACK TO work; RELEASE work')
    Object.assign(transaction, { live, bodyBytes })
    return { error }
  }
}
