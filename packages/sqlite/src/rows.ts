import type { AttemptFailure, DeadLetterSummary, DeadReason, Delivery } from '@acuse/core'
import type { SqlRow } from './sql.ts'

/** The delivery of a row and its content. A copy that is handed out has an id of its own, or it would look handled. */
export function toDelivery(row: SqlRow, content: SqlRow | undefined): Delivery {
  const occurredAt = row['occurred_at']
  return {
    id: String(row['id']),
    endpoint: String(row['endpoint']),
    provider: String(row['provider']),
    type: String(row['type']),
    bodyHash: String(row['body_hash']),
    keyId: String(row['key_id']),
    occurredAt: occurredAt == null ? undefined : new Date(Number(occurredAt)),
    receivedAt: new Date(Number(row['received_at'])),
    headers: JSON.parse(String(content?.['headers'] ?? '{}')),
    orderingKey: row['ordering_key'] == null ? undefined : String(row['ordering_key']),
    body: toBytes(content?.['body']),
    trust: row['trust'] === 'reconciled' ? 'reconciled' : 'signed',
  }
}

/** Drivers give a buffer, an array of bytes, or nothing for no bytes. */
function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return new Uint8Array((value ?? 0) as ArrayBuffer)
}

/** The names of the handlers that have completed. */
export function toCompleted(row: SqlRow): readonly string[] {
  return JSON.parse(String(row['completed'] ?? '[]'))
}

/** The failures so far. */
export function toFailures(row: SqlRow): AttemptFailure[] {
  const failures: readonly AttemptFailure[] = JSON.parse(String(row['failures'] ?? '[]'))
  return failures.map((failure) => ({ ...failure, at: new Date(failure.at) }))
}

/** A dead letter as lists show it. */
export function toSummary(row: SqlRow): DeadLetterSummary {
  return {
    id: String(row['id']),
    endpoint: String(row['endpoint']),
    provider: String(row['provider']),
    type: String(row['type']),
    reason: row['reason'] as DeadReason,
    message: toFailures(row).at(-1)?.message ?? '',
    attempt: Number(row['attempt']),
    diedAt: new Date(Number(row['ended_at'])),
  }
}
