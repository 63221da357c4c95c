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
import { UnwritableError, withFailure } from '@acuse/core/inbox-kit'
import type { Driver } from './driver.ts'
import { codeOf, messageOf } from './errors.ts'
import type { PostgresSettings } from './options.ts'
import { giveBack, takeBack } from './returning.ts'
import { type Leased, toLeased, toText } from './rows.ts'
import type { Seats } from './seats.ts'
import type { Settlements } from './settlements.ts'
import type { Statements } from './statements.ts'
import { toStored, toStoredJson } from './texts.ts'
import { PostgresTransaction } from './transaction.ts'

/** Dependencies of a source. */
export interface SourceSetup {
  readonly driver: Driver
  readonly sql: Statements
  readonly settings: PostgresSettings
  readonly settlements: Settlements
  /** Of all endpoints. */
  readonly seats: Seats
  /** Rejects while the tables are not there, or not of a version that this package works with. */
  readonly check: () => Promise<void>
  readonly endpoint: string
  /** The longest delay that a retry has here. */
  readonly maxDelayMs: number
}

/** The queue of one endpoint in the tables. */
export class PostgresLeaseSource implements LeaseSource<Leased>, SharedLeases<Leased> {
  readonly #setup: SourceSetup
  readonly #endpoint: string
  /** When late leases were first seen to be due. */
  #dueAts = new Map<string, number>()
  readonly leaseMs: number
  readonly pollMs: number

  constructor(setup: SourceSetup) {
    this.#setup = setup
    this.#endpoint = toStored(setup.endpoint)
    this.leaseMs = setup.settings.leaseMs
    this.pollMs = setup.settings.pollMs
  }

  get shared(): this {
    return this
  }

  async look(handles: HandledTypes): Promise<Look> {
    const { driver, sql, check } = this.#setup
    await check()
    const [row] = await driver.query(sql.look, [this.#endpoint, ...toTypes(handles)])
    const least = row?.['least']
    return {
      isDue: row?.['due'] === true,
      leastAtOnce: least == null ? undefined : Number(least),
      hasAlone: () => row?.['alone'] === true,
      has: ({ possiblePoison: { count, atOnce } }) =>
        row?.['fresh'] === true || (row?.['poison'] === true && count < atOnce),
    }
  }

  async lease(room: LeaseRoom): Promise<Leased[]> {
    const { driver, sql } = this.#setup
    const whose = [this.#endpoint, ...toTypes(room.handles)]
    if (room.isForAlone) return toAllLeased(await driver.query(sql.leaseAlone, [...whose, this.leaseMs]))
    if (room.isDue) await driver.query(sql.setReady, [this.#endpoint])
    const { count, atOnce } = room.possiblePoison
    const possible =
      count >= atOnce
        ? []
        : await driver.query(sql.leasePossiblePoison, [
            ...whose,
            count,
            Math.min(atOnce, most),
            room.limit,
            this.leaseMs,
          ])
    const left = room.limit - possible.length
    const fresh = left > 0 ? await driver.query(sql.leaseFresh, [...whose, left, this.leaseMs]) : []
    return toAllLeased([...possible, ...fresh])
  }

  async settle(leased: Leased, settled: Settled): Promise<Settled | undefined> {
    if (settled.status === 'done') return (await this.#setup.settlements.done(leased)) ? settled : undefined
    try {
      return (await this.#settleFailed(leased, settled)) ? settled : undefined
    } catch (error) {
      // Its text, or its number, is what cannot be written.
      if (codeOf(error)?.startsWith('22')) throw new UnwritableError(messageOf(error), { cause: error })
      throw error
    }
  }

  async #settleFailed(
    { seq, token, attempt, crashes, ...leased }: Leased,
    settled: Exclude<Settled, { status: 'done' }>,
  ): Promise<boolean> {
    const { driver, sql, settings } = this.#setup
    const now = new Date(settings.clock.now())
    const failures = toStoredJson(withFailure(leased.failures, attempt, now, settled.error))
    const completed = (settled.completed ?? []).map(toStored)
    if (settled.status === 'retry')
      return isOne(
        await driver.query(`${sql.delay} RETURNING 1`, [seq, token, settled.delayMs, completed, failures]),
      )
    const values = [seq, token, crashes, settled.reason, completed, failures]
    return isOne(await driver.query(`${sql.deadLetter} RETURNING 1`, values))
  }

  transaction(leased: Leased): PostgresTransaction {
    return new PostgresTransaction(this.#setup, leased)
  }

  async giveBack(returned: readonly TakenBack<Leased>[]): Promise<boolean[]> {
    const { driver, sql, settings } = this.#setup
    const written: boolean[] = []
    for (const one of returned)
      written.push(
        await driver.withClient((client) =>
          giveBack(client, sql, one.leased, one.returned, settings.clock.now()),
        ),
      )
    return written
  }

  async isIdle(handles: HandledTypes): Promise<boolean> {
    const { driver, sql } = this.#setup
    const [row] = await driver.query(sql.isLive, [this.#endpoint, ...toTypes(handles)])
    return row?.['live'] === false
  }

  async unhandled(handles: HandledTypes): Promise<UnhandledType[]> {
    const { driver, sql } = this.#setup
    try {
      const rows = await driver.query(sql.unhandled, [this.#endpoint, ...toTypes(handles)])
      return rows.map((row) => ({ type: toText(row, 'type'), waiting: Number(row['waiting']) }))
    } catch {
      // While Postgres is away there is nothing to read.
      return []
    }
  }

  async nextDueAt(): Promise<number | undefined> {
    const { driver, sql, settings } = this.#setup
    const [row] = await driver.query(sql.nextDue, [this.#endpoint])
    const inMs = row?.['in_ms']
    return inMs == null ? undefined : settings.clock.now() + Number(inMs)
  }

  async renew(held: readonly Leased[]): Promise<boolean[]> {
    if (held.length === 0) return []
    const { driver, sql } = this.#setup
    const sorted = held.toSorted((one, other) => Number(one.seq) - Number(other.seq))
    const seqs = sorted.map(({ seq }) => seq)
    const rows = await driver.query(sql.renew, [seqs, sorted.map(({ token }) => token), this.leaseMs])
    const renewed = new Set(rows.map((row) => row['seq']))
    return held.map(({ seq }) => renewed.has(seq))
  }

  /** By the database's clock, told as by this process's: machines need not agree on the time. */
  async late(held: Iterable<Leased>): Promise<LateLease[]> {
    const { driver, sql, settings, maxDelayMs } = this.#setup
    await driver.query(sql.capDelays, [this.#endpoint, maxDelayMs])
    const found = await driver.query(sql.late, [this.#endpoint])
    if (found.length === 0) return []
    const own = new Set([...held].map(({ seq, token }) => `${seq} ${token}`))
    const now = settings.clock.now()
    const before = this.#dueAts
    this.#dueAts = new Map()
    const others = found.filter((row) => !own.has(`${row['seq']} ${row['token']}`))
    return others.map((row) => {
      // The stamp stays as it is until the lease is renewed.
      const id = `${row['seq']} ${row['token']} ${row['stamp']}`
      const dueAt = before.get(id) ?? now + Number(row['in_ms'])
      this.#dueAts.set(id, dueAt)
      return { id, dueAt, leaseMs: Number(row['wait_ms']) }
    })
  }

  takeBack(late: readonly LateLease[], decide: (leased: Leased) => Returned): Promise<TakenBack<Leased>[]> {
    const { driver, sql, settings } = this.#setup
    const ids = late.map(({ id }) => id)
    return driver.withClient((client) => takeBack(client, sql, ids, decide, settings.clock.now()))
  }
}

/** More than a worker has places; where none runs, any number may. */
const most = 1_000_000

/** `$2` and `$3` of the statements. */
function toTypes(handles: HandledTypes): [list: string[], isOnly: boolean] {
  const isOnly = 'only' in handles
  return [(isOnly ? handles.only : handles.except).map(toStored), isOnly]
}

/** In order of arrival, which the rows of an update are not. */
function toAllLeased(rows: readonly Parameters<typeof toLeased>[0][]): Leased[] {
  return rows.map(toLeased).sort((one, other) => Number(one.seq) - Number(other.seq))
}

function isOne(rows: readonly unknown[]): boolean {
  return rows.length === 1
}
