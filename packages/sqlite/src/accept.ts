import type { Delivery } from '@acuse/core'
import type { AcceptResult } from '@acuse/core/inbox-kit'
import { withFailure } from '@acuse/core/inbox-kit'
import type { Transaction } from './commit.ts'
import type { SqlValue } from './sql.ts'

/** How a delivery is to be kept. */
export interface Keeping {
  readonly now: number
  /** When its idempotency key may be forgotten, once it is handled. */
  readonly keepUntil: number
}

/** Accepts a delivery once; what bears its idempotency key with another body is kept beside it. */
export function acceptDelivery(
  transaction: Transaction,
  delivery: Delivery,
  keeping: Keeping,
  maxDeliveries: number,
): AcceptResult {
  const { sql } = transaction
  const isFull = transaction.live >= maxDeliveries
  if (!isFull && insertLive(transaction, delivery, keeping)) return 'accepted'
  const found = sql.find.get(delivery.id)
  if (!found) return 'full'
  if (found['body_hash'] === delivery.bodyHash) return 'duplicate'
  return 'conflict'
}

function insertLive(transaction: Transaction, delivery: Delivery, { keepUntil }: Keeping): boolean {
  const { sql } = transaction
  const state = isBehindAnother(transaction, delivery) ? 'blocked' : 'waiting'
  const inserted = sql.insert.run(
    delivery.id,
    null,
    ...described(delivery),
    state,
    null,
    null,
    null,
    keepUntil,
  )
  if (inserted.changes === 0) return false
  insertContent(transaction, inserted.lastInsertRowid, delivery)
  transaction.live++
  return true
}

/** Whether an earlier delivery of the same key is not yet handled. */
export function isBehindAnother(
  { sql }: Transaction,
  { endpoint, orderingKey }: Pick<Delivery, 'endpoint' | 'orderingKey'>,
): boolean {
  return orderingKey !== undefined && sql.headOfKey.get(endpoint, orderingKey) !== undefined
}

/** Keeps a dead copy that claims no idempotency key, once. `false`: it was kept before. */
export function keepCopy(
  transaction: Transaction,
  delivery: Delivery,
  reason: 'conflict' | 'stale',
  error: Error,
  { now, keepUntil }: Keeping,
): boolean {
  const failures = JSON.stringify(withFailure([], 0, new Date(now), error))
  const inserted = transaction.sql.insert.run(
    `${delivery.id}.${delivery.bodyHash}`,
    delivery.id,
    ...described(delivery),
    'dead',
    reason,
    now,
    failures,
    keepUntil,
  )
  if (inserted.changes === 0) return false
  insertContent(transaction, inserted.lastInsertRowid, delivery)
  return true
}

/** The same of a stale one, unless its idempotency key is known: then it was accepted in time. */
export function keepStale(
  transaction: Transaction,
  delivery: Delivery,
  error: Error,
  keeping: Keeping,
): boolean {
  if (transaction.sql.find.get(delivery.id)) return false
  return keepCopy(transaction, delivery, 'stale', error, keeping)
}

function insertContent(transaction: Transaction, seq: number, { headers, body }: Delivery): void {
  transaction.sql.insertContent.run(seq, JSON.stringify(headers), body)
  transaction.bodyBytes += body.byteLength
}

function described(delivery: Delivery): SqlValue[] {
  return [
    delivery.endpoint,
    delivery.provider,
    delivery.type,
    delivery.bodyHash,
    delivery.keyId,
    delivery.orderingKey ?? null,
    delivery.occurredAt?.getTime() ?? null,
    delivery.receivedAt.getTime(),
  ]
}
