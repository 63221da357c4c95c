import type { Clock } from '../../model/clock.ts'
import type { AttemptFailure, DeadReason } from '../../model/dead-letter.ts'
import type { Delivery } from '../../model/delivery.ts'

/** A delivery on its way, and what became of its attempts; its lease, too: nobody else has it. */
export interface Entry {
  readonly delivery: Delivery
  /** Counted up: a later one has a higher one. */
  readonly order: number
  /** When it is due again, in milliseconds since 1970; only where it is delayed. */
  dueAt?: number
  attempt: number
  completed: readonly string[]
  failures: readonly AttemptFailure[]
}

/** Where a delivery of a queue is. */
export type LiveState = 'waiting' | 'leased' | 'delayed'

/** Calls from a provider queue to the inbox that owns it. */
export interface QueueOwner {
  readonly clock: Clock
  readonly random: () => number
  /** Whether the idempotency key of a delivery of this endpoint is claimed, and not known to be committed. */
  isUndecided(endpoint: string): boolean
  /** It is handled. */
  left(entry: Entry): void
  /** Keeps it as a dead letter; who calls tells of that. */
  dead(entry: Entry, reason: DeadReason): void
}

let made = 0

/** One of which no attempt was made yet. */
export function toEntry(delivery: Delivery, completed: readonly string[] = []): Entry {
  return { delivery, order: ++made, attempt: 0, completed, failures: [] }
}
