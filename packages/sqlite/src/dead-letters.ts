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
import { type Change, LetterChanges, pause } from './change-letters.ts'
import type { SqliteSettings } from './options.ts'
import { redriveLetter } from './redrive.ts'
import { toDelivery, toFailures, toSummary } from './rows.ts'
import type { SqlRow, SqlValue } from './sql.ts'
import type { Statements } from './statements.ts'
import type { Writer } from './writer.ts'

const maxBatch = 200
const redrivenUpTo = 0.8

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
      const row = sql.letter.get(id)
      if (!row) return undefined
      const content = sql.content.get(Number(row['seq']))
      const delivery = { ...toDelivery(row, content), id: String(row['copy_of'] ?? row['id']) }
      return { ...toSummary(row), delivery, failures: toFailures(row) }
    })
  }

  async redrive(which: string | DeadLetterFilter, options: RedriveOptions = {}): Promise<number> {
    checkRedriveOptions(options)
    const { maxDeliveries } = this.#settings
    // A filter leaves room for accepts; a single id may take the last place.
    const most = typeof which === 'string' ? maxDeliveries : Math.ceil(maxDeliveries * redrivenUpTo)
    const change: Change = (transaction, row) => redriveLetter(transaction, row, most)
    return this.#changeAll('deadLetters.redrive', which, change, options)
  }

  async discard(which: string | DeadLetterFilter, options: DiscardOptions = {}): Promise<number> {
    checkDiscardOptions(options)
    const { clock, retentionMs } = this.#settings
    const change: Change = ({ sql }, row) => {
      const seq = Number(row['seq'])
      const now = clock.now()
      if (sql.discard.run(now, now + retentionMs, seq).changes === 0) return 'gone'
      sql.dropContent.run(seq)
      return 'changed'
    }
    return this.#changeAll('deadLetters.discard', which, change, options)
  }

  async #changeAll(
    where: string,
    which: string | DeadLetterFilter,
    change: Change,
    options: RedriveOptions,
  ): Promise<number> {
    if (typeof which === 'string') return this.#changeOne(which, change)
    checkDeadLetterFilter(where, which)
    const { perSecond, signal } = options
    // A delivery that dies again while this runs is not taken a second time.
    const diedBefore = which.diedBefore ?? new Date(this.#settings.clock.now() + 1)
    const filter = { ...which, diedBefore }
    const pace = createPace(perSecond, this.#settings.clock)
    const size = pace.batchOf(maxBatch)
    const changes = new LetterChanges(this.#writer)
    let place: Place | undefined
    while (!signal?.aborted) {
      const rows = await changes.find((sql) => find(sql, filter, place, size))
      await pace.next(rows.length)
      const { changed, isFull } = await changes.change(rows, change)
      this.#tell(changed)
      tellProgress(options, changes.count)
      if (rows.length < size || isFull) break
      place = placeOf(rows.at(-1))
      // Accepts come in between.
      await pause(0)
    }
    return changes.count
  }

  async #changeOne(id: string, change: Change): Promise<number> {
    const changes = new LetterChanges(this.#writer)
    const rows = await changes.find((sql) => sql.letter.all(id))
    const { changed } = await changes.change(rows, change)
    this.#tell(changed)
    return changes.count
  }

  #tell(rows: readonly SqlRow[]): void {
    for (const endpoint of new Set(rows.map((row) => String(row['endpoint'])))) this.#onRedriven(endpoint)
  }
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
