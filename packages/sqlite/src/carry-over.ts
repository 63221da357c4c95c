import { isBehindAnother } from './accept.ts'
import { commit, type Transaction } from './commit.ts'
import type { Connection } from './connection.ts'
import type { SqlRow, SqlStatement, SqlValue } from './sql.ts'

const batch = 500
const liveStates: readonly unknown[] = ['waiting', 'blocked', 'leased', 'delayed']

/**
 * Copies what a file that is still open, though its path names another one, holds, and the other one does not know:
 * deliveries that wait, dead letters, and the idempotency keys of handled ones.
 * @returns how many of them are not yet handled
 */
export async function carryOver(from: Connection, to: Connection): Promise<number> {
  const rows = from.database.prepare('SELECT * FROM deliveries WHERE seq > ? ORDER BY seq LIMIT ?')
  let live = 0
  for (let after = 0; ; ) {
    const found = rows.all(after, batch)
    const { outcomes } = commit(to, [(transaction) => copyAll(from, to, transaction, found)])
    for (const outcome of outcomes) {
      if ('error' in outcome) throw outcome.error
      live += Number(outcome.value)
    }
    if (found.length < batch) return live
    after = Number(found.at(-1)?.['seq'])
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function copyAll(
  from: Connection,
  to: Connection,
  transaction: Transaction,
  rows: readonly SqlRow[],
): number {
  const before = transaction.live
  const isTaken = to.database.prepare('SELECT 1 FROM deliveries WHERE seq = ?')
  let insert: SqlStatement | undefined
  for (const row of rows) {
    if (transaction.sql.find.get(String(row['id'])) !== undefined) continue
    const { _metadata, ...columns } = row
    const names = Object.keys(columns)
    insert ??= to.database.prepare(
      `INSERT INTO deliveries (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    )
    const state = stateOf(transaction, row)
    // The place it had, where that is free: then what runs just now can be settled.
    const seq = isTaken.get(Number(row['seq'])) ? null : Number(row['seq'])
    const values: SqlValue[] = Object.values({ ...columns, seq, state })
    const { lastInsertRowid } = insert.run(...values)
    const content = from.sql.content.get(Number(row['seq']))
    if (content) {
      const { headers = '{}', body = null } = content
      transaction.sql.insertContent.run(lastInsertRowid, headers, toBytes(body))
    }
    if (liveStates.includes(state)) transaction.live++
  }
  return transaction.live - before
}

/** In the other file, other deliveries may go before it. */
function stateOf(transaction: Transaction, row: SqlRow): SqlValue {
  const state = row['state'] ?? null
  const orderingKey = row['ordering_key']
  if (orderingKey == null || !liveStates.includes(state)) return state
  if (isBehindAnother(transaction, { endpoint: String(row['endpoint']), orderingKey: String(orderingKey) })) {
    return 'blocked'
  }
  return state === 'blocked' ? 'waiting' : state
}

/** libsql gives some bodies as an array buffer. */
function toBytes(body: SqlValue): SqlValue {
  return typeof body === 'object' && body !== null ? new Uint8Array(body) : body
}
