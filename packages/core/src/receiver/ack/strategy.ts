import type { OfConflict } from '../../inbox/inbox.ts'
import type { Awaitable } from '../../model/awaitable.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { RejectionCode } from '../../model/rejection.ts'

/** The outcome for a delivery. */
export interface Decision {
  /** Tells decisions apart. */
  readonly decision: 'accepted' | 'duplicate' | RejectionCode
  /** The body of the 200, as JSON; absent: the usual one. */
  readonly response?: string | undefined
  /** The error. */
  readonly error?: unknown
}

/** How a worker is. */
export interface WorkerState {
  /** Whether it hands out, or did until it was closed. */
  readonly isStarted: boolean
  /** How long its store has not answered it, in milliseconds; `undefined`: nobody knows. */
  readonly silentMs: number | undefined
}

/** Where a delivery goes once it is authentic and fresh: one of the levels of acknowledging. */
export interface AckStrategy {
  /**
   * Decides on a delivery before `until` (monotonic). Never throws or rejects.
   * @param ofConflict whether what conflicts with it is kept as a dead letter, and what that says
   */
  accept(delivery: Delivery, until: number, ofConflict: OfConflict): Awaitable<Decision>
  /** Asks the inbox to remember idempotency keys from now on for so many milliseconds at least. Absent: there is no inbox. */
  rememberFor?(ms: number): void
  /** How many it decides on at once; more would be refused. */
  readonly concurrency: number
  /** Resolves when nothing that was accepted is left to handle. */
  onIdle(): Promise<void>
  /** Whether it only accepts, and hands nothing to handlers. */
  readonly isAcceptOnly: boolean
  /** How the worker of its inbox is; absent or `undefined`: it has none. */
  worker?(): WorkerState | undefined
  /** Begins to hand out; called again, handlers were registered. */
  start(): void
  /** Lets what is running finish, at most `timeoutMs` milliseconds. */
  close(timeoutMs: number): Promise<void>
}
