import type { Finding } from '../finding.ts'
import type { RequestHeaders } from '../lib/headers.ts'
import type { AuthenticityCode } from '../rejection.ts'
import type { WebhookRequest } from '../request.ts'

/** The request is proven. */
export interface Authentic {
  /** The name of the key that matched; `default` where there is only one. */
  readonly keyId: string
}

/** What a scheme answers: which key matched, or why none did. */
export type Verdict = Authentic | AuthenticityCode

/**
 * How a request proves its origin. One scheme per endpoint, fixed at construction, never chosen by the
 * request. Synchronous, and never throws on what a request contains.
 */
export interface Scheme {
  /** Such as `hmac`. */
  readonly name: string
  /** Whether the proof covers the body. Where it does not, whoever holds the key can say anything. */
  readonly signsBody: boolean
  /** Step 1: the grammar of the security headers, before a byte of the body is read. */
  check(headers: RequestHeaders): AuthenticityCode | undefined
  /** Step 3: the proof itself, over the raw bytes. */
  verify(request: WebhookRequest): Verdict
  /**
   * The headers that prove `body`, for those who hold the key: senders and tests. `parts` gives the values
   * of the signed headers, by name in lower case.
   * @throws TypeError when a signed header is missing or ungrammatical
   */
  sign?(body: Uint8Array, parts?: Readonly<Record<string, string>>): Record<string, string>
  /** Why a request does not verify, with evidence. For `explain` only: slow, and never on the request's way. */
  diagnose(request: WebhookRequest): readonly Finding[]
}
