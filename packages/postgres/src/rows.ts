import type { AttemptFailure, DeadLetterSummary, DeadReason, Delivery } from '@acuse/core'
import type { LeasedDelivery } from '@acuse/core/inbox-kit'
import type { Row } from './driver.ts'
import { fromStored, fromStoredJson } from './texts.ts'

/** A delivery that is handed out, until its token is another's. */
export interface Leased extends LeasedDelivery {
  readonly seq: string
  readonly token: string
  readonly crashes: number
  readonly failures: readonly AttemptFailure[]
}

/** The columns that `toLeased` and `toDelivery` read; times in milliseconds, whatever the pool makes of a timestamp. */
export const columns: string = `seq::text, id, copy_of, endpoint, provider, type, body_hash, key_id, ordering_key, ${ms('occurred_at')},
  ${ms('received_at')}, trust, headers::text, body, attempt, crashes, token::text, at_once, is_replay, to_json(completed)::text AS completed,
  failures::text, reason, ${ms('ended_at')}`

/** A time as milliseconds since the epoch. */
export function ms(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8 AS ${column}`
}

/** A leased row. */
export function toLeased(row: Row): Leased {
  return {
    seq: String(row['seq']),
    token: String(row['token']),
    attempt: Number(row['attempt']),
    crashes: Number(row['crashes']),
    delivery: toDelivery(row),
    completed: toCompleted(row),
    failures: toFailures(row),
    atOnce: row['at_once'] == null ? undefined : Number(row['at_once']),
    isReplay: row['is_replay'] === true,
  }
}

/** The delivery of a row. A copy that is handed out has an id of its own, or it would look handled. */
export function toDelivery(row: Row): Delivery {
  const occurredAt = row['occurred_at']
  const orderingKey = row['ordering_key']
  return {
    id: toText(row, 'id'),
    endpoint: toText(row, 'endpoint'),
    provider: toText(row, 'provider'),
    type: toText(row, 'type'),
    bodyHash: toText(row, 'body_hash'),
    keyId: toText(row, 'key_id'),
    occurredAt: occurredAt == null ? undefined : toDate(occurredAt),
    receivedAt: toDate(row['received_at']),
    headers: toJson(row['headers']),
    orderingKey: orderingKey == null ? undefined : fromStored(String(orderingKey)),
    body: toBytes(row['body']),
    trust: row['trust'] === 'reconciled' ? 'reconciled' : 'signed',
  }
}

/** The names of the handlers that have completed. */
export function toCompleted(row: Row): readonly string[] {
  return toJson(row['completed'])
}

/** The failures so far. */
export function toFailures(row: Row): AttemptFailure[] {
  const failures: readonly AttemptFailure[] = toJson(row['failures'])
  return failures.map((failure) => ({ ...failure, at: new Date(failure.at) }))
}

/** A dead letter as lists show it. */
export function toSummary(row: Row): DeadLetterSummary {
  return {
    id: toText(row, 'id'),
    endpoint: toText(row, 'endpoint'),
    provider: toText(row, 'provider'),
    type: toText(row, 'type'),
    reason: row['reason'] as DeadReason,
    message: toFailures(row).at(-1)?.message ?? '',
    attempt: Number(row['attempt']),
    diedAt: toDate(row['ended_at']),
  }
}

/** A text as it was given. */
export function toText(row: Row, name: string): string {
  return fromStored(String(row[name]))
}

function toJson<T>(text: unknown): T {
  return fromStoredJson(JSON.parse(String(text)))
}

/** A float of milliseconds may be off by a part of one. */
export function toDate(milliseconds: unknown): Date {
  return new Date(Math.round(Number(milliseconds)))
}

function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  throw new TypeError('pg answered a body that is no Buffer: leave its type parser for bytea as it is')
}
