import type { Delivery } from '@acuse/core'
import type { EventLogFilter, EventLogStore, LogPage, ReplayStep } from '@acuse/core/inbox-kit'
import { described, insertContent, isBehindAnother } from './accept.ts'
import type { Transaction } from './commit.ts'
import type { SqliteSettings } from './options.ts'
import { toDelivery } from './rows.ts'
import type { SqlRow, SqlValue } from './sql.ts'
import type { Writer } from './writer.ts'

const replayedUpTo = 0.8

/** In order of receipt. */
type Place = readonly [receivedAt: number, seq: number]

/** The event log of the file. `onReplayed` is told whose deliveries wait again. */
export class SqliteEventLog implements EventLogStore<Place> {
  readonly isRetaining: boolean
  readonly #writer: Writer
  readonly #settings: SqliteSettings
  readonly #onReplayed: (endpoint: string) => void

  constructor(writer: Writer, settings: SqliteSettings, onReplayed: (endpoint: string) => void) {
    this.isRetaining = settings.bodiesForMs !== undefined
    this.#writer = writer
    this.#settings = settings
    this.#onReplayed = onReplayed
  }

  get isClosed(): boolean {
    return this.#writer.isClosed
  }

  isEmpty(): boolean {
    return this.#writer.read((sql) => sql.isAnyRetained.get() === undefined)
  }

  begin(name: string, { since, until }: EventLogFilter, isAnew: boolean): Promise<void> {
    const untilMs = until?.getTime() ?? this.#settings.clock.now()
    return this.#writer.write(({ sql }) => {
      if (isAnew) sql.forgetReplay.run(name)
      sql.beginReplay.run(name, untilMs, since?.getTime() ?? Number.MIN_SAFE_INTEGER)
    })
  }

  async next(name: string, filter: EventLogFilter, limit: number): Promise<ReplayStep> {
    const most = Math.ceil(this.#settings.maxDeliveries * replayedUpTo)
    const { endpoints, ...step } = await this.#writer.write((transaction) =>
      replayNext(transaction, name, filter, limit, most),
    )
    for (const endpoint of endpoints) this.#onReplayed(endpoint)
    return step
  }

  read(filter: EventLogFilter, after: Place | undefined, limit: number): LogPage<Place> {
    const from = after ?? [filter.since?.getTime() ?? Number.MIN_SAFE_INTEGER, 0]
    const until = filter.until?.getTime() ?? Number.MAX_SAFE_INTEGER
    return this.#writer.read((sql) => {
      const rows = sql.retained.all(...toValues(filter), until, ...from, limit)
      const deliveries = rows.map((row) => toDelivery(row, sql.content.get(Number(row['seq']))))
      return { deliveries, last: rows.length > 0 ? placeOf(rows.at(-1)) : undefined }
    })
  }

  add(deliveries: readonly Delivery[]): Promise<number> {
    const { clock, retentionMs, bodiesForMs = 0 } = this.#settings
    const now = clock.now()
    return this.#writer.write((transaction) => {
      const added = deliveries.filter((delivery) => {
        const { changes, lastInsertRowid: seq } = transaction.sql.insertRetained.run(
          delivery.id,
          ...described(delivery),
          now,
          now + Math.max(retentionMs, bodiesForMs),
          now + bodiesForMs,
        )
        if (changes > 0) insertContent(transaction, seq, delivery)
        return changes > 0
      })
      return added.length
    })
  }
}

/** Each of them was handled, so that it is in the queue once; its place is written with it. */
function replayNext(
  transaction: Transaction,
  name: string,
  filter: EventLogFilter,
  limit: number,
  most: number,
): ReplayStep & { readonly endpoints: ReadonlySet<string> } {
  const { sql } = transaction
  const replay = sql.replayed.get(name)
  const endpoints = new Set<string>()
  let replayed = Number(replay?.['count'] ?? 0)
  if (!replay) return { replayed, ends: 'over', endpoints }
  const rows = sql.retained.all(...toValues(filter), Number(replay['until']), ...placeOf(replay), limit)
  const fit = rows.slice(0, Math.max(0, most - transaction.live))
  for (const row of fit) {
    putBack(transaction, row)
    endpoints.add(String(row['endpoint']))
    replayed++
  }
  if (fit.length > 0) sql.moveReplay.run(...placeOf(fit.at(-1)), replayed, name)
  if (fit.length < rows.length) return { replayed, ends: 'full', endpoints }
  if (rows.length === limit) return { replayed, endpoints }
  sql.forgetReplay.run(name)
  return { replayed, ends: 'over', endpoints }
}

function putBack(transaction: Transaction, row: SqlRow): void {
  const orderingKey = row['ordering_key'] == null ? undefined : String(row['ordering_key'])
  const isBehind = isBehindAnother(transaction, { endpoint: String(row['endpoint']), orderingKey })
  transaction.sql.replay.run(isBehind ? 'blocked' : 'waiting', Number(row['seq']))
  transaction.live++
}

function toValues({ endpoint, provider, type }: EventLogFilter): SqlValue[] {
  return [endpoint ?? null, provider ?? null, type ?? null]
}

function placeOf(row: SqlRow | undefined): Place {
  return [Number(row?.['received_at']), Number(row?.['seq'])]
}
