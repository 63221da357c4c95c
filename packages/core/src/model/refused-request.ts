import type { Awaitable } from './awaitable.ts'
import type { RejectionCode } from './rejection.ts'

/**
 * A request that was refused, as far as it may be kept: headers that the provider's data name, parameters that are signed, and a
 * body that proves something. The value of what is a secret itself, such as `Authorization`, a cookie or a shared key, is
 * `[redacted]`; so is what holds more words than are looked at.
 */
export interface RefusedRequest {
  /** When it came, RFC 3339. */
  readonly at: string
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** The provider's name. */
  readonly provider: string
  /** Why it was refused. */
  readonly code: RejectionCode
  /** The HTTP status of the answer. */
  readonly status: number
  /** The HTTP method, as sent. */
  readonly method: string
  /** Path and query; values of the query that are not signed are `[redacted]`. */
  readonly url: string
  /** Names and values, every occurrence apart, 64 at most. Other headers than the provider's data name are left out. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The names of the headers, and after a `?` those of the parameters, whose values were taken out. */
  readonly redacted: readonly string[]
  /** The first bytes of the body; absent where it was not read, or proves nothing. */
  readonly body?: Uint8Array
  /** The length of the whole body, in bytes; absent where it was not read. */
  readonly bodyBytes?: number
}

/** The option `capture`: keeps the last requests that were refused, for `acuse explain`. */
export interface CaptureOptions {
  /**
   * The most requests to keep, 1 to 1 000. Where one more comes, the oldest of the code that has most is dropped: a flood of one
   * kind displaces no other. Of what comes in one second the first 50 are looked at.
   */
  readonly refused: number
  /**
   * Keeps them: all that there are, each time that others came, at most once a second and never twice at once. It is called
   * after the answer, and on `close`. A throw or a rejection is a line of the log; the next attempt is a minute later.
   */
  readonly keep: (requests: readonly RefusedRequest[]) => Awaitable<void>
  /** The most bytes of each body to keep, 0 to 1 048 576. Default 65 536. */
  readonly maxBodyBytes?: number
}
