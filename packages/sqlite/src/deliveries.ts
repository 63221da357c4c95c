import type {
  CheckedDeliveryQuery,
  Deliveries,
  DeliveryPage,
  DeliveryQuery,
  DeliverySummary,
  StoredDelivery,
  StoredState,
} from '@acuse/core/inbox-kit'
import { checkDeliveryQuery, lookFurther, notACursor, storedStates } from '@acuse/core/inbox-kit'
import { pause } from './change-letters.ts'
import type { SqliteSettings } from './options.ts'
import { toCompleted, toDelivery, toFailures } from './rows.ts'
import type { SqlRow, SqlValue } from './sql.ts'
import { inSnapshot, type Statements } from './statements.ts'
import type { Writer } from './writer.ts'

/** The most rows that a page looks at, by an index of their state and by their number. */
const mostLookedAt = 10_000

/** The indexes by which those of a state are found. A delayed one that is due waits. */
const indexesOf: { readonly [State in StoredState]: readonly (keyof Statements)[] } = {
  waiting: ['seqsFresh', 'seqsPossiblePoison', 'seqsBlocked', 'seqsDelayed'],
  leased: ['seqsLeased'],
  delayed: ['seqsDelayed'],
  handled: ['seqsRetained'],
}

interface Found {
  readonly rows: readonly SqlRow[]
  /** Where to go on when fewer were found than asked for; `undefined`: nothing is left to look at. */
  readonly lookedTo?: number | undefined
}

/** The deliveries of the file that are not dead, by their number in it, the highest first. */
export class SqliteDeliveries implements Deliveries {
  readonly #writer: Writer
  readonly #clock: SqliteSettings['clock']
  readonly #most: number

  constructor(writer: Writer, { clock }: SqliteSettings, most: number = mostLookedAt) {
    this.#writer = writer
    this.#clock = clock
    this.#most = most
  }

  async list(query: DeliveryQuery = {}): Promise<DeliveryPage> {
    const checked = checkDeliveryQuery(query)
    return lookFurther(checked.after, async (after) => {
      // Accepts come in between.
      if (after !== checked.after) await pause(0)
      return this.#page(checked, toSeq(after))
    })
  }

  #page(checked: CheckedDeliveryQuery, below: number): DeliveryPage {
    const values = toValues(checked, this.#clock.now())
    const { rows, lookedTo } = this.#writer.read((sql) =>
      inSnapshot(sql, () => this.#find(sql, checked, below, values)),
    )
    const page = rows.slice(0, checked.limit)
    const next = rows.length > page.length ? Number(page.at(-1)?.['seq']) : lookedTo
    return { deliveries: page.map(toSummary), next: next === undefined ? undefined : String(next) }
  }

  async get(id: string): Promise<StoredDelivery | undefined> {
    const now = this.#clock.now()
    return this.#writer.read((sql) =>
      inSnapshot(sql, () => {
        const row = sql.stored.get(now, id)
        if (!row || row['shown'] == null) return undefined
        const delivery = toDelivery(row, sql.content.get(Number(row['seq'])))
        return { ...toSummary(row), delivery, failures: toFailures(row), completed: toCompleted(row) }
      }),
    )
  }

  /** The next by their number; where few of those match and few are in the states asked for, those. */
  #find(
    sql: Statements,
    { filter: { state }, limit }: CheckedDeliveryQuery,
    below: number,
    values: readonly SqlValue[],
  ): Found {
    const [now = 0, ...wanted] = values
    const rows = sql.listNext.all(now, below, this.#most, ...wanted, limit + 1)
    if (rows.length > limit) return { rows }
    const looked = sql.lookedAt.get(below, this.#most)
    const isAll = Number(looked?.['count']) < this.#most
    if (isAll) return { rows }
    const few = this.#few(sql, state)
    if (!few) return { rows, lookedTo: Number(looked?.['first']) }
    return { rows: sql.listFew.all(...values, JSON.stringify(few), below, limit + 1) }
  }

  #few(sql: Statements, state: StoredState | undefined): readonly number[] | undefined {
    const seqs: number[] = []
    const states = state === undefined ? storedStates : [state]
    for (const name of new Set(states.flatMap((each) => indexesOf[each]))) {
      const rows = sql[name].all(this.#most + 1 - seqs.length)
      for (const { seq } of rows) seqs.push(Number(seq))
      if (seqs.length > this.#most) return undefined
    }
    return seqs
  }
}

function toValues({ filter }: CheckedDeliveryQuery, now: number): SqlValue[] {
  const { state, endpoint, provider, type, orderingKey, receivedFrom, receivedBefore } = filter
  return [
    now,
    state ?? null,
    endpoint ?? null,
    provider ?? null,
    type ?? null,
    orderingKey ?? null,
    orderingKey ?? null,
    receivedFrom?.getTime() ?? Number.MIN_SAFE_INTEGER,
    receivedBefore?.getTime() ?? Number.MAX_SAFE_INTEGER,
  ]
}

function toSummary(row: SqlRow): DeliverySummary {
  const state = storedStates.find((each) => each === row['shown']) ?? 'waiting'
  return {
    id: String(row['id']),
    endpoint: String(row['endpoint']),
    provider: String(row['provider']),
    type: String(row['type']),
    orderingKey: row['ordering_key'] == null ? undefined : String(row['ordering_key']),
    state,
    attempt: Number(row['attempt']),
    receivedAt: new Date(Number(row['received_at'])),
    ...(state === 'delayed' && { nextAttemptAt: new Date(Number(row['due_at'])) }),
    ...(state === 'handled' && { handledAt: new Date(Number(row['ended_at'])) }),
  }
}

function toSeq(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER
  if (!/^\d{1,16}$/.test(cursor)) throw notACursor()
  return Number(cursor)
}
