import type { Delivery } from '@acuse/core'
import type { AcceptResult } from '@acuse/core/inbox-kit'
import { withFailure } from '@acuse/core/inbox-kit'
import type { Transaction } from './commit.ts'
import type { Leased } from './leases.ts'
import type { SqlValue } from './sql.ts'

/** How a delivery is to be kept. */
export interface Keeping {
  readonly now: number
  /** When its idempotency key may be forgotten, once it is handled. */
  readonly keepUntil: number
  /** How long it is leased to this process from the first, where it has a place at the worker. */
  readonly leaseMs?: number | undefined
}

/** The result of an accept, and the lease of what was leased with it. */
export interface Accepted {
  readonly result: AcceptResult
  readonly leased?: Leased | undefined
}

/** Accepts a delivery once; what bears its idempotency key with another body is kept beside it. */
export function acceptDelivery(
  transaction: Transaction,
  delivery: Delivery,
  keeping: Keeping,
  maxDeliveries: number,
): Accepted {
  const { sql } = transaction
  const isFull = transaction.live >= maxDeliveries
  const inserted = isFull ? undefined : insertLive(transaction, delivery, keeping)
  if (inserted) return { result: 'accepted', ...inserted }
  const found = sql.find.get(delivery.id)
  if (!found) return { result: 'full' }
  return { result: found['body_hash'] === delivery.bodyHash ? 'duplicate' : 'conflict' }
}

function insertLive(
  transaction: Transaction,
  delivery: Delivery,
  { now, keepUntil, leaseMs }: Keeping,
): Pick<Accepted, 'leased'> | undefined {
  const isBlocked = isBehindAnother(transaction, delivery)
  const isLeased = leaseMs !== undefined && !isBlocked
  const token = toToken()
  const { changes, lastInsertRowid: seq } = transaction.sql.insert.run(
    delivery.id,
    null,
    ...described(delivery),
    isBlocked ? 'blocked' : isLeased ? 'leased' : 'waiting',
    null,
    null,
    null,
    keepUntil,
    token,
    isLeased ? 1 : 0,
    isLeased ? now + leaseMs : null,
    isLeased ? leaseMs : null,
  )
  if (changes === 0) return undefined
  insertContent(transaction, seq, delivery)
  transaction.live++
  if (!isLeased) return {}
  return { leased: { seq, token, attempt: 1, crashes: 0, delivery, completed: [], failures: [] } }
}

/** Tokens begin at random, so that a lease in one file is never taken for one in another. */
function toToken(): number {
  return Math.floor(Math.random() * 1e12)
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
    toToken(),
    0,
    null,
    null,
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

/** Writes down what is dropped when it is handled. */
export function insertContent(transaction: Transaction, seq: number, { headers, body }: Delivery): void {
  transaction.sql.insertContent.run(seq, JSON.stringify(headers), body)
  transaction.bodyBytes += body.byteLength
}

/** The columns from `endpoint` to `trust`. */
export function described(delivery: Delivery): SqlValue[] {
  return [
    delivery.endpoint,
    delivery.provider,
    delivery.type,
    delivery.bodyHash,
    delivery.keyId,
    delivery.orderingKey ?? null,
    delivery.occurredAt?.getTime() ?? null,
    delivery.receivedAt.getTime(),
    delivery.trust ?? null,
  ]
}
