import type { AttemptFailure, DeadReason, Delivery } from '@acuse/core'
import { type RetryPolicy, type Settled, withFailure } from '@acuse/core/stores'
import type { SqlRow } from './driver.ts'
import { toCompleted, toDelivery, toFailures } from './rows.ts'
import type { Transaction } from './writer.ts'

/** A delivery that is handed out, until its token is another's. */
export interface Leased {
  readonly seq: number
  readonly token: number
  readonly attempt: number
  readonly delivery: Delivery
  readonly completed: readonly string[]
  readonly failures: readonly AttemptFailure[]
  /** Whether its attempt before came to no result: it may be what ended the process. */
  readonly isSuspect: boolean
}

/** A lease that looks as if nobody renews it. */
export interface Lapsed extends Leased {
  readonly dueAt: number
  readonly leaseMs: number
}

/** What a worker may take on. */
export interface Room {
  readonly endpoint: string
  readonly limit: number
  /** Whether one of them may be a suspect: never two at once, or the innocent would die with the guilty. */
  readonly forSuspect: boolean
}

/** Leases what is ready, in order of arrival. In one transaction, so that two processes never get the same. */
export function leaseReady(
  { sql }: Transaction,
  { endpoint, limit, forSuspect }: Room,
  now: number,
  leaseMs: number,
): Leased[] {
  const suspect = forSuspect ? sql.suspect.all(endpoint) : []
  const ready = [...suspect, ...sql.waiting.all(endpoint, limit), ...sql.due.all(endpoint, now, limit)]
  const seqs = ready.map((row) => Number(row['seq'])).sort((a, b) => a - b)
  return seqs.slice(0, limit).flatMap((seq) => {
    const rows = sql.lease.all(now + leaseMs, leaseMs, seq)
    return rows.map((row) => toLeased(row, sql.content.get(seq)))
  })
}

function toLeased(row: SqlRow, content: SqlRow | undefined): Leased {
  return {
    seq: Number(row['seq']),
    token: Number(row['token']),
    attempt: Number(row['attempt']),
    delivery: toDelivery(row, content),
    completed: toCompleted(row),
    failures: toFailures(row),
    isSuspect: row['is_suspect'] === 1,
  }
}

/** The leases whose time is over, or further off than a lease lasts: then a clock was set back. */
export function toLapsed(row: SqlRow): Lapsed {
  return {
    ...toLeased(row, undefined),
    dueAt: Number(row['due_at']),
    leaseMs: Number(row['lease_ms']),
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
    leave(transaction, leased.delivery)
    return true
  }
  const failures = JSON.stringify(withFailure(leased.failures, attempt, new Date(now), settled.error))
  const completed = settled.completed ? JSON.stringify(settled.completed) : null
  if (settled.status === 'retry') {
    return sql.delay.run(now + settled.delayMs, completed, failures, seq, token).changes > 0
  }
  return bury(transaction, leased, settled.reason, now, completed, failures)
}

function bury(
  transaction: Transaction,
  { seq, token, delivery }: Leased,
  reason: DeadReason,
  now: number,
  completed: string | null,
  failures: string,
): boolean {
  if (transaction.sql.bury.run(reason, now, completed, failures, seq, token).changes === 0) return false
  leave(transaction, delivery)
  return true
}

/** What it comes to when a lease ended without a result. */
export type Reclaimed = 'lost' | 'waiting' | 'dead'

/** Takes a lease back that ended without a result: its attempt counts, and it is a suspect where its process died. */
export function reclaimLease(
  transaction: Transaction,
  leased: Leased,
  error: Error,
  { attempts }: RetryPolicy,
  now: number,
  isSuspect: boolean,
): Reclaimed {
  const { seq, token, attempt } = leased
  const failures = JSON.stringify(withFailure(leased.failures, attempt, new Date(now), error))
  if (attempt >= attempts) {
    return bury(transaction, leased, 'attempts-used-up', now, null, failures) ? 'dead' : 'lost'
  }
  return transaction.sql.giveBack.run(Number(isSuspect), attempt, failures, seq, token).changes > 0
    ? 'waiting'
    : 'lost'
}

/** Gives back what was never handed to a handler: no attempt was made. */
export function returnUnused({ sql }: Transaction, leased: Leased): void {
  const { seq, token, attempt, failures, isSuspect } = leased
  sql.giveBack.run(Number(isSuspect), attempt - 1, JSON.stringify(failures), seq, token)
}

/** It is not live any more: the next of its order key may go. */
function leave(transaction: Transaction, { endpoint, orderKey }: Delivery): void {
  transaction.live--
  if (orderKey !== undefined) transaction.sql.unblockNext.run(endpoint, orderKey)
}
