import type { Awaitable } from '../../model/awaitable.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { HandledTypes, HandlerTransaction, UnhandledType } from '../inbox.ts'
import type { Settled } from '../settle.ts'

/** A delivery that is handed out, and the attempt that is made of it. A store adds what it tells its leases by. */
export interface LeasedDelivery {
  /** The delivery. */
  readonly delivery: Delivery
  /** The number of this attempt, from 1; attempts that came to no result count. */
  readonly attempt: number
  /** Whether it was handled before, and is replayed from the event log. Default `false`. */
  readonly isReplay?: boolean | undefined
  /** How many of its attempts ended with their process, or when that stalled. Default: 0 */
  readonly crashes?: number
  /** The names of the handlers that have completed. */
  readonly completed: readonly string[]
  /** The `ReturnedWaiting.atOnce` of its last attempt; absent: it is no possible poison message. */
  readonly atOnce?: number | undefined
}

/** The outcome of a lease that ended without a result. */
export type Returned = ReturnedWaiting | ReturnedDead

/** It is handed out again. */
export interface ReturnedWaiting {
  /** Tells them apart. */
  readonly status: 'waiting'
  /** How many attempts were made by now. */
  readonly attempt: number
  /** How many of them ended with their process. */
  readonly crashes: number
  /** A possible poison message: with how many such ones it may run next, 0 for alone; `undefined`: it is none. */
  readonly atOnce: number | undefined
  /** The failure to keep; `undefined`: no attempt was made. */
  readonly error: Error | undefined
}

/** It becomes a dead letter. */
export interface ReturnedDead {
  /** Tells them apart. */
  readonly status: 'dead'
  /** Why. */
  readonly reason: 'attempts-used-up'
  /** How many of its attempts ended with their process. */
  readonly crashes: number
  /** The failure to keep. */
  readonly error: Error
}

/** A worker's request for leases. */
export interface LeaseRoom {
  /** Which types are handled now. */
  readonly handles: HandledTypes
  /** The most that are leased. */
  readonly limit: number
  /** How many possible poison messages run here, and how many may together with those; no more of them are leased. */
  readonly possiblePoison: PossiblePoisonRoom
  /** Only one beside which nothing may run: a possible poison message whose `atOnce` is 0. */
  readonly isForAlone: boolean
  /** As `Look.isDue` said. */
  readonly isDue: boolean
}

/** How many possible poison messages may run. */
export interface PossiblePoisonRoom {
  /** How many run. */
  readonly count: number
  /** How many may, together with those that run. */
  readonly atOnce: number
}

/** A glance at the deliveries that are ready; asked for before each lease, so that an idle worker writes nothing. */
export interface Look {
  /** Whether the delay of one is over. */
  readonly isDue: boolean
  /** The least `atOnce` of the possible poison messages that wait; `undefined`: there is none. */
  readonly leastAtOnce: number | undefined
  /** Whether one with `atOnce` 0 is handled here. */
  hasAlone(): boolean
  /** Whether one would be leased for this room. */
  has(room: LeaseRoom): boolean
}

/** A lease that its holder should have renewed by now. */
export interface LateLease {
  /** Names the delivery and its lease, so that the next lease of the same delivery has another. */
  readonly id: string
  /** Until when it was last renewed, in wall time in milliseconds. */
  readonly dueAt: number
  /** How long it lasts, in milliseconds. */
  readonly leaseMs: number
}

/** A lease that was taken back. */
export interface TakenBack<Leased extends LeasedDelivery> {
  /** The lease. */
  readonly leased: Leased
  /** The outcome that was written. */
  readonly returned: Returned
}

/** Storage that several processes share: a lease there runs out, unless it is renewed. */
export interface SharedLeases<Leased extends LeasedDelivery> {
  /** How long a lease lasts, in milliseconds. */
  readonly leaseMs: number
  /** How often others' changes are looked for, in milliseconds. */
  readonly pollMs: number
  /** See {@link Look}; throws or rejects while the storage cannot be read. */
  look(handles: HandledTypes): Awaitable<Look>
  /** When the next delay is over, in wall time in milliseconds; `undefined`: none is. */
  nextDueAt(): Awaitable<number | undefined>
  /** Renews leases. For each whether it is still held; `undefined`: not known, it could not be written. */
  renew(held: readonly Leased[]): Promise<readonly (boolean | undefined)[]>
  /** The late leases of this endpoint that are not among those held here. */
  late(held: Iterable<Leased>): Awaitable<readonly LateLease[]>
  /**
   * Takes back those of the late leases that are as they were: in one transaction they are read, `decide` says what becomes of
   * each, and that is written.
   */
  takeBack(
    late: readonly LateLease[],
    decide: (leased: Leased) => Returned,
  ): Promise<readonly TakenBack<Leased>[]>
}

/**
 * The queue of one endpoint in a store, as `createWorker` sees it: each method is one statement or script. A method that
 * answers no promise answers at once, and the worker goes on at once.
 */
export interface LeaseSource<Leased extends LeasedDelivery = LeasedDelivery> {
  /** Leases what is ready, in order of arrival, no two of one `orderingKey`; writes down that the attempt is made. */
  lease(room: LeaseRoom): Awaitable<readonly Leased[]>
  /**
   * Writes down the outcome of an attempt; only who holds the lease may. Answers what was written, or `undefined` when the
   * lease is another's by now. Rejects when it could not be written: it is tried again; with an `UnwritableError`
   * when it is this one that cannot be. The names that it says have completed are united with those that are
   * stored: a handler whose transaction was committed stays completed, also where nobody heard of it.
   */
  settle(leased: Leased, settled: Settled): Awaitable<Settled | undefined>
  /** A transaction for one run of one handler under this lease; absent: the store has none. */
  transaction?(leased: Leased): HandlerTransaction
  /** Writes down leases that ended without a result. For each whether that was written. */
  giveBack(returned: readonly TakenBack<Leased>[]): Promise<readonly boolean[]>
  /** Whether nothing is left that is handled: none waits, none is delayed, none is leased by others. */
  isIdle(handles: HandledTypes): Awaitable<boolean>
  /** Which types wait that are not handled, at most 100. */
  unhandled(handles: HandledTypes): Awaitable<readonly UnhandledType[]>
  /**
   * Storage that several processes share; `undefined`: it is this process's own. Such a source wakes its worker when a delay
   * is over, and where it is durable, puts back what a killed process held when it is opened, ends what crashed as often as
   * `retry` allows, and leases a possible poison message alone.
   */
  readonly shared?: SharedLeases<Leased> | undefined
}

/** The store works, and what was to be written cannot be: the delivery becomes a dead letter that says so. */
export class UnwritableError extends Error {
  /** Tells it apart. */
  override readonly name = 'UnwritableError'
}
