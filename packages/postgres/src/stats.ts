import type { InboxStats } from '@acuse/core'
import { TypeCounts } from '@acuse/core/inbox-kit'
import type { Row } from './driver.ts'
import { toText } from './rows.ts'

/** Statistics of rows that are grouped by endpoint, provider, type and state. */
export function toStats(rows: readonly Row[]): InboxStats {
  const counts = new TypeCounts()
  let oldestAgeMs = 0
  for (const row of rows) {
    const type = {
      endpoint: toText(row, 'endpoint'),
      provider: toText(row, 'provider'),
      type: toText(row, 'type'),
    }
    const [count, due, state] = [Number(row['count']), Number(row['due']), row['state']]
    if (state !== 'dead') oldestAgeMs = Math.max(oldestAgeMs, Number(row['age']))
    if (state === 'dead') counts.add('dead', type, count)
    else if (state === 'leased') counts.add('leased', type, count)
    else if (state === 'delayed') {
      if (due > 0) counts.add('waiting', type, due)
      if (count > due) counts.add('delayed', type, count - due)
    } else counts.add('waiting', type, count)
  }
  return { ...counts.sum(), oldestAgeMs: Math.round(oldestAgeMs), types: counts.types() }
}
