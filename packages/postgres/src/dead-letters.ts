import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterQuery,
  DeadLetters,
  DiscardOptions,
  RedriveOptions,
} from '@acuse/core'
import {
  checkDeadLetterFilter,
  checkDeadLetterQuery,
  checkDiscardOptions,
  checkRedriveOptions,
  createPace,
  tellProgress,
  wholeNumber,
} from '@acuse/core/inbox-kit'
import type { Driver, Row } from './driver.ts'
import type { PostgresSettings } from './options.ts'
import type { Room } from './room.ts'
import { toDelivery, toFailures, toSummary, toText } from './rows.ts'
import type { Statements } from './statements.ts'
import { toStored } from './texts.ts'

const maxBatch = 200
const redrivenUpTo = 0.8

/** Behind which letter a page begins. */
interface Place {
  readonly stamp: string
  readonly seq: string
}

/** Changes letters by their `seq`; the rows that it changed. */
type Change = (seqs: readonly string[]) => Promise<readonly Row[]>

/** Dependencies of {@link PostgresDeadLetters}. */
export interface DeadLettersSetup {
  /** Refuses where the tables cannot be worked with. */
  readonly driver: Pick<Driver, 'query'>
  readonly sql: Statements
  readonly settings: PostgresSettings
  readonly room: Room
  /** Told whose deliveries wait again. */
  readonly onRedriven: (endpoint: string) => void
}

/** The dead letters of the tables. */
export class PostgresDeadLetters implements DeadLetters {
  readonly #setup: DeadLettersSetup

  constructor(setup: DeadLettersSetup) {
    this.#setup = setup
  }

  async list(query: DeadLetterQuery = {}): Promise<DeadLetterPage> {
    const { limit = 100, after, ...filter } = query
    checkDeadLetterQuery('deadLetters.list', filter)
    wholeNumber('limit', limit, 1, 1_000)
    const rows = await this.#find(filter, toPlace(after), limit + 1)
    const page = rows.slice(0, limit)
    return { letters: page.map(toSummary), next: rows.length > limit ? toCursor(page.at(-1)) : undefined }
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    const { driver, sql } = this.#setup
    const [row] = await driver.query(sql.letter, [toStored(id)])
    if (!row) return undefined
    const delivery = { ...toDelivery(row), id: String(row['copy_of'] ?? row['id']) }
    return { ...toSummary(row), delivery, failures: toFailures(row) }
  }

  async redrive(which: string | DeadLetterFilter, options: RedriveOptions = {}): Promise<number> {
    checkRedriveOptions(options)
    const { driver, sql, settings, room } = this.#setup
    // A filter leaves room for accepts; a single id may take the last place.
    const share = typeof which === 'string' ? 1 : redrivenUpTo
    const most = Math.ceil(settings.maxDeliveries * share)
    const change: Change = async (seqs) => {
      const fit = seqs.slice(0, Math.max(0, most - (await room.live())))
      if (fit.length === 0) return []
      const changed = await driver.query(sql.redrive, [fit, settings.retentionMs])
      room.add(changed.length)
      for (const endpoint of new Set(changed.map((row) => toText(row, 'endpoint'))))
        this.#setup.onRedriven(endpoint)
      return changed
    }
    return this.#changeAll('deadLetters.redrive', which, change, options)
  }

  async discard(which: string | DeadLetterFilter, options: DiscardOptions = {}): Promise<number> {
    checkDiscardOptions(options)
    const { driver, sql } = this.#setup
    const change: Change = (seqs) => driver.query(sql.discard, [seqs])
    return this.#changeAll('deadLetters.discard', which, change, options)
  }

  async #changeAll(
    where: string,
    which: string | DeadLetterFilter,
    change: Change,
    options: RedriveOptions,
  ): Promise<number> {
    const { driver, sql, settings } = this.#setup
    if (typeof which === 'string') {
      const rows = await driver.query(sql.letter, [toStored(which)])
      return rows.length === 0 ? 0 : (await change([String(rows[0]?.['seq'])])).length
    }
    checkDeadLetterFilter(where, which)
    const { perSecond, signal } = options
    // A delivery that dies again while this runs is not taken a second time.
    const diedBefore = which.diedBefore ?? (await this.#now())
    const pace = createPace(perSecond, settings.clock)
    const size = pace.batchOf(maxBatch)
    let count = 0
    let place: Place | undefined
    while (!signal?.aborted) {
      const rows = await this.#find({ ...which, diedBefore }, place, size)
      if (rows.length === 0) break
      await pace.next(rows.length)
      const changed = await this.#told(change(rows.map((row) => String(row['seq']))), count)
      count += changed.length
      tellProgress(options, count)
      // There was no room, or another process changed them all.
      if (rows.length < size || changed.length === 0) break
      place = placeOf(rows.at(-1))
    }
    return count
  }

  /** By the database's clock, behind all that died. */
  async #now(): Promise<Date> {
    const [row] = await this.#setup.driver.query('SELECT (extract(epoch FROM now()) * 1000)::float8 AS now')
    return new Date(Math.ceil(Number(row?.['now'])) + 1)
  }

  async #told<T>(changing: Promise<T>, before: number): Promise<T> {
    try {
      return await changing
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`${message}. ${before} dead letters were changed before`, { cause })
    }
  }

  #find(filter: DeadLetterFilter, place: Place | undefined, limit: number): Promise<readonly Row[]> {
    const { driver, sql } = this.#setup
    const texts = [filter.endpoint, filter.provider, filter.type].map((text) =>
      text === undefined ? null : toStored(text),
    )
    const times = [filter.diedFrom?.getTime() ?? null, filter.diedBefore?.getTime() ?? null]
    return driver.query(sql.list, [
      ...texts,
      filter.reason ?? null,
      ...times,
      place?.stamp ?? null,
      place?.seq ?? null,
      limit,
    ])
  }
}

function placeOf(row: Row | undefined): Place {
  return { stamp: String(row?.['stamp']), seq: String(row?.['seq']) }
}

function toCursor(row: Row | undefined): string {
  const { stamp, seq } = placeOf(row)
  return `${stamp}.${seq}`
}

function toPlace(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined
  const [matched, stamp, seq] = /^(\d{1,18})\.(\d{1,18})$/.exec(cursor) ?? []
  if (matched === undefined) throw new TypeError("after must be the 'next' of an earlier page")
  return { stamp: String(stamp), seq: String(seq) }
}
