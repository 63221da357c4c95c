import { type HandlerTransaction, processWide } from '@acuse/core/inbox-kit'
import type { Leased } from './leases.ts'
import type { SqliteSettings } from './options.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { fromStoredText, toStored } from './texts.ts'
import { UserConnection } from './user-connection.ts'
import { whileOpen } from './while-open.ts'

const held = "WHERE seq = ? AND token = ? AND state = 'leased'"
const select = `SELECT coalesce(completed, '[]') FROM deliveries ${held}`
const update = `UPDATE deliveries SET completed = ? ${held}`
// Released by name at the end: so a transaction that was ended meanwhile is told from this one.
const mark = 'acuse_handler'

/** The turns on one connection: it has one transaction at a time. */
class Queue {
  #last: Promise<void> = Promise.resolve()

  /** Waits for the next turn; resolves with how to end it. */
  async turn(): Promise<() => void> {
    const before = this.#last
    let leave = (): void => {}
    this.#last = new Promise((resolve) => {
      leave = resolve
    })
    await before
    return leave
  }
}

/** Every inbox that has a connection waits for the same turns. */
const queues = processWide('sqlite-queues/1', () => new WeakMap<SqliteConnection, Queue>())

/** What transactions are made on. */
export interface Transactions {
  readonly connection: UserConnection
  readonly queue: Pick<Queue, 'turn'>
}

/**
 * Those on the connection that the options name, where they name one.
 * @throws TypeError when it has another file open
 */
export function toTransactions(
  { connection }: Pick<SqliteSettings, 'connection'>,
  location: string,
): Transactions | undefined {
  if (!connection) return undefined
  const checked = new UserConnection(connection, location)
  const queue = queues.get(connection) ?? new Queue()
  queues.set(connection, queue)
  return { connection: checked, queue }
}

/** The transaction of one run of one handler. It holds the lock of writers, so it lives for one turn of the event loop. */
export class SqliteTransaction implements HandlerTransaction {
  readonly #transactions: Transactions
  readonly #leased: Pick<Leased, 'seq' | 'token'>
  #beginning: Promise<SqliteConnection> | undefined
  #state: 'new' | 'open' | 'over' = 'new'
  #problem: Error | undefined
  #leave = (): void => {}
  #tooLong: NodeJS.Immediate | undefined

  constructor(transactions: Transactions, leased: Pick<Leased, 'seq' | 'token'>) {
    this.#transactions = transactions
    this.#leased = leased
  }

  begin(): Promise<SqliteConnection> {
    if (!this.#beginning) {
      this.#beginning = this.#begin()
      // Who does not wait for it hears of it when it is committed.
      this.#beginning.catch(() => undefined)
    }
    return this.#beginning
  }

  async commit(handler: string): Promise<boolean> {
    // Where it was not waited for, its turn may not have come.
    if (this.#state === 'new') await this.#beginning
    if (this.#problem) throw this.#problem
    try {
      return this.#commit(handler)
    } finally {
      this.#end()
    }
  }

  rollback(): void {
    if (this.#state === 'open') this.#rollBack()
    this.#end()
  }

  async #begin(): Promise<SqliteConnection> {
    this.#leave = await this.#transactions.queue.turn()
    try {
      if (this.#state === 'over') throw new Error('The handler ended before its transaction began')
      const { database } = this.#transactions.connection
      database.exec('BEGIN IMMEDIATE')
      this.#state = 'open'
      database.exec(`SAVEPOINT ${mark}`)
      this.#tooLong = setImmediate(() => this.#endTooLong())
      return whileOpen(database, () => this.#check())
    } catch (error) {
      this.#problem = error as Error
      this.rollback()
      throw error
    }
  }

  #commit(handler: string): boolean {
    const { connection } = this.#transactions
    const { seq, token } = this.#leased
    const { database } = connection
    try {
      database.exec(`RELEASE ${mark}`)
      connection.check()
      const stored = connection.readOne(select, seq, token)
      if (typeof stored !== 'string') {
        this.#rollBack()
        return false
      }
      const completed = new Set<string>(JSON.parse(fromStoredText(stored)))
      const names = JSON.stringify([...completed.add(handler)])
      database.prepare(update).run(toStored(names), seq, token)
      database.exec('COMMIT')
      return true
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  #check(): void {
    if (this.#state === 'over') throw this.#problem ?? new Error('The transaction has ended')
  }

  #endTooLong(): void {
    this.#problem = new Error(
      'The handler waited for something while its transaction was open, which holds the lock of the file, and was rolled back: ' +
        'await everything else first, then transaction(), then await nothing',
    )
    this.rollback()
  }

  #rollBack(): void {
    try {
      this.#transactions.connection.database.exec('ROLLBACK')
    } catch {
      // SQLite rolled back by itself, or the handler did.
    }
  }

  #end(): void {
    this.#state = 'over'
    clearImmediate(this.#tooLong)
    this.#leave()
  }
}
