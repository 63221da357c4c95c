import type { AttemptFailure } from './dead-letter.ts'
import type { Delivery } from './delivery.ts'

/** Every {@link StoredState}. */
export const storedStates = ['waiting', 'leased', 'delayed', 'handled'] as const

/**
 * Where a delivery is: ready to be handed out or behind an earlier one of its ordering key, handed out now, failed and not
 * yet due again, or handled. Dead ones are in `deadLetters`.
 */
export type StoredState = (typeof storedStates)[number]

/** A delivery as lists show it. */
export interface DeliverySummary {
  /** The id under which it is handed out. */
  readonly id: string
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** The provider's name. */
  readonly provider: string
  /** The event's type, as sent. */
  readonly type: string
  /** Events of one key are handled one at a time; `undefined`: in any order. */
  readonly orderingKey: string | undefined
  /** Where it is. */
  readonly state: StoredState
  /** How many attempts were begun, the one under way included. */
  readonly attempt: number
  /** When its request was accepted. */
  readonly receivedAt: Date
  /** When it is due again; only where it is delayed. */
  readonly nextAttemptAt?: Date | undefined
  /** When it was handled; only where it is. */
  readonly handledAt?: Date | undefined
}

/** A delivery that an inbox keeps, whole. */
export interface StoredDelivery extends DeliverySummary {
  /** The delivery, with its raw body. */
  readonly delivery: Delivery
  /** The failures of its last ten attempts, oldest first. None where it is handled. */
  readonly failures: readonly AttemptFailure[]
  /** The names of the handlers that have completed in earlier attempts. None where it is handled. */
  readonly completed: readonly string[]
}

/** Which deliveries; absent fields match all. */
export interface DeliveryFilter {
  /** Where it is. */
  readonly state?: StoredState
  /** The receiver's endpoint. */
  readonly endpoint?: string
  /** The provider's name. */
  readonly provider?: string
  /** The event's type. */
  readonly type?: string
  /** Its ordering key. */
  readonly orderingKey?: string
  /** Only those that were received at this time or later. */
  readonly receivedFrom?: Date
  /** Only those that were received before this time. */
  readonly receivedBefore?: Date
}

/** One page of a list. */
export interface DeliveryQuery extends DeliveryFilter {
  /** The most to list, 1 to 1 000. Default 100. */
  readonly limit?: number
  /** Goes on behind an earlier page with the same filter: its `next`. */
  readonly after?: string
}

/** Deliveries, newest first. */
export interface DeliveryPage {
  /** They; fewer than the limit, or none, where the page looked at as many as one page may and found no more that match. */
  readonly deliveries: readonly DeliverySummary[]
  /** Where the next page begins; `undefined`: there is none. */
  readonly next: string | undefined
}

/** The deliveries of an inbox that are not dead: to be looked at, and changed by nothing here. */
export interface Deliveries {
  /**
   * A page of them, newest first: in the order in which they were stored, or received where the store knows no other. Pages
   * neither repeat nor skip one that matches all the while. A page looks at a bounded number of deliveries, however many there
   * are: where few match, it has less than the limit, or none, and a `next`. Handled ones are listed where their bodies are
   * kept. A field that is `undefined` matches all.
   * @throws TypeError when a field is unknown or of another kind, or `after` is no `next`
   */
  list(query?: DeliveryQuery): Promise<DeliveryPage>
  /** One with its body, headers and failures, by its id; `undefined`: it is not kept, or dead (`deadLetters.get`). */
  get(id: string): Promise<StoredDelivery | undefined>
}
