import type { Awaitable } from '../../model/awaitable.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { RejectionCode } from '../../model/rejection.ts'

/** A decision with something to tell beside it. */
interface DetailedDecision {
  readonly decision: 'accepted' | 'duplicate' | RejectionCode
  /** The body of the 200, as JSON; absent: the usual one. */
  readonly response?: string | undefined
  /** The error. */
  readonly error?: unknown
}

/** The outcome for a delivery; a bare word where there is nothing beside it. */
export type Decision = 'accepted' | 'duplicate' | RejectionCode | DetailedDecision

/** Where a delivery goes once it is authentic and fresh: one of the levels of acknowledging. */
export interface AckStrategy {
  /**
   * Decides on a delivery before `until` (monotonic). Never throws or rejects.
   */
  accept(delivery: Delivery, until: number): Awaitable<Decision>
  /** Resolves when nothing that was accepted is left to handle. */
  onIdle(): Promise<void>
  /** Whether it hands nothing to handlers. */
  readonly isAcceptOnly: boolean
  /** Begins to hand out; called again, handlers were registered. */
  start(): void
  /** Lets what is running finish, at most `timeoutMs` milliseconds. */
  close(timeoutMs: number): Promise<void>
}
