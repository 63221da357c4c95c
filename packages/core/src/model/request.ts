import type { Awaitable } from './awaitable.ts'
import type { Clock } from './clock.ts'
import type { RequestHeaders } from './headers.ts'
import type { BodyFailure } from './rejection.ts'

/** The bounds within which an adapter reads a body. */
export interface BodyLimits {
  /** The most bytes to read, counted as they arrive. */
  readonly maxBytes: number
  /**
   * Takes bytes from the budget of all requests in flight, before they are kept. `false`: it is used up, and
   * the answer is `overloaded`.
   */
  readonly take: (bytes: number) => boolean
  /** The longest time to wait for the last byte, in milliseconds. */
  readonly timeoutMs: number
  /** Where time comes from. */
  readonly clock: Clock
}

/** A request before its body is read: what an adapter hands to `receiver.handle`. */
export interface IncomingRequest {
  /** The HTTP method, as sent. */
  readonly method: string
  /** The request target as the runtime gives it: path and query, or the whole URL. */
  readonly url: string
  /** The headers, every occurrence kept apart. */
  readonly headers: RequestHeaders
  /** Reads the raw body once; answers a code where that cannot be done. Never throws. */
  read(limits: BodyLimits): Awaitable<Uint8Array | BodyFailure>
  /**
   * The address of the client, as the framework's own settings for trusted proxies have it; never
   * `X-Forwarded-For` by itself. Absent where the runtime tells none.
   */
  readonly clientAddress?: string | undefined
  /**
   * Tells a runtime that stops with its answer to go on until a promise settles, such as the `waitUntil` of Workers.
   * Absent where it needs no telling, or where a platform has the means in a place of its own.
   */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
  /**
   * How long the runtime lets the answer take, in milliseconds, where it ends the process after that. Absent: as long as
   * the receiver's `ackTimeoutMs`, which is the most in any case.
   */
  readonly timeLeftMs?: number | undefined
  /** The operator's remedy when the body was consumed, in the framework's own words. */
  readonly consumedRemedy?: string
}

/** The HTTP request as it arrived, its body as bytes: what a scheme verifies. */
export interface WebhookRequest {
  /** The HTTP method, as sent. */
  readonly method: string
  /** The request target as the runtime gives it: path and query, or the whole URL. */
  readonly url: string
  /** The headers, every occurrence kept apart. */
  readonly headers: RequestHeaders
  /** The raw body, byte for byte. */
  readonly body: Uint8Array
}
