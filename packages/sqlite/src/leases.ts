import type { AttemptFailure, DeadReason } from '@acuse/core'
import type { LeasedDelivery, LeaseRoom, Returned, Settled } from '@acuse/core/inbox-kit'
import { withFailure } from '@acuse/core/inbox-kit'
import type { Transaction } from './commit.ts'
import type { SqliteSettings } from './options.ts'
import { toCompleted, toDelivery, toFailures } from './rows.ts'
import type { SqlRow } from './sql.ts'
import { isFileError } from './sqlite-errors.ts'
import type { Statements } from './statements.ts'
import { findWaiting, type Types } from './types.ts'

/** A delivery that is handed out, until its token is another's. */
export interface Leased extends LeasedDelivery {
  readonly seq: number
  readonly token: number
  readonly crashes: number
  readonly failures: readonly AttemptFailure[]
}

const maxDue = 500

/** The ones that are ready, in order of arrival. */
export function findReady(sql: Statements, endpoint: string, types: Types, room: LeaseRoom): number[] {
  const { limit, isForAlone } = room
  if (isForAlone) return findAlone(sql, endpoint, types)
  const possiblePoison = findPossiblePoison(sql, endpoint, types, room)
  const seqs = [...possiblePoison, ...findWaiting(sql, endpoint, types, limit)]
  return seqs.sort((one, other) => one - other).slice(0, limit)
}

/** One that may run only while nothing else does. */
export function findAlone(sql: Statements, endpoint: string, types: Types): number[] {
  return sql.alone.all(endpoint, ...types.filter).map((row) => Number(row['seq']))
}

/** The least suspicious first: they are the most. */
function findPossiblePoison(
  sql: Statements,
  endpoint: string,
  types: Types,
  { limit, possiblePoison }: LeaseRoom,
): number[] {
  let { count, atOnce } = possiblePoison
  const found: number[] = []
  if (count >= atOnce) return found
  for (const row of sql.possiblePoison.all(endpoint, ...types.filter, limit)) {
    atOnce = Math.min(atOnce, Number(row['at_once']))
    if (++count > atOnce) break
    found.push(Number(row['seq']))
  }
  return found
}

/** Leases what is ready. In one transaction, so that two processes never get the same. */
export function leaseReady(
  { sql }: Transaction,
  endpoint: string,
  types: Types,
  room: LeaseRoom,
  now: number,
  leaseMs: number,
): Leased[] {
  if (room.isDue) sql.setReady.run(endpoint, now, maxDue)
  return findReady(sql, endpoint, types, room).flatMap((seq) => {
    const rows = sql.lease.all(now + leaseMs, leaseMs, seq)
    return rows.map((row) => toLeased(row, sql.content.get(seq)))
  })
}

/** A leased row and its content. */
export function toLeased(row: SqlRow, content: SqlRow | undefined): Leased {
  const atOnce = row['at_once']
  return {
    seq: Number(row['seq']),
    token: Number(row['token']),
    attempt: Number(row['attempt']),
    crashes: Number(row['crashes']),
    delivery: toDelivery(row, content),
    completed: toCompleted(row),
    failures: toFailures(row),
    atOnce: atOnce == null ? undefined : Number(atOnce),
    isReplay: row['is_replay'] === 1,
  }
}

/** Writes down what became of a lease. `false`: it is another's by now, and nothing was written. */
export function settleLease(
  transaction: Transaction,
  leased: Leased,
  settled: Settled,
  now: number,
  keeping: Pick<SqliteSettings, 'retentionMs' | 'bodiesForMs'>,
): boolean {
  const { sql } = transaction
  const { seq, attempt } = leased
  if (settled.status === 'done') return isDone(transaction, leased, now, keeping)
  const failures = JSON.stringify(withFailure(leased.failures, attempt, new Date(now), settled.error))
  const completed = settled.completed ? unitedWithStored(sql, seq, settled.completed) : null
  if (settled.status === 'retry') {
    const { delayMs } = settled
    return sql.delay.run(now + delayMs, delayMs, completed, failures, seq, leased.token).changes > 0
  }
  return deadLetter(transaction, leased, settled.reason, now, completed, failures)
}

function isDone(
  transaction: Transaction,
  { seq, token, isReplay }: Leased,
  now: number,
  { retentionMs, bodiesForMs }: Pick<SqliteSettings, 'retentionMs' | 'bodiesForMs'>,
): boolean {
  const { sql } = transaction
  const keepUntil = now + Math.max(retentionMs, bodiesForMs ?? 0)
  const retainedUntil = bodiesForMs === undefined ? null : now + bodiesForMs
  if (sql.done.run(now, keepUntil, retainedUntil, seq, token).changes === 0) return false
  if (retainedUntil === null && !isReplay) sql.dropContent.run(seq)
  transaction.live--
  return true
}

/** A handler whose transaction was committed has completed, whether or not that was heard. */
function unitedWithStored(sql: Statements, seq: number, completed: readonly string[]): string {
  return JSON.stringify([...new Set([...toCompleted(sql.completed.get(seq) ?? {}), ...completed])])
}

function deadLetter(
  transaction: Transaction,
  { seq, token, crashes }: Leased,
  reason: DeadReason,
  now: number,
  completed: string | null,
  failures: string,
): boolean {
  const { changes } = transaction.sql.deadLetter.run(crashes, reason, now, completed, failures, seq, token)
  transaction.live -= changes
  return changes > 0
}

/** Writes down a lease that ended without a result. `false`: it is another's by now, and nothing was written. */
export function giveBack(transaction: Transaction, leased: Leased, returned: Returned, now: number): boolean {
  const { seq, token, attempt } = leased
  const { error, crashes } = returned
  const all = error ? withFailure(leased.failures, attempt, new Date(now), error) : leased.failures
  const failures = JSON.stringify(all)
  if (returned.status === 'dead')
    return deadLetter(transaction, { ...leased, crashes }, returned.reason, now, null, failures)
  const { atOnce } = returned
  return (
    transaction.sql.giveBack.run(atOnce ?? null, returned.attempt, crashes, failures, seq, token).changes > 0
  )
}

/**
 * One statement of many in a transaction: where it cannot be written for its own sake, the others are.
 * @returns what it came to; `undefined`: nothing was written
 */
export function writeApart<T>(statement: () => T): T | undefined {
  try {
    return statement()
  } catch (error) {
    if (isFileError(error)) throw error
    return undefined
  }
}
