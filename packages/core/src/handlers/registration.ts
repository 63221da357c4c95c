import type { Awaitable } from '../model/awaitable.ts'
import type { EventOf, EventPattern, UnknownEvent } from '../model/event.ts'
import type { Logger } from '../model/logger.ts'
import type { NearNames } from '../model/near-names.ts'

/**
 * What `context.transaction()` answers, by the kind of the inbox. Empty here: the package of each inbox that has
 * transactions adds its own.
 */
// biome-ignore lint/suspicious/noEmptyInterface: inboxes add to it
export interface InboxTransactions {}

/** A handler's context, beside the event. */
export interface HandlerContext {
  /** The event's id: the key of your own idempotency. */
  readonly id: string
  /**
   * The number of this attempt, from 1. Over 1: an earlier one failed, or was cut short. With
   * `ack: 'handled'` always 1: the sender makes the attempts, and does not number them.
   */
  readonly attempt: number
  /**
   * Whether the event was handled before, and you had it replayed (`inbox.replay`). An effect outside your own database
   * happens once more, unless the handler leaves it out then.
   */
  readonly isReplay: boolean
  /**
   * Aborted when the result will not count any more: `handlerTimeoutMs` passed, or the lease was lost. What a listener
   * of yours throws is an uncaught exception, as with every AbortSignal: nobody can catch it for you.
   */
  readonly signal: AbortSignal
  /** The name of the key that verified the request: the tenant's, where keys are by tenant; else such as `default`. */
  readonly keyId: string
  /**
   * Why the event is believed: `signed`, its request proved its sender; `reconciled`, the webhook never came, and the
   * provider's API told of it when this program asked (`@acuse/core/reconcile`).
   */
  readonly trust: 'signed' | 'reconciled'
  /**
   * The headers that the option `keepHeaders` names, in lower case, and `x-request-id`, and `traceparent` and `tracestate` where
   * the request belongs to a trace. As a rule nobody signed them.
   */
  readonly headers: Readonly<Record<string, string>>
  /**
   * The name of the request that brought it: its `x-request-id`, the trace id of its `traceparent`, or made by the receiver. On
   * every line of the log. `undefined`: it was accepted by a version that kept none.
   */
  readonly requestId: string | undefined
  /** The receiver's logger; each line names the event and its request. An error of the logger fails nothing. */
  readonly log: Logger
  /**
   * Begins a transaction in the database of the inbox, and answers what to write with; called again, the same. When the
   * handler succeeds, its completion is written there too and both are committed: effects that are written with it
   * happen exactly once. When it fails or takes longer than `handlerTimeoutMs`, both are rolled back. A responder has none.
   * @throws TypeError when the inbox has no transactions; Error when the handler has ended, or none can be begun
   */
  readonly transaction: <
    Store extends keyof InboxTransactions = keyof InboxTransactions,
  >() => InboxTransactions[Store]
}

/**
 * Handles one event. It succeeds by returning; what it throws, or a promise that it rejects, is tried
 * again. An event can be handed out more than once: use `event.id` to do its effect once.
 */
export type Handler<Event> = (event: Event, context: HandlerContext) => unknown

/**
 * Handles one event and answers its sender: what it returns, or its promise gives, becomes the body of the
 * 200, as JSON. Nothing: the usual body.
 */
export type Responder<Event> = (
  event: Event,
  context: HandlerContext,
) => Awaitable<
  | (object & {
      /** A promise of a promise is no answer. */
      readonly then?: never
    })
  | string
  | number
  | boolean
  | null
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: it may have no return
  | void
>

/** Handlers by pattern: what `on` takes, as an object. */
export type Handlers<Events extends object> = {
  readonly [Pattern in EventPattern<Events>]?: Handler<EventOf<Events, Pattern>>
}

/** Responders by pattern: what `respond` takes, as an object. */
export type Responders<Events extends object> = {
  readonly [Pattern in EventPattern<Events>]?: Responder<EventOf<Events, Pattern>>
}

/** Options of `on`. */
export interface HandlerOptions {
  /**
   * Under which name its completion is remembered: a retry runs only the handlers that have not completed.
   * Unique for an event. Default: the pattern and the function's own name; a hash of its source where it has none, or
   * where two share it. Give one to what a factory makes (its functions look the same), and where code is minified.
   */
  readonly name?: string
}

/** Typed registration of handlers. */
export interface Registration<Events extends object> {
  /**
   * Registers a handler for an event's name, `prefix.*`, or `*`. Several may match one event: all run, in
   * the order of registration. Nothing is handed out before the first request or `work()`, and only what has a
   * handler: events of other types wait.
   * @throws TypeError when the provider documents no such event
   */
  on<Pattern extends EventPattern<Events>>(
    pattern: Pattern,
    handler: Handler<EventOf<Events, Pattern>>,
    options?: HandlerOptions,
  ): void
  /** For names that are misspelt: the compiler lists those that are near. */
  on<Given extends string>(
    pattern: Given extends EventPattern<Events> ? Given : NearNames<Given, EventPattern<Events>>,
    handler: Handler<Given extends EventPattern<Events> ? EventOf<Events, Given> : never>,
    options?: HandlerOptions,
  ): void
  /** Registers a handler for authentic events that the provider's documents do not list. */
  onUnknown(handler: Handler<UnknownEvent>, options?: HandlerOptions): void
  /**
   * Registers the handler that answers: what it returns becomes the body of the 200, as JSON. It runs after the
   * other handlers of the event. Keep it small: it is remembered with the idempotency key, for copies. Needs
   * `ack: 'handled'`.
   * @throws TypeError when the event has one already, or the answer does not wait for handlers
   */
  respond<Pattern extends EventPattern<Events>>(
    pattern: Pattern,
    responder: Responder<EventOf<Events, Pattern>>,
  ): void
}
