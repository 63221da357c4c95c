import { bySeq, fromTime, type Row, toLeased, toLetter, toTime } from './rows.ts'
import type { OutboxSql } from './sql.ts'
import type { LetterPlace, LetterSelection, NewMessage, OutboxStats, OutboxStore } from './store.ts'

/** How a database is asked, each statement a transaction of its own. */
export interface Database {
  /** The rows of a statement. */
  all(sql: string, values: readonly SqlParameter[]): Promise<readonly Row[]>
  /** How many rows a statement changed. */
  run(sql: string, values: readonly SqlParameter[]): Promise<number>
}

/** A value of a parameter. */
export type SqlParameter = string | number | null

/** What every store has in common: all but how a table is made, and a message enqueued. */
export type SharedStore = Omit<
  OutboxStore<readonly unknown[], unknown>,
  'schema' | 'migrate' | 'optionsOf' | 'insert'
>

/** The parameters of `insert`. */
export function toParameters(message: NewMessage): SqlParameter[] {
  const { id, outbox, type, payload, headers, orderingKey, enqueuedAt, dueAt } = message
  return [id, outbox, type, payload, headers, orderingKey, toTime(enqueuedAt), toTime(dueAt)]
}

/** A store on a database, by its statements. */
export function toSharedStore(database: Database, sql: OutboxSql): SharedStore {
  return {
    async lease({ outbox, now, until, limit }) {
      const rows = await database.all(sql.lease, [outbox, toTime(now), limit, toTime(until)])
      return rows.toSorted(bySeq).map(toLeased)
    },
    async settle({ id, lease }, { state, dueAt, endedAt, attempts, failures }) {
      const times = [toTime(dueAt), toTime(endedAt)]
      const values = [state, ...times, attempts, JSON.stringify(failures), id, lease]
      return (await database.run(sql.settle, values)) > 0
    },
    isIdle: async (outbox) => (await database.all(sql.isIdle, [outbox])).length === 0,
    stats: async (outbox, now) => toStats(await database.all(sql.stats, [outbox]), now),
    prune: (outbox, before) => database.run(sql.prune, [outbox, toTime(before)]),
    async letters(outbox, which, limit, after) {
      const { where, values } = toCondition(outbox, which, [], after)
      const page = `${sql.letters} ${where} ORDER BY ended_at, seq LIMIT ${limit}`
      return (await database.all(page, values)).map(toLetter)
    },
    resend(outbox, which, dueAt) {
      const { where, values } = toCondition(outbox, which, [toTime(dueAt)])
      return database.run(`${sql.resend} ${where}`, values)
    },
    discard(outbox, which) {
      const { where, values } = toCondition(outbox, which, [])
      return database.run(`${sql.discard} ${where}`, values)
    },
  }
}

function toCondition(
  outbox: string,
  { id, type, diedFrom, diedBefore }: LetterSelection,
  before: readonly SqlParameter[],
  after?: LetterPlace,
): { readonly where: string; readonly values: SqlParameter[] } {
  const values = [...before]
  const next = (value: SqlParameter): string => `$${values.push(value)}`
  const conditions = [`outbox = ${next(outbox)}`, "state = 'dead'"]
  if (id !== undefined) conditions.push(`id = ${next(id)}`)
  if (type !== undefined) conditions.push(`type = ${next(type)}`)
  if (diedFrom) conditions.push(`ended_at >= ${next(toTime(diedFrom.getTime()))}`)
  if (diedBefore) conditions.push(`ended_at < ${next(toTime(diedBefore.getTime()))}`)
  if (after) conditions.push(`(ended_at, seq) > (${next(toTime(after.diedAt))}, ${next(after.seq)})`)
  return { where: `WHERE ${conditions.join(' AND ')}`, values }
}

function toStats(rows: readonly Row[], now: number): OutboxStats {
  const counts = { waiting: 0, delivering: 0, delivered: 0, dead: 0 }
  let oldestAt = now
  for (const { state, count, oldest } of rows as readonly {
    state: unknown
    count: unknown
    oldest: unknown
  }[]) {
    if (state !== 'waiting' && state !== 'delivering' && state !== 'delivered' && state !== 'dead') continue
    counts[state] = Number(count)
    if (state === 'waiting' || state === 'delivering') oldestAt = Math.min(oldestAt, fromTime(oldest))
  }
  return { ...counts, oldestMs: now - oldestAt }
}
