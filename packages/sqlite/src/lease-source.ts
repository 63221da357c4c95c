import type {
  HandledTypes,
  LateLease,
  LeaseRoom,
  LeaseSource,
  Look,
  Returned,
  Settled,
  SharedLeases,
  TakenBack,
  UnhandledType,
} from '@acuse/core/inbox-kit'
import { describeError, UnwritableError } from '@acuse/core/inbox-kit'
import type { Transaction } from './commit.ts'
import {
  findAlone,
  findReady,
  giveBack,
  type Leased,
  leaseReady,
  settleLease,
  toLeased,
  writeApart,
} from './leases.ts'
import type { SqliteSettings } from './options.ts'
import { isFileError } from './sqlite-errors.ts'
import { SqliteTransaction, type Transactions } from './transactions.ts'
import { findUnhandled, isAnyLive, toTypes } from './types.ts'
import type { Writer } from './writer.ts'

/** Dependencies of a source. */
export interface SourceSetup {
  readonly writer: Writer
  readonly settings: SqliteSettings
  /** The transactions of handlers; `undefined`: they have none. */
  readonly transactions: Transactions | undefined
  readonly endpoint: string
  /** The longest delay that a retry has here. */
  readonly maxDelayMs: number
}

/** The queue of one endpoint in the file. */
export class SqliteLeaseSource implements LeaseSource<Leased>, SharedLeases<Leased> {
  readonly #setup: SourceSetup
  readonly leaseMs: number
  readonly pollMs: number
  readonly transaction?: (leased: Leased) => SqliteTransaction

  constructor(setup: SourceSetup) {
    this.#setup = setup
    this.leaseMs = setup.settings.leaseMs
    this.pollMs = setup.settings.pollMs
    const { transactions } = setup
    if (transactions) this.transaction = (leased) => new SqliteTransaction(transactions, leased)
  }

  get shared(): this {
    return this
  }

  look(handles: HandledTypes): Look {
    const { writer, endpoint } = this.#setup
    const types = toTypes(handles)
    const seen = writer.read((sql) => sql.look.get(endpoint, this.#now, endpoint, endpoint))
    const [first, least] = [seen?.['first'], seen?.['least']]
    const isFirstHandled = typeof first === 'string' && types.has(first)
    const isReady = (room: LeaseRoom) =>
      writer.read((sql) => findReady(sql, endpoint, types, { ...room, limit: 1 }).length > 0)
    return {
      isDue: seen?.['due'] === 1,
      leastAtOnce: least == null ? undefined : Number(least),
      hasAlone: () => writer.read((sql) => findAlone(sql, endpoint, types).length > 0),
      has: (room) => isFirstHandled || isReady(room),
    }
  }

  lease(room: LeaseRoom): Promise<Leased[]> {
    const { writer, endpoint } = this.#setup
    const types = toTypes(room.handles)
    return writer.writeNext((transaction) =>
      leaseReady(transaction, endpoint, types, room, this.#now, this.leaseMs),
    )
  }

  settle(leased: Leased, settled: Settled): Promise<Settled | undefined> {
    const { writer, settings } = this.#setup
    const write = (transaction: Transaction) => {
      try {
        const isWritten = settleLease(transaction, leased, settled, this.#now, settings)
        return isWritten ? settled : undefined
      } catch (error) {
        throw isFileError(error) ? error : new UnwritableError(describeError(error).message, { cause: error })
      }
    }
    // The next one of its key waits for it; else nobody does, and a commit costs more than all that is in it.
    const isAlong = settled.status === 'done' && leased.delivery.orderingKey === undefined
    return isAlong ? writer.writeAlong(write) : writer.writeNext(write)
  }

  async giveBack(returned: readonly TakenBack<Leased>[]): Promise<boolean[]> {
    const written = await this.#setup.writer.writeNext((transaction) =>
      returned.map((one) => writeApart(() => giveBack(transaction, one.leased, one.returned, this.#now))),
    )
    return written.map((isWritten) => isWritten === true)
  }

  isIdle(handles: HandledTypes): boolean {
    const { writer, endpoint } = this.#setup
    return !writer.read((sql) => isAnyLive(sql, endpoint, toTypes(handles)))
  }

  unhandled(handles: HandledTypes): UnhandledType[] {
    const { writer, endpoint } = this.#setup
    try {
      return writer.read((sql) => findUnhandled(sql, endpoint, toTypes(handles)))
    } catch {
      // While the file is opened anew there is nothing to read.
      return []
    }
  }

  nextDueAt(): number | undefined {
    const { writer, endpoint } = this.#setup
    const dueAt = writer.read((sql) => sql.nextDue.get(endpoint)?.['due_at'])
    return dueAt == null ? undefined : Number(dueAt)
  }

  renew(held: readonly Leased[]): Promise<(boolean | undefined)[]> {
    const { writer } = this.#setup
    return writer.writeNext(({ sql }) =>
      held.map(({ seq, token }) =>
        writeApart(() => sql.renew.run(this.#now + this.leaseMs, seq, token).changes > 0),
      ),
    )
  }

  async late(held: Iterable<Leased>): Promise<LateLease[]> {
    const { writer, endpoint } = this.#setup
    await this.#capDelays()
    const now = this.#now
    const found = writer.read((sql) => sql.unrenewed.all(endpoint, now, now))
    if (found.length === 0) return []
    const own = new Set([...held].map(({ seq, token }) => toId(seq, token)))
    const late = found.map((row) => ({
      id: toId(Number(row['seq']), Number(row['token'])),
      dueAt: Number(row['due_at']),
      leaseMs: Number(row['lease_ms']),
    }))
    return late.filter(({ id }) => !own.has(id))
  }

  takeBack(late: readonly LateLease[], decide: (leased: Leased) => Returned): Promise<TakenBack<Leased>[]> {
    return this.#setup.writer.writeNext((transaction) =>
      late.flatMap(({ id, dueAt }) => {
        const row = transaction.sql.stillUnrenewed.get(...fromId(id), dueAt)
        if (!row) return []
        const leased = toLeased(row, undefined)
        const returned = decide(leased)
        return giveBack(transaction, leased, returned, this.#now) ? [{ leased, returned }] : []
      }),
    )
  }

  /** Further off than they were put off: the clock was set back. */
  async #capDelays(): Promise<void> {
    const { writer, endpoint, maxDelayMs } = this.#setup
    const now = this.#now
    const latest = now + maxDelayMs
    const isLate = writer.read((sql) => sql.lateDelay.get(endpoint, latest, now)) !== undefined
    if (isLate) await writer.writeNext(({ sql }) => sql.capDelays.run(now, endpoint, latest, now))
  }

  get #now(): number {
    return this.#setup.settings.clock.now()
  }
}

/** A lease of a delivery is told from its next one by its token. */
function toId(seq: number, token: number): string {
  return `${seq}.${token}`
}

function fromId(id: string): [seq: number, token: number] {
  const [seq, token] = id.split('.')
  return [Number(seq), Number(token)]
}
