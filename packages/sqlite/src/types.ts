import type { HandledTypes, UnhandledType } from '@acuse/core/inbox-kit'
import type { SqlValue } from './sql.ts'
import { inSnapshot, type Statements } from './statements.ts'
import { toStoredList } from './texts.ts'

/** Which types are handled, as statements take it. */
export interface Types {
  has(type: string): boolean
  /** The types that are handled, where those are listed. */
  readonly only: string | undefined
  /** For `isHandled` in a statement. */
  readonly filter: readonly [list: string, isOnly: number]
}

/** The first delivery of a type that waits. */
interface First {
  readonly type: string
  readonly seq: number
}

// More types than any sender has.
const maxTypes = 10_000
const maxUnhandled = 100
const maxCount = 10_000

export function toTypes(handles: HandledTypes): Types {
  const isOnly = 'only' in handles
  const list = new Set(isOnly ? handles.only : handles.except)
  const json = toStoredList([...list])
  return {
    has: (type) => list.has(type) === isOnly,
    only: isOnly ? json : undefined,
    filter: [json, Number(isOnly)],
  }
}

/**
 * The deliveries that wait and are handled, in order of arrival. What nobody handles is passed over by type, however
 * much of it there is.
 */
export function findWaiting(sql: Statements, endpoint: string, types: Types, limit: number): number[] {
  const scanned = limit * 2
  const rows = sql.waiting.all(endpoint, scanned)
  const found = rows.filter((row) => types.has(String(row['type']))).map((row) => Number(row['seq']))
  if (rows.length < scanned || found.length >= limit) return found.slice(0, limit)
  // Sorted by its first delivery, a type after the first `limit` types has none among the first `limit` deliveries.
  const firsts = findFirsts(sql, endpoint, types)
    .sort((one, other) => one.seq - other.seq)
    .slice(0, limit)
  return firsts
    .flatMap(({ type }) => sql.waitingOfType.all(endpoint, type, limit).map((row) => Number(row['seq'])))
    .sort((one, other) => one - other)
    .slice(0, limit)
}

function findFirsts(sql: Statements, endpoint: string, types: Types): First[] {
  if (types.only !== undefined) return toFirsts(sql.firstsOf.all(endpoint, types.only))
  return allFirsts(sql, endpoint).filter(({ type }) => types.has(type))
}

function allFirsts(sql: Statements, endpoint: string): First[] {
  return toFirsts(sql.firsts.all(endpoint, endpoint, endpoint, maxTypes))
}

function toFirsts(rows: readonly Readonly<Record<string, SqlValue>>[]): First[] {
  return rows.flatMap(({ type, seq }) => (seq == null ? [] : [{ type: String(type), seq: Number(seq) }]))
}

/** Whether anything is left to handle, of these types or of those that another process handles. */
export function isAnyLive(sql: Statements, endpoint: string, types: Types): boolean {
  const filter = [endpoint, ...types.filter]
  return inSnapshot(
    sql,
    () =>
      findWaiting(sql, endpoint, types, 1).length > 0 ||
      sql.isOtherLive.get(...filter, ...filter, ...filter)?.['live'] === 1,
  )
}

/** Waiting deliveries without a handler: those never tried, and possible poison messages. */
export function findUnhandled(sql: Statements, endpoint: string, types: Types): UnhandledType[] {
  const counts = new Map<string, number>()
  for (const { type } of allFirsts(sql, endpoint)) {
    if (types.has(type)) continue
    if (counts.size === maxUnhandled) break
    counts.set(type, Number(sql.countOfType.get(endpoint, type, maxCount)?.['count']))
  }
  const [list, isOnly] = types.filter
  for (const row of sql.unhandledPossiblePoison.all(endpoint, list, 1 - isOnly, maxCount)) {
    const type = String(row['type'])
    const before = counts.get(type)
    if (before === undefined && counts.size === maxUnhandled) continue
    counts.set(type, Math.min((before ?? 0) + Number(row['count']), maxCount))
  }
  return [...counts].map(([type, waiting]) => ({ type, waiting }))
}
