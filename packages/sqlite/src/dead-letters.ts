import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterQuery,
  DeadLetters,
  RedriveOptions,
} from '@acuse/core'
import { checkDeadLetterFilter, checkDeadLetterQuery, knownOptions, wholeNumber } from '@acuse/core/stores'
import { isBehindAnother } from './accept.ts'
import type { SqlRow, SqlValue } from './driver.ts'
import type { SqliteSettings } from './options.ts'
import { toDelivery, toFailures, toSummary } from './rows.ts'
import type { Statements } from './statements.ts'
import type { Transaction, Writer } from './writer.ts'

const maxBatch = 200
const batchesPerSecond = 10

type Change = (transaction: Transaction, row: SqlRow) => void
type Place = readonly [endedAt: number, seq: number]

/** The dead letters of the file. `onRedriven` is told whose deliveries wait again. */
export class SqliteDeadLetters implements DeadLetters {
  readonly #writer: Writer
  readonly #settings: SqliteSettings
  readonly #onRedriven: (endpoint: string) => void

  constructor(writer: Writer, settings: SqliteSettings, onRedriven: (endpoint: string) => void) {
    this.#writer = writer
    this.#settings = settings
    this.#onRedriven = onRedriven
  }

  async list(query: DeadLetterQuery = {}): Promise<DeadLetterPage> {
    const { limit = 100, after, ...filter } = query
    checkDeadLetterQuery('deadLetters.list', filter)
    wholeNumber('limit', limit, 1, 1_000)
    const rows = this.#writer.read((sql) => find(sql, filter, toPlace(after), limit + 1))
    const page = rows.slice(0, limit)
    return { letters: page.map(toSummary), next: rows.length > limit ? toCursor(page.at(-1)) : undefined }
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    return this.#writer.read((sql) => {
      const row = sql.deadLetter.get(id)
      if (!row) return undefined
      const delivery = toDelivery(row, sql.content.get(Number(row['seq'])))
      return { ...toSummary(row), delivery, failures: toFailures(row) }
    })
  }

  async redrive(which: string | DeadLetterFilter, options: RedriveOptions = {}): Promise<number> {
    knownOptions('deadLetters.redrive', options, ['perSecond'])
    const { perSecond } = options
    if (perSecond !== undefined) wholeNumber('perSecond', perSecond, 1, 1_000_000)
    return this.#changeAll('deadLetters.redrive', which, putBack, perSecond)
  }

  async discard(which: string | DeadLetterFilter): Promise<number> {
    const { clock, retentionMs } = this.#settings
    return this.#changeAll('deadLetters.discard', which, ({ sql }, row) => {
      const seq = Number(row['seq'])
      const now = clock.now()
      sql.discard.run(now, now + retentionMs, seq)
      sql.dropContent.run(seq)
    })
  }

  async #changeAll(
    where: string,
    which: string | DeadLetterFilter,
    change: Change,
    perSecond?: number,
  ): Promise<number> {
    if (typeof which === 'string') return this.#changeOne(which, change)
    checkDeadLetterFilter(where, which)
    // What dies again while this runs is not taken a second time.
    const now = this.#settings.clock.now()
    const diedBefore = which.diedBefore ?? new Date(now + 1)
    const size = perSecond === undefined ? maxBatch : batchSize(perSecond)
    let changed = 0
    let place: Place | undefined
    for (;;) {
      const rows = await this.#writer.write((transaction) => {
        const found = find(transaction.sql, { ...which, diedBefore }, place, size)
        for (const row of found) change(transaction, row)
        return found
      })
      changed += rows.length
      this.#tell(rows)
      if (rows.length < size) return changed
      place = placeOf(rows.at(-1))
      await pause(perSecond === undefined ? 0 : (size / perSecond) * 1_000)
    }
  }

  async #changeOne(id: string, change: Change): Promise<number> {
    const rows = await this.#writer.write((transaction) => {
      const row = transaction.sql.deadLetter.get(id)
      if (row) change(transaction, row)
      return row ? [row] : []
    })
    this.#tell(rows)
    return rows.length
  }

  #tell(rows: readonly SqlRow[]): void {
    for (const endpoint of new Set(rows.map((row) => String(row['endpoint'])))) this.#onRedriven(endpoint)
  }
}

const putBack: Change = (transaction, row) => {
  const orderKey = row['order_key'] == null ? undefined : String(row['order_key'])
  const state = isBehindAnother(transaction, { endpoint: String(row['endpoint']), orderKey })
    ? 'blocked'
    : 'waiting'
  transaction.sql.redrive.run(state, Number(row['seq']))
  transaction.live++
}

function find(
  sql: Statements,
  filter: DeadLetterFilter,
  [endedAt, seq]: Place = [Number.MIN_SAFE_INTEGER, 0],
  limit: number,
): SqlRow[] {
  const values: SqlValue[] = [
    filter.endpoint ?? null,
    filter.provider ?? null,
    filter.type ?? null,
    filter.reason ?? null,
    filter.diedFrom?.getTime() ?? Number.MIN_SAFE_INTEGER,
    filter.diedBefore?.getTime() ?? Number.MAX_SAFE_INTEGER,
  ]
  return sql.list.all(...values, endedAt, seq, limit)
}

function batchSize(perSecond: number): number {
  return Math.min(maxBatch, Math.ceil(perSecond / batchesPerSecond))
}

function placeOf(row: SqlRow | undefined): Place {
  return [Number(row?.['ended_at']), Number(row?.['seq'])]
}

function toCursor(row: SqlRow | undefined): string {
  return placeOf(row).join('.')
}

function toPlace(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined
  const [matched, endedAt, seq] = /^(\d{1,16})\.(\d{1,16})$/.exec(cursor) ?? []
  if (matched === undefined) throw new TypeError("after must be the 'next' of an earlier page")
  return [Number(endedAt), Number(seq)]
}

/** Keeps the process alive: somebody waits for the end. */
function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs === 0) setImmediate(resolve)
    else setTimeout(resolve, delayMs)
  })
}
