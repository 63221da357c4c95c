import type { Clock } from './clock.ts'
import type { Finding } from './finding.ts'
import type { RequestHeaders } from './headers.ts'
import type { AuthenticityCode } from './rejection.ts'
import type { WebhookRequest } from './request.ts'
import type { Part } from './value.ts'

/** The request is proven: an object with these fields and no others. */
export interface Authentic {
  /** The name of the key that matched; `default` where there is only one. */
  readonly keyId: string
  /**
   * Whose the key is, where each tenant has its own: part of every idempotency key, so that nobody's events meet
   * another's. Never shown. Absent: all keys are one owner's.
   */
  readonly tenant?: string
}

/** The request is not judged: the keys could not be had, or cannot be used. */
export interface NotJudged {
  /**
   * `keys-failed`: the keys are not available for now, and the answer is 503. `scheme-failed`: the set-up is wrong,
   * and the answer is 500.
   */
  readonly code: 'keys-failed' | 'scheme-failed'
  /** The error, for the log. */
  readonly error: unknown
}

/** The request is not proven. */
export interface NotProven {
  /** Why not; the sender gets the same answer for all of them. */
  readonly code: AuthenticityCode
  /** The header at fault, in lower case, where one is: for the log and `explain`. */
  readonly header?: string
}

/** A scheme's answer: which key matched, or why none did, told apart by `code`. Any other value is no proof. */
export type Verdict = Authentic | NotProven | NotJudged

/**
 * How a request proves its origin. One scheme per endpoint, fixed at construction, never chosen by the
 * request. Synchronous, and never throws on what a request contains. A scheme that throws, or answers anything else than
 * what its calls are declared to, is `scheme-failed`: the request is refused with 500.
 */
export interface Scheme {
  /** Such as `hmac`. */
  readonly name: string
  /**
   * What the proof covers, in order; `[]`: nothing but the key itself, so that whoever holds it can say anything. What
   * an envelope reads elsewhere is unsigned, and no part of the idempotency key.
   */
  readonly signs: readonly Part[]
  /**
   * The headers that the proof is read from, names in lower case. Where the body is not signed they carry the key
   * itself, and `keepHeaders` refuses them.
   */
  readonly headers?: readonly string[]
  /**
   * Texts that identify its keys without revealing them, so that one key at two endpoints is noticed. Default: none.
   */
  keyMarks?(): readonly string[]
  /** Step 1: the first fault in the grammar of the security headers, if any, before a byte of the body is read. */
  check(headers: RequestHeaders): NotProven | undefined
  /** Step 3: the proof itself, over the raw bytes. */
  verify(request: WebhookRequest): Verdict
  /**
   * Where keys are fetched: fetches those that the request needs, within `timeoutMs`. Nothing, where `verify` can answer at
   * once; a promise of nothing, or of why they cannot be had. Default: never.
   */
  prepare?(
    request: WebhookRequest,
    options: PrepareOptions,
  ): Promise<NotProven | NotJudged | undefined> | undefined
  /**
   * Where keys are given by functions that do not depend on the request: asks for them, so that a fault is known when the
   * process starts. Nothing, where they are there; a promise of nothing, or of why they cannot be had. Default: nothing to ask.
   */
  loadKeys?(options: Pick<PrepareOptions, 'clock'>): Promise<NotProven | NotJudged | undefined> | undefined
  /**
   * The values of the header that carries the signature, such as those of `t` in `t=1795633156,v1=…`. Default: it has no
   * parts.
   */
  fields?(request: WebhookRequest, name: string): readonly string[]
  /**
   * The bytes that are signed, where those are not the whole body: two requests of one signature have the same. Asked of
   * proven requests only.
   */
  signedBytes?(request: WebhookRequest): Uint8Array
  /** A MAC of a text under the key that proved a request, in lower-case hex: for handshakes. Default: it has none. */
  mac?(text: string, keyId: string): string | undefined
  /**
   * The headers that prove `body`, for those who hold the key: senders and tests. Signed headers that are not given are
   * made: an id, or the time `at`.
   * @throws TypeError when a signed value is missing or ungrammatical
   */
  sign?(body: Uint8Array, sent?: SentParts): Record<string, string>
  /**
   * The JSON body with its signature in it, where that is where signatures stand; then there is no `sign`.
   * @throws TypeError when the body is no JSON object, or a signed value is missing or ungrammatical
   */
  signBody?(body: Uint8Array, sent?: SentParts): Uint8Array
  /** The parameters that carry the key, where that stands in the query: `sign` must be given their address. */
  signQuery?(): Record<string, string>
  /**
   * Why a request does not verify, with evidence. For `explain` only: it is slow, and never called while a request is
   * answered.
   */
  diagnose(request: WebhookRequest): readonly Finding[]
  /**
   * What the headers alone tell of why their grammar is refused, for the log: their look, never what a key says of them.
   * Default: nothing.
   */
  diagnoseHeaders?(headers: RequestHeaders): readonly Finding[]
}

/** Bounds of `Scheme.prepare`. */
export interface PrepareOptions {
  /** The longest wait, in milliseconds. */
  readonly timeoutMs: number
  /** Where time comes from. */
  readonly clock: Clock
}

/** The parts of a request beside its body, for those who sign. */
export interface SentParts {
  /** Headers, by name in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** Where to: its query is signed where the scheme signs parameters. */
  readonly url?: string
  /** The time to sign. Default: now. */
  readonly at?: Date
}
