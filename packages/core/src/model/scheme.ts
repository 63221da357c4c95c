import type { Finding } from './finding.ts'
import type { RequestHeaders } from './headers.ts'
import type { AuthenticityCode } from './rejection.ts'
import type { WebhookRequest } from './request.ts'

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
  /** Whether the proof covers the body. Where it does not, whoever holds the key can say anything. */
  readonly signsBody: boolean
  /**
   * The headers that the proof is read from, names in lower case. Where the body is not signed they carry the key
   * itself, and `keepHeaders` refuses them.
   */
  readonly headers?: readonly string[]
  /**
   * The headers that the proof covers beside the body, in lower case. What an envelope reads elsewhere is unsigned, and no
   * part of the idempotency key. Default: none.
   */
  readonly signedHeaders?: readonly string[]
  /**
   * Texts that identify its keys without revealing them, so that one key at two endpoints is noticed. Default: none.
   */
  keyMarks?(): readonly string[]
  /** The same with the grammar of each, for those who sign: each needs a value. Default: none. */
  readonly signedParts?: readonly SignedHeader[]
  /** Step 1: the first fault in the grammar of the security headers, if any, before a byte of the body is read. */
  check(headers: RequestHeaders): NotProven | undefined
  /** Step 3: the proof itself, over the raw bytes. */
  verify(request: WebhookRequest): Verdict
  /**
   * The headers that prove `body`, for those who hold the key: senders and tests. `parts` gives the values
   * of the signed headers, by name in lower case.
   * @throws TypeError when a signed header is missing or ungrammatical
   */
  sign?(body: Uint8Array, parts?: Readonly<Record<string, string>>): Record<string, string>
  /**
   * Why a request does not verify, with evidence. For `explain` only: it is slow, and never called while a request is
   * answered.
   */
  diagnose(request: WebhookRequest): readonly Finding[]
}

/** A header whose value is signed with the body. */
export interface SignedHeader {
  /** Its name, in any case. */
  readonly header: string

  /**
   * Its grammar: `id` is 1 to 200 of `A-Z a-z 0-9 _ -`, `unix-seconds` is ten digits, `unix-ms` thirteen. None
   * can hold a joint, so that no two requests give one signed text.
   */
  readonly as: 'id' | 'unix-seconds' | 'unix-ms'
}
