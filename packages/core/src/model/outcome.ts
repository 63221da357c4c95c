import type { Answers } from './handshake.ts'
import { type RejectionCode, rejectionAnswers } from './rejection.ts'

/** The HTTP answer, ready to be written by an adapter. */
export interface Answer {
  /** HTTP status. */
  readonly status: number
  /** Response headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The body: one line of JSON, unless the provider asks for another; `''`: none. */
  readonly body: string
  /** Whether the connection must be closed after the answer, because the rest of the body is not wanted. */
  readonly close: boolean
}

/** The delivery is in the inbox: it will be handled. With `ack: 'handled'`: it is. */
export interface Accepted extends Answer {
  /** `duplicate`: an earlier copy was accepted. */
  readonly kind: 'accepted' | 'duplicate'
  /** The delivery's id; of a batch the first one's. */
  readonly id: string
  /** The ids of all of a batch, in its order; of a single delivery its own. */
  readonly ids: readonly string[]
}

/** Answered at once, and nothing is stored: a handshake, or a batch without events. */
export interface Answered extends Answer {
  /** Tells it from {@link Accepted}. */
  readonly kind: 'answered'
}

/** The request was not accepted. */
export interface Rejected extends Answer {
  /** Tells it from {@link Accepted}. */
  readonly kind: 'rejected'
  /** Why: for the operator, never for the sender. */
  readonly code: RejectionCode
}

/** The receiver's decision; an adapter only writes it down. */
export type Outcome = Accepted | Answered | Rejected

const json = { 'content-type': 'application/json' }
const retryAfter = { ...json, 'retry-after': '1' }
/**
 * Answers that may come before the body is read, whose rest would hold the connection for as long as the sender likes.
 * By status, so that the connection tells no more of the code than the answer.
 */
const closing: ReadonlySet<number> = new Set([401, 405, 408, 413, 415])
const none: Answer['headers'] = {}
const allowPost = { ...json, allow: 'POST' }

/** The answer to deliveries that are in the inbox, or handled; `response` is a body of its own, as JSON. */
export function accepted(
  kind: Accepted['kind'],
  ids: readonly string[],
  receivedAt: Date,
  response?: string | undefined,
  answers?: Answers,
): Accepted {
  const [id = ''] = ids
  return { kind, id, ids, ...acceptedAnswer(kind, receivedAt, response, answers) }
}

/** The answer to a batch without events. */
export function answeredEmpty(receivedAt: Date, answers?: Answers): Answered {
  return { kind: 'answered', ...acceptedAnswer('accepted', receivedAt, undefined, answers) }
}

function acceptedAnswer(
  kind: Accepted['kind'],
  receivedAt: Date,
  response: string | undefined,
  answers: Answers | undefined,
): Answer {
  const own = response === undefined ? answers?.accepted : undefined
  if (own) {
    const { status = 200, mediaType, body = '' } = own
    return {
      status,
      headers: mediaType === undefined ? none : { 'content-type': mediaType },
      body,
      close: false,
    }
  }
  const duplicate = kind === 'duplicate' ? ',"duplicate":true' : ''
  const body = response ?? `{"success":true,"receivedAt":"${receivedAt.toISOString()}"${duplicate}}`
  return { status: 200, headers: json, body, close: false }
}

/** The answer to a request that was not accepted: it depends on the code's status only. */
export function rejected(code: RejectionCode, answers?: Answers, methods: readonly string[] = []): Rejected {
  const { status, error } = rejectionAnswers[code]
  const close = closing.has(status) || code === 'overloaded'
  if (status === 401 && answers?.unauthorized === 'empty')
    return { kind: 'rejected', code, status, headers: none, body: '', close }
  const headers = status === 503 ? retryAfter : status === 405 ? allow(methods) : json
  return { kind: 'rejected', code, status, headers, body: `{"error":"${error}"}`, close }
}

function allow(methods: readonly string[]): Answer['headers'] {
  return methods.length === 0 ? allowPost : { ...json, allow: ['POST', ...new Set(methods)].join(', ') }
}
