import type { DeadReason, Delivery, Observer } from '@acuse/core'
import { about, type Settled, tell } from '@acuse/core/inbox-kit'
import type { Leased, Reclaimed } from './leases.ts'

/** Tells of a delivery that was settled. */
export function tellSettled(observer: Observer, { delivery, attempt }: Leased, settled: Settled): void {
  const named = about(delivery)
  if (settled.status === 'done') {
    tell(observer, { type: 'handled', ...named, attempt, handlers: settled.handlers })
  } else if (settled.status === 'retry') {
    const { delayMs, error } = settled
    tell(observer, { type: 'retried', ...named, attempt, delayMs, error })
  } else {
    tellDead(observer, delivery, settled.reason, attempt, settled.error)
  }
}

/** Tells of a delivery whose lease was taken back. */
export function tellReclaimed(
  observer: Observer,
  { delivery, attempt }: Leased,
  outcome: Reclaimed,
  error: Error,
): void {
  if (outcome === 'waiting') {
    tell(observer, { type: 'retried', ...about(delivery), attempt, delayMs: 0, error })
  }
  if (outcome === 'dead') tellDead(observer, delivery, 'attempts-used-up', attempt, error)
}

/** Tells of a new dead letter. */
export function tellDead(
  observer: Observer,
  delivery: Delivery,
  reason: DeadReason,
  attempt: number,
  error: unknown,
): void {
  tell(observer, { type: 'dead', ...about(delivery), reason, attempt, error })
}
