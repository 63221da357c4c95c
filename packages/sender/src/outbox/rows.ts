import type { LeasedMessage, OutboxFailure, StoredLetter } from './store.ts'

/** A row of either database, by column name. */
export type Row = Readonly<Record<string, unknown>>

/** A time as both databases take it, and as a person reads it. */
export function toTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

/** A time that a database gave: a `Date` of Postgres, a text of SQLite. */
export function fromTime(value: unknown): number {
  return value instanceof Date ? value.getTime() : Date.parse(String(value))
}

/** A row that was leased. */
export function toLeased(row: Row): LeasedMessage {
  return {
    id: String(row['id']),
    type: String(row['type']),
    payload: String(row['payload']),
    headers: String(row['headers']),
    enqueuedAt: fromTime(row['enqueued_at']),
    attempts: Number(row['attempts']),
    lease: Number(row['lease']),
    failures: toFailures(row['failures']),
  }
}

/** A row of a dead letter. */
export function toLetter(row: Row): StoredLetter {
  return {
    seq: Number(row['seq']),
    id: String(row['id']),
    type: String(row['type']),
    payload: String(row['payload']),
    enqueuedAt: fromTime(row['enqueued_at']),
    diedAt: fromTime(row['ended_at']),
    attempts: Number(row['attempts']),
    failures: toFailures(row['failures']),
  }
}

/** In the order in which they were enqueued: a statement that changes rows answers them in any. */
export function bySeq(one: Row, other: Row): number {
  return Number(one['seq']) - Number(other['seq'])
}

/** What somebody wrote there by hand is none: one row must not keep the others from being leased. */
function toFailures(value: unknown): OutboxFailure[] {
  try {
    // This module's own JSON.
    const failures = JSON.parse(String(value)) as (Omit<OutboxFailure, 'at'> & { readonly at: string })[]
    return failures.map((failure) => ({ ...failure, at: new Date(failure.at) }))
  } catch {
    return []
  }
}
