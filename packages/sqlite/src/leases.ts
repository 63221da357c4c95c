import type { AttemptFailure, DeadReason, Delivery } from '@acuse/core'
import { type RetryPolicy, type Settled, withFailure } from '@acuse/core/inbox-kit'
import type { Transaction } from './commit.ts'
import { atOnceAfter } from './possible-poison.ts'
import { toCompleted, toDelivery, toFailures } from './rows.ts'
import type { SqlRow } from './sql.ts'
import { isFileError } from './sqlite-errors.ts'
import type { Statements } from './statements.ts'
import { findWaiting, type Types } from './types.ts'

/** A delivery that is handed out, until its token is another's. */
export interface Leased {
  readonly seq: number
  readonly token: number
  readonly attempt: number
  /** How many of its attempts came to no result. */
  readonly crashes: number
  readonly delivery: Delivery
  readonly completed: readonly string[]
  readonly failures: readonly AttemptFailure[]
  /** It may be what ended its process: how many such ones may run together. `undefined`: it is none. */
  readonly atOnce: number | undefined
}

/** The limits of a worker's next leases. */
export interface Room {
  readonly endpoint: string
  readonly types: Types
  readonly limit: number
  /** How many possible poison messages run, and how many may together with those. */
  readonly possiblePoison: { readonly count: number; readonly atOnce: number }
  /** Whether it is the turn of one beside which nothing runs. */
  readonly isForAlone: boolean
  /** Whether a delay is over. */
  readonly isDue: boolean
}

const maxDue = 500

/** The ones that are ready, in order of arrival. */
export function findReady(sql: Statements, room: Room): number[] {
  const { endpoint, types, limit } = room
  if (room.isForAlone) return findAlone(sql, endpoint, types)
  const possiblePoison = findPossiblePoison(sql, room)
  const seqs = [...possiblePoison, ...findWaiting(sql, endpoint, types, limit)]
  return seqs.sort((one, other) => one - other).slice(0, limit)
}

/** One that may run only while nothing else does. */
export function findAlone(sql: Statements, endpoint: string, types: Types): number[] {
  return sql.alone.all(endpoint, ...types.filter).map((row) => Number(row['seq']))
}

/** The least suspicious first: they are the most. */
function findPossiblePoison(sql: Statements, { endpoint, types, limit, possiblePoison }: Room): number[] {
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
export function leaseReady({ sql }: Transaction, room: Room, now: number, leaseMs: number): Leased[] {
  if (room.isDue) sql.setReady.run(room.endpoint, now, maxDue)
  return findReady(sql, room).flatMap((seq) => {
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
  }
}

/** Writes down what became of a lease. `false`: it is another's by now, and nothing was written. */
export function settleLease(
  transaction: Transaction,
  leased: Leased,
  settled: Settled,
  now: number,
  retentionMs: number,
): boolean {
  const { sql } = transaction
  const { seq, token, attempt } = leased
  if (settled.status === 'done') {
    if (sql.done.run(now, now + retentionMs, seq, token).changes === 0) return false
    sql.dropContent.run(seq)
    transaction.live--
    return true
  }
  const failures = JSON.stringify(withFailure(leased.failures, attempt, new Date(now), settled.error))
  const completed = settled.completed ? JSON.stringify(settled.completed) : null
  if (settled.status === 'retry') {
    return sql.delay.run(now + settled.delayMs, completed, failures, seq, token).changes > 0
  }
  return deadLetter(transaction, leased, settled.reason, now, completed, failures)
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

/** The outcome of a lease that ended without a result. */
export type Reclaimed = 'lost' | 'waiting' | 'dead'

/** Leases that ended without a result. */
export interface Ending {
  readonly error: Error
  readonly retry: RetryPolicy
  readonly now: number
  /** How many ended together, where their process died or stalled; `undefined`: it was closed in order. */
  readonly together: number | undefined
}

/** Takes a lease back that ended without a result: its attempt counts, and it is a possible poison message where its process died. */
export function reclaimLease(transaction: Transaction, leased: Leased, ending: Ending): Reclaimed {
  const { error, retry, now, together } = ending
  const { seq, token, attempt } = leased
  const crashes = leased.crashes + (together === undefined ? 0 : 1)
  const failures = JSON.stringify(withFailure(leased.failures, attempt, new Date(now), error))
  // Who allows few attempts means those too.
  const left = Math.min(retry.crashes, retry.attempts) - crashes
  if (left <= 0 || attempt - crashes >= retry.attempts) {
    const letter = { ...leased, crashes }
    return deadLetter(transaction, letter, 'attempts-used-up', now, null, failures) ? 'dead' : 'lost'
  }
  const atOnce = together === undefined ? leased.atOnce : atOnceAfter(leased.atOnce, together, left)
  const { changes } = transaction.sql.giveBack.run(atOnce ?? null, attempt, crashes, failures, seq, token)
  return changes > 0 ? 'waiting' : 'lost'
}

/** Gives back what was never handed to a handler: no attempt was made. */
export function returnUnused({ sql }: Transaction, leased: Leased): void {
  const { seq, token, attempt, crashes, failures, atOnce } = leased
  sql.giveBack.run(atOnce ?? null, attempt - 1, crashes, JSON.stringify(failures), seq, token)
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
