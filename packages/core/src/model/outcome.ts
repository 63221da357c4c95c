import { type RejectionCode, rejectionAnswers } from './rejection.ts'

/** The HTTP answer, ready to be written by an adapter. */
export interface Answer {
  /** HTTP status. */
  readonly status: number
  /** Response headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The body: one line of JSON. */
  readonly body: string
  /** Whether the connection must be closed after the answer, because the rest of the body is not wanted. */
  readonly close: boolean
}

/** The delivery is in the inbox: it will be handled. With `ack: 'handled'`: it is. */
export interface Accepted extends Answer {
  /** `duplicate`: an earlier copy was accepted. */
  readonly kind: 'accepted' | 'duplicate'
  /** The delivery's id. */
  readonly id: string
}

/** The request was not accepted. */
export interface Rejected extends Answer {
  /** Tells it from {@link Accepted}. */
  readonly kind: 'rejected'
  /** Why: for the operator, never for the sender. */
  readonly code: RejectionCode
}

/** The receiver's decision; an adapter only writes it down. */
export type Outcome = Accepted | Rejected

const json = { 'content-type': 'application/json' }
const retryAfter = { ...json, 'retry-after': '1' }
/**
 * Answers that may come before the body is read, whose rest would hold the connection for as long as the sender likes.
 * By status, so that the connection tells no more of the code than the answer.
 */
const closing: ReadonlySet<number> = new Set([401, 405, 408, 413, 415])
const allowPost = { ...json, allow: 'POST' }

/** The answer to a delivery that is in the inbox, or handled; `response` is a body of its own, as JSON. */
export function accepted(
  kind: Accepted['kind'],
  id: string,
  receivedAt: Date,
  response?: string | undefined,
): Accepted {
  const duplicate = kind === 'duplicate' ? ',"duplicate":true' : ''
  const body = response ?? `{"success":true,"receivedAt":"${receivedAt.toISOString()}"${duplicate}}`
  return { kind, id, status: 200, headers: json, body, close: false }
}

/** The answer to a request that was not accepted: it depends on the code's status only. */
export function rejected(code: RejectionCode): Rejected {
  const { status, error } = rejectionAnswers[code]
  const headers = status === 503 ? retryAfter : status === 405 ? allowPost : json
  const close = closing.has(status) || code === 'overloaded'
  return { kind: 'rejected', code, status, headers, body: `{"error":"${error}"}`, close }
}
