import type { Awaitable } from '../../model/awaitable.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { EventLogFilter } from '../../model/event-log.ts'

/** A step of a replay. */
export interface ReplayStep {
  /** How many were put back in all, by all steps of this replay. */
  readonly replayed: number
  /** Whether there are more: `over`, it went through all, and is forgotten; `full`: there is no room for the next one. */
  readonly ends?: 'over' | 'full' | undefined
}

/** Some of the log. */
export interface LogPage<Place> {
  /** In order of receipt. */
  readonly deliveries: readonly Delivery[]
  /** The place of the last one. */
  readonly last: Place | undefined
}

/** What an inbox with an event log adds to its store. `Place` names a delivery's place in order of receipt. */
export interface EventLogStore<Place> {
  /** Whether bodies are kept of what is handled now. */
  readonly isRetaining: boolean
  /** Whether the inbox is closed: what failed is not tried again. */
  readonly isClosed: boolean
  /** Whether the log has none. */
  isEmpty(): Awaitable<boolean>
  /**
   * Begins the replay of that name, unless one was begun; without `until`, up to now.
   * @param isAnew whether an earlier one is forgotten
   */
  begin(name: string, filter: EventLogFilter, isAnew: boolean): Awaitable<void>
  /**
   * Puts the next ones back in the queue, and writes down the place behind them, in one transaction: harmless when it is not
   * known whether the last one was committed. At the end it forgets the replay; one that is not known is over.
   */
  next(name: string, filter: EventLogFilter, limit: number): Awaitable<ReplayStep>
  /** Those behind a place. */
  read(filter: EventLogFilter, after: Place | undefined, limit: number): Awaitable<LogPage<Place>>
  /** Takes them, one at least, into the log, as handled, where their idempotency key is not taken. How many. */
  add(deliveries: readonly Delivery[]): Awaitable<number>
}
