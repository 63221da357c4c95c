import type { DedupeStore } from '../dedupe/dedupe-store.ts'
import type { Handler, Handlers, Responders } from '../handlers/registration.ts'
import type { Inbox } from '../inbox/inbox.ts'
import type { RetryOptions } from '../inbox/retry-policy.ts'
import type { Clock } from '../model/clock.ts'
import type { UnknownEvent } from '../model/event.ts'
import type { Logger } from '../model/logger.ts'
import type { Observer } from '../model/observation.ts'
import type { CaptureOptions } from '../model/refused-request.ts'
import type { Tolerance } from './tolerance.ts'
import type { Tracer } from './tracer.ts'

/** Options of a receiver, and so of every adapter: some belong to one level of acknowledging only. */
export type ReceiverOptions<Events extends object> =
  | AckOnAcceptedOptions<Events>
  | AckOnHandledOptions<Events>

/** The names of options that belong to an inbox. */
export type InboxOptionName = 'inbox' | 'work' | 'retry' | 'orderingKey' | 'onStale'

/** The names of options that belong to an answer which waits for handlers. */
export type HandledOptionName = 'dedupe' | 'leaseMs' | 'respond'

/** Options with `ack: 'accepted'`, the default: a 200 says that the inbox has the delivery, and hands it out until it is handled. */
export interface AckOnAcceptedOptions<Events extends object> extends SharedOptions<Events> {
  /** The meaning of a 200. Default `accepted`. */
  readonly ack?: 'accepted'
  /** Where deliveries are kept. Default `memoryInbox()`, which is volatile; a process warning says so. */
  readonly inbox?: Inbox
  /** `false`: accepts only, and hands nothing to handlers; another process does. Default `true`. */
  readonly work?: boolean
  /**
   * Events of one key are handled one at a time, in order of arrival; `undefined`: in any order. The payload that
   * it sees is not validated yet. Default: any order.
   */
  readonly orderingKey?: (event: UnknownEvent) => string | undefined
  /**
   * The fate of an authentic delivery that is not fresh: `refuse` it, or `keep` it as a dead letter too. The
   * answer is 401. Default: `keep` where the inbox is durable, else `refuse`.
   */
  readonly onStale?: 'refuse' | 'keep'
  /**
   * When a delivery whose handler failed is tried again. Default: 90 attempts, after at most 1 s doubling to 1 h,
   * which span 24 hours at least.
   */
  readonly retry?: RetryOptions
  /** Only with `ack: 'handled'`. */
  readonly dedupe?: never
  /** Only with `ack: 'handled'`. */
  readonly leaseMs?: never
  /** Only with `ack: 'handled'`. */
  readonly respond?: never
}

/**
 * Options with `ack: 'handled'`: a 200 says that the handlers succeeded. Nothing is stored but the idempotency key: a failure
 * is 500 and frees it, longer than `ackTimeoutMs` is 503 while the work goes on, and the sender's retry is the durability.
 */
export interface AckOnHandledOptions<Events extends object> extends SharedOptions<Events> {
  /** The meaning of a 200. */
  readonly ack: 'handled'
  /** Handlers that answer, by pattern; the same as calling `respond` for each. */
  readonly respond?: Responders<Events>
  /** Remembers idempotency keys. Default `lruDedupe()`: this process only. */
  readonly dedupe?: DedupeStore
  /** How long an idempotency key is claimed without a sign of life, in milliseconds; a crash frees it after so long. Default 10 000. */
  readonly leaseMs?: number
  /** Only with `ack: 'accepted'`. */
  readonly inbox?: never
  /** Only with `ack: 'accepted'`. */
  readonly work?: never
  /** Only with `ack: 'accepted'`. */
  readonly retry?: never
  /** Only with `ack: 'accepted'`. */
  readonly orderingKey?: never
  /** Only with `ack: 'accepted'`. */
  readonly onStale?: never
}

/** Options with every `ack`. */
interface SharedOptions<Events extends object> {
  /** Handlers by pattern; the same as calling `on` for each. */
  readonly on?: Handlers<Events>
  /** Handles authentic events that the provider's documents do not list. */
  readonly onUnknown?: Handler<UnknownEvent>
  /** The path that adapters answer, with and without a trailing slash. Default: the provider's. */
  readonly path?: string
  /**
   * The receiver's own name: part of every event's id, and of every queue. Two receivers of one provider, such as one
   * for each tenant, need two. Lower-case letters, digits and hyphens. Default: the provider's name.
   */
  readonly endpoint?: string
  /**
   * Which events are taken from the inbox: `registered`, the default, are those that have a handler; the others wait
   * for a process that has one, and are reported. `all`: an event without a handler is done. With `ack: 'handled'` an
   * event without a handler is 503, or with `all` 200.
   */
  readonly handle?: 'registered' | 'all'
  /** Receives every observation; of a list, each does. */
  readonly observer?: Observer | readonly Observer[]
  /** Follows each delivery from its request to its last attempt, such as `otel()` of `@acuse/otel`. Default: none does. */
  readonly tracer?: Tracer
  /** Writes the log. Default: process warnings for what needs a look, at most 10 a minute of each kind. */
  readonly logger?: Logger
  /**
   * How far from now the signed time may lie. Default 60 000 ms into the future, and 300 000 ms into the past; where
   * the time is the event's own (`provider.time.of`) and idempotency keys outlive the process, as far into the past as
   * they are remembered. An inbox that remembers less than the window does not construct.
   */
  readonly tolerance?: Partial<Tolerance>
  /** The largest body, in bytes. Default 1 048 576; larger is 413. */
  readonly maxBodyBytes?: number
  /**
   * The most bytes of bodies that all requests in flight may hold together. Default 67 108 864 (64 MiB); more
   * is 503.
   */
  readonly maxBytesInFlight?: number
  /**
   * Addresses and networks that may send, such as `203.0.113.0/24`; others get a 401. Never the only control:
   * a signature proves more than an address. Default: any.
   */
  readonly ipAllowlist?: readonly string[]
  /** The longest wait for the whole body, in milliseconds. Default 3 000; longer is 408. */
  readonly bodyTimeoutMs?: number
  /** The longest wait for the inbox to accept, in milliseconds. Default 800; longer is 503. */
  readonly acceptTimeoutMs?: number
  /** The budget of an answer from the first byte on, in milliseconds. Default 4 500: Redcumbre asks for 5 s. */
  readonly ackTimeoutMs?: number
  /**
   * The longest time for one handler in one attempt, in milliseconds. Default 60 000; longer counts as a
   * failure, and aborts the handler's `signal`.
   */
  readonly handlerTimeoutMs?: number
  /**
   * The most values of a payload that its schema is asked about, containers counted. Default 20 000; a payload with more
   * is a dead letter, because a schema library may list each as wrong and hold the process up for seconds.
   */
  readonly maxPayloadValues?: number
  /**
   * Names of headers that are kept with a delivery, beside its body, for handlers (`context.headers`); none that carries
   * credentials. Default: none.
   */
  readonly keepHeaders?: readonly string[]
  /**
   * How many deliveries are handled at once. Default 10; the others wait in the inbox. With `ack: 'handled'` default 100;
   * the others get 503.
   */
  readonly concurrency?: number
  /** How long `close()` waits for handlers where it is not told, in milliseconds. Default 10 000. */
  readonly closeTimeoutMs?: number
  /**
   * Keeps the last requests that were refused, without secrets, for `acuse explain`: `{ refused: 20, keep: captureFile('refused.ndjson') }`.
   * Bodies are kept: mind who may read them. Default: none is kept.
   */
  readonly capture?: CaptureOptions
  /** Where time comes from. Default: this machine. */
  readonly clock?: Clock
}
