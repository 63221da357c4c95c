import { isBehindAnother } from './accept.ts'
import type { Changed } from './change-letters.ts'
import type { Transaction } from './commit.ts'
import type { SqlRow } from './sql.ts'

/**
 * Puts a dead letter back in the queue, while fewer than `most` deliveries are not yet handled. A stale one claims its
 * idempotency key now, and is dropped where that was accepted meanwhile.
 */
export function redriveLetter(transaction: Transaction, row: SqlRow, most: number): Changed {
  const { sql } = transaction
  const seq = Number(row['seq'])
  if (!sql.isDead.get(seq)) return 'gone'
  const isStale = row['reason'] === 'stale' && row['copy_of'] != null
  if (isStale && sql.find.get(String(row['copy_of']))) {
    sql.dropContent.run(seq)
    sql.drop.run(seq)
    return 'dropped'
  }
  if (transaction.live >= most) return 'full'
  if (isStale) sql.claim.run(seq)
  const orderingKey = row['ordering_key'] == null ? undefined : String(row['ordering_key'])
  const isBehind = isBehindAnother(transaction, { endpoint: String(row['endpoint']), orderingKey })
  sql.redrive.run(isBehind ? 'blocked' : 'waiting', seq)
  transaction.live++
  return 'changed'
}
