import type { InboxStats } from '@acuse/core'
import { TypeCounts } from '@acuse/core/inbox-kit'
import type { SqlRow } from './sql.ts'
import { inSnapshot, type Statements } from './statements.ts'

/** Counts by the indexes alone; what else is told of a type, its first delivery tells. */
export function readStats(sql: Statements, now: number): InboxStats {
  return inSnapshot(sql, () => count(sql, now))
}

function count(sql: Statements, now: number): InboxStats {
  const counts = new TypeCounts()
  let oldest = Number.POSITIVE_INFINITY
  const add = (state: 'waiting' | 'leased' | 'delayed' | 'dead', row: SqlRow, count: unknown) => {
    const seq = Number(row['first'])
    if (state !== 'dead') oldest = Math.min(oldest, seq)
    const provider = String(sql.first.get(seq)?.['provider'])
    const type = { endpoint: String(row['endpoint']), provider, type: String(row['type']) }
    if (Number(count) > 0) counts.add(state, type, Number(count))
  }
  for (const waiting of [sql.countFresh.all(), sql.countPossiblePoison.all(), sql.countBlocked.all()]) {
    for (const row of waiting) add('waiting', row, row['count'])
  }
  for (const row of sql.countLeased.all()) add('leased', row, row['count'])
  for (const row of sql.countDelayed.all(now)) {
    add('waiting', row, row['due'])
    add('delayed', row, Number(row['count']) - Number(row['due']))
  }
  for (const row of sql.countDead.all()) add('dead', row, row['count'])
  const receivedAt = Number.isFinite(oldest) ? Number(sql.first.get(oldest)?.['received_at']) : now
  return { ...counts.sum(), oldestAgeMs: Math.max(0, now - receivedAt), types: counts.types() }
}
