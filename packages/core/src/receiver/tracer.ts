import type { HandleResult } from '../inbox/inbox.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Outcome } from '../model/outcome.ts'
import type { RequestHead } from '../schemes/keys.ts'

/** A place in a trace, as W3C Trace Context writes it in headers. */
export interface TraceCarrier {
  /** Trace and parent (W3C Trace Context §3.2): `00-`, trace id, parent id and flags, such as `00-4bf9…-00f0…-01`. */
  readonly traceparent: string
  /** What the vendors of tracing add (§3.3). */
  readonly tracestate?: string | undefined
}

/** A request that is received. */
export interface TracedRequest {
  /** The provider's name. */
  readonly provider: string
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** The method, the target and the headers; nobody has proven them. */
  readonly request: RequestHead
}

/** An attempt at a delivery. */
export interface TracedAttempt {
  /** The delivery; its `headers` hold `traceparent` and `tracestate` where its request belongs to a trace. */
  readonly delivery: Delivery
  /** The attempt's number, from 1. */
  readonly attempt: number
  /** Whether it was handled before, and is replayed from the event log. */
  readonly isReplay: boolean
}

/**
 * Follows deliveries through processes, such as `otel()` of `@acuse/otel`. Each call runs what it is about: `run`, once, before it
 * returns. What it throws or rejects is dropped; where it does not call `run`, the receiver does.
 */
export interface Tracer {
  /**
   * Around a request, from its head to its answer.
   * @param run takes the place in the trace that is kept with the delivery; without one, that of the request's own headers is
   */
  receive(traced: TracedRequest, run: (carrier?: TraceCarrier) => Promise<Outcome>): unknown
  /** Around an attempt, in whatever process makes it. */
  process(traced: TracedAttempt, run: () => Promise<HandleResult>): unknown
}
