import { about, tell } from '../../lib/tell.ts'
import type { Observer } from '../../model/observation.ts'
import type { AttemptMeasures } from '../inbox.ts'
import type { Settled } from '../settle.ts'
import type { LeasedDelivery, Returned } from './lease-source.ts'

/** For inboxes: tells of a delivery that was settled. */
export function tellSettled(
  observer: Observer,
  { delivery, attempt }: Pick<LeasedDelivery, 'delivery' | 'attempt'>,
  settled: Settled,
  measures: AttemptMeasures | undefined = settled.measures,
): void {
  const named = about(delivery)
  if (settled.status === 'done') {
    const { handlers } = settled
    tell(observer, { type: 'handled', ...named, attempt, handlers, ...measures })
  } else if (settled.status === 'retry') {
    const { delayMs, error } = settled
    tell(observer, { type: 'retried', ...named, attempt, delayMs, error, ...measures })
  } else {
    const { reason, error } = settled
    tell(observer, { type: 'dead', ...named, reason, attempt, error, ...measures })
  }
}

/** Tells of a delivery whose lease was taken back. */
export function tellReturned(
  observer: Observer,
  leased: LeasedDelivery,
  returned: Returned,
  error: Error,
): void {
  if (returned.status === 'dead') tellSettled(observer, leased, returned)
  else tellSettled(observer, leased, { status: 'retry', delayMs: 0, error, completed: [] })
}
