import { type HandlerTransaction, timedOut, withDeadline } from '@acuse/core/inbox-kit'
import type { PoolClient } from 'pg'
import type { Driver, Row } from './driver.ts'
import type { PostgresSettings } from './options.ts'
import type { Leased } from './rows.ts'
import type { Seats } from './seats.ts'
import type { Statements } from './statements.ts'
import { toStored } from './texts.ts'

/** Dependencies of {@link PostgresTransaction}. */
export interface TransactionSetup {
  readonly driver: Pick<Driver, 'take' | 'giveUp'>
  readonly sql: Statements
  readonly seats: Seats
  readonly settings: Pick<PostgresSettings, 'timeoutMs' | 'leaseMs' | 'clock'>
}

/** The transaction of one handler, on a client of its own. */
export class PostgresTransaction implements HandlerTransaction {
  readonly #setup: TransactionSetup
  readonly #leased: Leased
  #opening: Promise<PoolClient> | undefined
  #client: PoolClient | undefined
  #id: unknown
  #isOver = false
  #leaveSeat = (): void => {}

  constructor(setup: TransactionSetup, leased: Leased) {
    this.#setup = setup
    this.#leased = leased
  }

  begin(): Promise<PoolClient> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  async commit(handler: string): Promise<boolean> {
    const client = await this.begin()
    const { timeoutMs, leaseMs, clock } = this.#setup.settings
    const longestMs = Math.max(timeoutMs, leaseMs)
    let isKept = false
    try {
      // Nobody else ends what gets no answer: the handler would wait for good.
      const isHeld = await withDeadline(this.#complete(client, handler), longestMs, clock)
      if (isHeld === timedOut) throw new Error(`Postgres did not answer within ${longestMs} ms`)
      isKept = true
      return isHeld
    } finally {
      this.#end(isKept)
    }
  }

  async #complete(client: PoolClient, handler: string): Promise<boolean> {
    const { seq, token } = this.#leased
    const values = [seq, token, [toStored(handler)], this.#id]
    const [row]: Row[] = (await client.query(this.#setup.sql.complete, values)).rows
    // Others would take the handler's own COMMIT for ours: what it wrote may be there, and its completion is not.
    if (row?.['is_ours'] !== true)
      throw new Error(
        'The transaction is not the one that transaction() began: the handler must leave BEGIN, COMMIT and ROLLBACK to the inbox (savepoints are fine)',
      )
    const isHeld = row['completed'] === true
    await client.query(isHeld ? 'COMMIT' : 'ROLLBACK')
    return isHeld
  }

  async rollback(): Promise<void> {
    // A client that was given up goes away with all that is done on it later.
    this.#isOver = true
    this.#end(false)
    await this.#opening?.catch(() => undefined)
  }

  async #open(): Promise<PoolClient> {
    this.#leaveSeat = await this.#setup.seats.take()
    try {
      const client = await this.#setup.driver.take()
      this.#client = client
      if (this.#isOver) throw new Error('The handler has ended')
      await client.query('BEGIN')
      this.#id = (await client.query('SELECT txid_current()::text AS id')).rows[0]?.id
      return client
    } catch (error) {
      this.#end(false)
      throw error
    }
  }

  #end(isKept: boolean): void {
    const client = this.#client
    this.#client = undefined
    const leaveSeat = this.#leaveSeat
    if (isKept || !client) {
      client?.release()
      leaveSeat()
      // Else it has its seat for as long as it has its connection, so that transactions never take those of accepts.
    } else void this.#setup.driver.giveUp(client).then(leaveSeat)
  }
}
