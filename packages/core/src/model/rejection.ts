/**
 * Why a request was not proven authentic. All are answered with one constant 401. `header-mismatch`: an
 * unsigned header does not repeat the signed field that it must. `key-unknown`: the function of keys knows
 * none for this request. `value-malformed`: a value of the query, the body or the signature's header that is signed is
 * missing, stands twice or is of another grammar.
 */
export type AuthenticityCode = (typeof authenticityCodes)[number]

const authenticityCodes = [
  'header-missing',
  'header-repeated',
  'header-malformed',
  'header-mismatch',
  'key-unknown',
  'value-malformed',
  'signature-mismatch',
] as const

/** Whether a scheme answered one of its words. */
export function isAuthenticityCode(answer: unknown): answer is AuthenticityCode {
  return authenticityCodes.some((code) => code === answer)
}

/** Why an authentic delivery was not proven fresh. The answer is the same as for an {@link AuthenticityCode}. */
export type ToleranceCode = 'time-missing' | 'time-malformed' | 'time-past' | 'time-future'

/** Why the body's bytes could not be had. `overloaded`: all requests in flight hold as much as they may. */
export type BodyFailure = 'body-too-large' | 'body-timeout' | 'body-aborted' | 'body-consumed' | 'overloaded'

/** Why an authentic body could not be opened. */
type MalformedCode =
  | 'body-not-utf8'
  | 'body-not-json'
  | 'body-too-deep'
  | 'body-forbidden-key'
  | 'body-malformed'
  | 'envelope-invalid'

/**
 * Why a delivery was not taken, or is not handled yet; the sender's retry may find it otherwise. `in-flight`:
 * another copy is being accepted, or with `ack: 'handled'` handlers need longer than the answer may wait.
 * `unhandled`: with `ack: 'handled'` nothing handles the event's type. `handlers-busy`: as many runs as may be are on their
 * way. `failed-recently`: a run of this very delivery failed within the last 500 ms. `keys-failed`: the function of keys
 * threw, because its database is away as a rule; or a secret that is a function is not set.
 */
type UnavailableCode =
  | 'keys-failed'
  | 'inbox-full'
  | 'inbox-failed'
  | 'inbox-timeout'
  | 'dedupe-full'
  | 'dedupe-failed'
  | 'dedupe-timeout'
  | 'in-flight'
  | 'unhandled'
  | 'handlers-busy'
  | 'failed-recently'
  | 'closed'

/**
 * Why a request was not accepted: the closed union of codes. They go to the observer and the log,
 * never to the sender. `handler-failed`: handlers failed with `ack: 'handled'`. `scheme-failed`: a scheme, or its
 * function of keys, threw or answered nothing that it may. `receiver-failed`: something else of the program did, such as
 * its clock or `provider.tenantOf`. `tenant-mismatch`: the payload names another tenant than the key's (`provider.tenantOf`).
 * `token-mismatch`: a handshake with another token than ours. `type-conflict`: the same signed content came before under
 * another type, which nobody signed.
 */
export type RejectionCode =
  | 'method-not-allowed'
  | 'address-refused'
  | 'encoding-unsupported'
  | 'media-type-unsupported'
  | 'conflict'
  | 'handler-failed'
  | 'scheme-failed'
  | 'receiver-failed'
  | 'tenant-mismatch'
  | 'token-mismatch'
  | 'type-conflict'
  | AuthenticityCode
  | ToleranceCode
  | BodyFailure
  | MalformedCode
  | UnavailableCode

/** The answer that a code stands for. */
export interface RejectionAnswer {
  /** HTTP status. */
  readonly status: number
  /** The `error` of the JSON body: the same for every code that shares a status. */
  readonly error: string
}

const unauthorized = { status: 401, error: 'unauthorized' }
const malformed = { status: 400, error: 'malformed' }
const unsupported = { status: 415, error: 'unsupported_media_type' }
const misconfigured = { status: 500, error: 'misconfigured' }
const unavailable = { status: 503, error: 'unavailable' }

/** One answer for each code. A sender learns the status, never which of its codes it was. */
export const rejectionAnswers: { readonly [Code in RejectionCode]: RejectionAnswer } = {
  'method-not-allowed': { status: 405, error: 'method_not_allowed' },
  'address-refused': unauthorized,
  'encoding-unsupported': unsupported,
  'media-type-unsupported': unsupported,
  'body-too-large': { status: 413, error: 'content_too_large' },
  'body-timeout': { status: 408, error: 'request_timeout' },
  'body-aborted': malformed,
  overloaded: unavailable,
  'body-consumed': misconfigured,
  'scheme-failed': misconfigured,
  'receiver-failed': misconfigured,
  'keys-failed': unavailable,
  'tenant-mismatch': unauthorized,
  'header-missing': unauthorized,
  'header-repeated': unauthorized,
  'header-malformed': unauthorized,
  'header-mismatch': unauthorized,
  'key-unknown': unauthorized,
  'signature-mismatch': unauthorized,
  'value-malformed': unauthorized,
  'token-mismatch': { status: 403, error: 'forbidden' },
  'type-conflict': unauthorized,
  'body-malformed': malformed,
  'body-not-utf8': malformed,
  'body-not-json': malformed,
  'body-too-deep': malformed,
  'body-forbidden-key': malformed,
  'envelope-invalid': malformed,
  'time-missing': unauthorized,
  'time-malformed': unauthorized,
  'time-past': unauthorized,
  'time-future': unauthorized,
  conflict: { status: 409, error: 'conflict' },
  'handler-failed': { status: 500, error: 'failed' },
  'inbox-full': unavailable,
  'inbox-failed': unavailable,
  'inbox-timeout': unavailable,
  'dedupe-full': unavailable,
  'dedupe-failed': unavailable,
  'dedupe-timeout': unavailable,
  'in-flight': unavailable,
  unhandled: unavailable,
  'handlers-busy': unavailable,
  'failed-recently': unavailable,
  closed: unavailable,
}
