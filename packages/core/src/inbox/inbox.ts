import type { Awaitable } from '../model/awaitable.ts'
import type { DeadLetters, DeadReason } from '../model/dead-letter.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Deliveries } from '../model/delivery-list.ts'
import type { Observer } from '../model/observation.ts'
import type { InboxHealth, InboxHealthOptions } from './health.ts'
import type { RetryOptions } from './retry-policy.ts'

/**
 * The outcome of an accept. `in-flight`: another copy is being accepted, and may yet fail; ask again.
 * `full`: the inbox is at its bound, and took nothing.
 */
export type AcceptResult = 'accepted' | 'duplicate' | 'conflict' | 'in-flight' | 'full'

/** Requirements of one call of `accept`. */
export interface AcceptOptions {
  /** The shortest time to remember the idempotency key, in milliseconds, from now. */
  readonly minRetentionMs: number
  /**
   * Whether another body under an idempotency key that is taken is kept as a dead letter. `false`: nobody signed the body,
   * so that a captured request could make any number of them. Default `true`.
   */
  readonly keepsConflict?: boolean
  /** What the dead letter of a conflict says. Default: that another body was accepted under this idempotency key. */
  readonly conflictMessage?: string | undefined
  /** Told what the store has to tell of itself, such as that a fallback is in use. Default: nobody. */
  readonly observer?: Observer | undefined
}

/** What `accept` is told of a conflict. */
export type OfConflict = Pick<AcceptOptions, 'keepsConflict' | 'conflictMessage'>

/**
 * A transaction of the store's own database for one run of one handler. After `begin` was called, also where it threw, one
 * of `commit` and `rollback` is called, once; without it, neither.
 */
export interface HandlerTransaction {
  /** Begins it, once; further calls answer the same. What `context.transaction()` answers, promise or not. */
  begin(): unknown
  /**
   * The handler has succeeded: writes down that it completed, beside what is written down already, and commits both. `false`:
   * the lease is another's by now, and both are rolled back. Rejects where it is not known to be committed. It may be given
   * up after `handlerTimeoutMs`; what it writes later must not be written once the attempt was settled.
   * @param handler its name, for `completed`
   */
  commit(handler: string): Awaitable<boolean>
  /** The handler failed or took too long: rolls back; never throws; what is done with the connection later fails. */
  rollback(): Awaitable<void>
}

/** The attempt that a handle makes. */
export interface Lease {
  /** The number of the attempt, from 1. An attempt that was cut short counts. */
  readonly attempt: number
  /** The names of the handlers that completed in earlier attempts: they do not run again. */
  readonly completed: readonly string[]
  /** Whether it was handled before, and is replayed from the event log. Default `false`. */
  readonly isReplay?: boolean | undefined
  /** Aborted when the result will not count any more: the lease was lost, or the consumer gave up. */
  readonly signal: AbortSignal
  /** A transaction for one handler, not yet begun; absent: the store has none. */
  readonly transaction?: (() => HandlerTransaction) | undefined
}

/** What was measured of an attempt. */
export interface AttemptMeasures {
  /** How long it took, in milliseconds. */
  readonly durationMs: number
  /** The time from the delivery's receipt to its beginning, in milliseconds. */
  readonly lagMs: number
  /** The name of the handler that failed, the first of several. */
  readonly handler?: string | undefined
}

/** What each result of an attempt may have. */
export interface Measured {
  /** What was measured of the attempt; absent: nothing was. */
  readonly measures?: AttemptMeasures | undefined
}

/** All handlers succeeded. */
export interface HandleDone extends Measured {
  /** Tells results apart. */
  readonly status: 'done'
  /** How many handlers ran in this attempt. */
  readonly handlers: number
  /** The answer of the event's responder, as JSON; only with `ack: 'handled'`. */
  readonly response?: string | undefined
}

/** A handler failed: the delivery is to be tried again. */
export interface HandleFailed extends Measured {
  /** Tells results apart. */
  readonly status: 'failed'
  /** The error that the handler threw. */
  readonly error: unknown
  /** The names of the handlers that have completed, in this attempt or before. */
  readonly completed: readonly string[]
}

/** The delivery cannot be handled, however often it is tried. */
export interface HandleDead extends Measured {
  /** Tells results apart. */
  readonly status: 'dead'
  /** Why. */
  readonly reason: DeadReason
  /** The problem. */
  readonly error: unknown
  /** The names of the handlers that have completed; absent: no more than before. */
  readonly completed?: readonly string[] | undefined
}

/** The outcome of handling a delivery. */
export type HandleResult = HandleDone | HandleFailed | HandleDead

/** Handles one delivery. It reports success and failure by its result, and never throws. */
export type Handle = (delivery: Delivery, lease: Lease) => Promise<HandleResult>

/**
 * Which types of events are handled here: those that are listed, or all but those. Nothing handles the others:
 * they wait for a process that does.
 */
export type HandledTypes =
  | {
      /** These. */
      readonly only: readonly string[]
    }
  | {
      /** All but these. */
      readonly except: readonly string[]
    }

/** Deliveries that wait, and whose type nothing handles here. */
export interface UnhandledType {
  /** The event's type, as sent. */
  readonly type: string
  /** How many wait; a count may stop at 10 000. */
  readonly waiting: number
}

/** Options of `Inbox.consume`. */
export interface ConsumeOptions {
  /** The receiver whose deliveries to hand out: its `endpoint`. */
  readonly endpoint: string
  /** Which types have a handler now; asked before each lease. Deliveries of other types wait. */
  readonly handles: () => HandledTypes
  /** How many to hand out at once. */
  readonly concurrency: number
  /** When a delivery that failed is tried again. */
  readonly retry: RetryOptions
  /** Told what becomes of deliveries. */
  readonly observer: Observer
}

/** Hands out deliveries from `start` until it is closed. */
export interface Consumer {
  /**
   * Begins to hand out. Called again, it looks again for deliveries that are handled now: handlers were
   * registered.
   */
  start(): void
  /** Resolves when nothing is left that is handled here, retries included. */
  onIdle(): Promise<void>
  /** The types that wait and that nothing handles here, at most 100. It takes no longer than an ordinary query. */
  unhandled(): Awaitable<readonly UnhandledType[]>
  /**
   * How long ago the store last answered its regular look for deliveries, in milliseconds. `undefined`, or no such method: it
   * has not begun, or looks only when it is woken.
   */
  silentMs?(): number | undefined
  /**
   * Hands out no more than must be finished, and waits for what is running, at most `timeoutMs`
   * milliseconds. What runs longer is given up: its `signal` is aborted, its lease is given back, or runs out where
   * that cannot be written, and its late result does not count.
   */
  close(options: { readonly timeoutMs: number }): Promise<void>
}

/** How many deliveries of one type are in which state. */
export interface TypeStats {
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** The provider's name. */
  readonly provider: string
  /** The event's type, as sent. */
  readonly type: string
  /** Ready to be handed out, or waiting for a process that handles the type. */
  readonly waiting: number
  /** Handed out now. */
  readonly leased: number
  /** Failed, and not yet due again. */
  readonly delayed: number
  /** Dead letters. */
  readonly dead: number
}

/** How many deliveries are in which state. */
export interface InboxStats {
  /** Ready to be handed out. */
  readonly waiting: number
  /** Handed out now. */
  readonly leased: number
  /** Failed, and not yet due again. */
  readonly delayed: number
  /** Dead letters. */
  readonly dead: number
  /** The age of the oldest delivery that is not handled, in milliseconds; 0 when there is none. */
  readonly oldestAgeMs: number
  /** The same by endpoint, provider and type, in this order; types without a delivery are left out. */
  readonly types: readonly TypeStats[]
}

/**
 * Dedupe and queue that agree with each other: accepts a delivery once, and hands it out until it is
 * handled.
 */
export interface Inbox {
  /** Whether a power cut loses accepted deliveries: `durable`, none; `volatile`, those not yet handled. */
  readonly durability: 'durable' | 'volatile'
  /** Whether it hands out deliveries of one `orderingKey` one at a time, in order of arrival. */
  readonly ordered: boolean
  /** Whether idempotency keys outlive this process. Default: as `durability` says of deliveries. */
  readonly idempotencyKeys?: 'durable' | 'volatile'
  /** Names the storage that other instances may share; `undefined`: nobody shares it. */
  readonly location?: string | undefined
  /** How long idempotency keys are remembered, in milliseconds; `undefined`: as long as the receiver asks. */
  readonly retentionMs: number | undefined
  /** One atomic step, harmless when repeated. A rejection or a throw means: not known to be accepted. */
  accept(delivery: Delivery, options: AcceptOptions): Awaitable<AcceptResult>
  /**
   * Keeps an authentic delivery that may not be handled as a dead letter, without claiming its idempotency key; one
   * whose idempotency key was accepted before is not kept.
   */
  deadLetter(delivery: Delivery, reason: 'stale'): Awaitable<void>
  /**
   * Prepares to hand out an endpoint's deliveries, from `start` on.
   * @throws TypeError when that endpoint is consumed already
   */
  consume(handle: Handle, options: ConsumeOptions): Consumer
  /** The dead letters. */
  readonly deadLetters: DeadLetters
  /** Those that are not dead, to be looked at; absent: the store cannot list them. */
  readonly deliveries?: Deliveries
  /** How many deliveries are in which state. */
  stats(): Promise<InboxStats>
  /** How it is, for health checks; rejects when it cannot be reached. Without it `stats` is asked. */
  checkHealth?(options: InboxHealthOptions): Promise<InboxHealth>
  /** Closes every consumer, then the inbox; `accept` and `deadLetter` fail from now on. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>
}
