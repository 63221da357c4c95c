import type { Delivery } from '../../model/delivery.ts'
import type { InboxStats } from '../inbox.ts'
import { TypeCounts } from '../type-counts.ts'
import type { ProviderQueue } from './provider-queue.ts'

/** The counts of a memory inbox, by place. */
export function toStats(
  queues: Iterable<ProviderQueue>,
  dead: Iterable<Delivery>,
  undecided: number,
  now: number,
): InboxStats {
  const counts = new TypeCounts()
  let oldestAgeMs = 0
  for (const queue of queues) {
    for (const [state, { delivery }] of queue.entries()) counts.add(state, delivery)
    oldestAgeMs = Math.max(oldestAgeMs, now - queue.oldestAt)
  }
  for (const delivery of dead) counts.add('dead', delivery)
  const { waiting, ...stats } = counts.sum()
  return { ...stats, waiting: waiting + undecided, oldestAgeMs, types: counts.types() }
}
