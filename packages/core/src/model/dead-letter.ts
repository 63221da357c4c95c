import type { Delivery } from './delivery.ts'

/** Every {@link DeadReason}. */
export const deadReasons = [
  'attempts-used-up',
  'unrecoverable',
  'schema-mismatch',
  'conflict',
  'stale',
  'unhandled',
  'closed',
] as const

/**
 * Why a delivery is dead: its attempts are used up, a handler said that no attempt can succeed, its payload
 * fails its schema, it bears an idempotency key of another body, it was authentic but stale, nothing
 * handles its type and its place was needed, or the inbox was closed before it could be handled.
 */
export type DeadReason = (typeof deadReasons)[number]

/** The failure of one attempt. */
export interface AttemptFailure {
  /** The attempt's number, from 1; 0 where none was made. */
  readonly attempt: number
  /** When. */
  readonly at: Date
  /** The thrown error as text, in at most 1 000 characters. */
  readonly message: string
  /** The stack of what was thrown, in at most 4 000 characters; absent where there was none, or where the next failure has the same. */
  readonly stack?: string | undefined
}

/** A dead letter as lists show it. */
export interface DeadLetterSummary {
  /**
   * Its own id: the id of the delivery. For a conflict or a stale copy: the delivery's id, a full stop and the body
   * hash.
   */
  readonly id: string
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** The provider's name. */
  readonly provider: string
  /** The event's type, as sent. */
  readonly type: string
  /** Why it died. */
  readonly reason: DeadReason
  /** The last error as text, in at most 1 000 characters. */
  readonly message: string
  /** How many attempts were made. */
  readonly attempt: number
  /** When it died. */
  readonly diedAt: Date
}

/** A delivery whose attempts are used up, or that is authentic but cannot be handled. */
export interface DeadLetter extends DeadLetterSummary {
  /** The delivery, with its raw body. */
  readonly delivery: Delivery
  /** The failures of its last ten attempts, oldest first. */
  readonly failures: readonly AttemptFailure[]
}

/**
 * Which dead letters; absent fields match all. A redrive and a discard take no filter that is empty, and no field
 * that is `undefined`: they do to all only what `all: true` says.
 */
export interface DeadLetterFilter {
  /** All dead letters; stands alone. */
  readonly all?: true
  /** The receiver's endpoint. */
  readonly endpoint?: string
  /** The provider's name. */
  readonly provider?: string
  /** The event's type. */
  readonly type?: string
  /** Why it died. */
  readonly reason?: DeadReason
  /** Only those that died at this time or later. */
  readonly diedFrom?: Date
  /** Only those that died before this time. */
  readonly diedBefore?: Date
}

/** One page of a list. */
export interface DeadLetterQuery extends DeadLetterFilter {
  /** The most to list, 1 to 1 000. Default 100. */
  readonly limit?: number
  /** Goes on behind an earlier page: its `next`. */
  readonly after?: string
}

/** Dead letters, oldest first. */
export interface DeadLetterPage {
  /** The letters. */
  readonly letters: readonly DeadLetterSummary[]
  /** Where the next page begins; `undefined`: there is none. */
  readonly next: string | undefined
}

/** Options of a discard, and of a redrive. */
export interface DiscardOptions {
  /** Told, as it goes on, how many were changed so far; what it throws is dropped. Default: nobody is told. */
  readonly onProgress?: (count: number) => void
  /** Aborted: it stops behind what it is at, and resolves with how many were changed. Default: it goes on to the end. */
  readonly signal?: AbortSignal
}

/** Options of a redrive. */
export interface RedriveOptions extends DiscardOptions {
  /** The most to put back in a second. Default: all at once. */
  readonly perSecond?: number
}

/** The dead letters of an inbox. */
export interface DeadLetters {
  /** A page of them. */
  list(query?: DeadLetterQuery): Promise<DeadLetterPage>
  /** One with its body, headers and failures, by its own id. */
  get(id: string): Promise<DeadLetter | undefined>
  /**
   * Puts one (by its own id) or all that match back in the queue, their attempts counted anew. Handlers that
   * completed do not run again; the payload is validated with the schemas of today. A stale copy claims its
   * idempotency key, and is dropped where that was accepted meanwhile; the copy of a conflict is handed out under its own id.
   * A redrive leaves room for what is accepted meanwhile: what finds no room stays dead, and can be redriven later.
   * @returns how many
   * @throws TypeError when the filter is empty, or has a field that is unknown or `undefined`
   */
  redrive(which: string | DeadLetterFilter, options?: RedriveOptions): Promise<number>
  /**
   * Forgets one (by its own id) or all that match; their idempotency keys are remembered. How many.
   * @throws TypeError when the filter is empty, or has a field that is unknown or `undefined`
   */
  discard(which: string | DeadLetterFilter, options?: DiscardOptions): Promise<number>
}
