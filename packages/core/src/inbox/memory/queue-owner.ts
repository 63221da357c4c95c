import type { Clock } from '../../model/clock.ts'
import type { AttemptFailure } from '../../model/dead-letter.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { ConsumeOptions, Handle } from '../inbox.ts'
import type { RetryPolicy } from '../retry-policy.ts'
import type { SettledDead } from '../settle.ts'

/** A delivery on its way, and what became of its attempts. */
export interface Entry {
  readonly delivery: Delivery
  attempt: number
  completed: readonly string[]
  failures: readonly AttemptFailure[]
}

/** Calls from a provider queue to the inbox that owns it. */
export interface QueueOwner {
  readonly clock: Clock
  readonly random: () => number
  /** Whether the idempotency key of a delivery of this endpoint is claimed, and not known to be committed. */
  isUndecided(endpoint: string): boolean
  done(entry: Entry, handlers: number): void
  retried(entry: Entry, delayMs: number, error: unknown): void
  dead(entry: Entry, death: Pick<SettledDead, 'reason' | 'error'>): void
}

/** Who handles the deliveries of a provider queue. */
export type QueueConsumer = Pick<ConsumeOptions, 'concurrency' | 'handles' | 'observer'> & {
  handle: Handle
  retry: RetryPolicy
}

/** One of which no attempt was made yet. */
export function toEntry(delivery: Delivery, completed: readonly string[] = []): Entry {
  return { delivery, attempt: 0, completed, failures: [] }
}
