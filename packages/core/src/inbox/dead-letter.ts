import type { Delivery } from '../delivery.ts'

/**
 * Why a delivery cannot be handled: its attempts are used up, its payload fails its schema, it bears an
 * identity of another body, or the inbox was closed before it could be handled.
 */
export type DeadReason = 'attempts-used-up' | 'schema-mismatch' | 'conflict' | 'closed'

/** A delivery whose attempts are used up, or that is authentic but cannot be handled. */
export interface DeadLetter {
  /** Its own id: the delivery's, or for a conflict that and the fingerprint. */
  readonly id: string
  /** The delivery, with its raw body. */
  readonly delivery: Delivery
  /** Why it died. */
  readonly reason: DeadReason
  /** How many attempts were made. */
  readonly attempt: number
  /** What went wrong last. */
  readonly error: unknown
  /** When it died. */
  readonly diedAt: Date
}

/** Which dead letters to list; absent fields match all. */
export interface DeadLetterFilter {
  /** The provider's name. */
  readonly provider?: string
  /** The event's type. */
  readonly type?: string
  /** Why it died. */
  readonly reason?: DeadReason
}

/** The dead letters of an inbox. */
export interface DeadLetters {
  /** Oldest first. */
  list(filter?: DeadLetterFilter): Promise<readonly DeadLetter[]>
  /** One, by its own id. */
  get(id: string): Promise<DeadLetter | undefined>
  /** Puts one back in the queue, its attempts counted anew. `false`: there is none with this id. */
  redrive(id: string): Promise<boolean>
  /** Forgets one. `false`: there is none with this id. */
  discard(id: string): Promise<boolean>
}
