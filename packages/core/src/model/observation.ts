import type { DeadReason } from './dead-letter.ts'
import type { RejectionCode } from './rejection.ts'

/** Fields of every observation about one delivery. */
export interface DeliveryObservation {
  /** The provider's name. */
  readonly provider: string
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** The delivery's id, the same as the event's. */
  readonly id: string
  /** The event's type, as sent. */
  readonly event: string
  /**
   * The name of the request that brought it, in whatever process: its `x-request-id`, the trace id of its `traceparent`, or made
   * by the receiver. Nobody signed it. Absent: it was accepted by a version that kept none.
   */
  readonly requestId?: string | undefined
}

/** Fields of an observation about an attempt at a delivery. */
export interface AttemptObservation extends DeliveryObservation {
  /** The attempt's number, from 1. */
  readonly attempt: number
  /** How long the attempt took, in milliseconds; absent: no handler ran, or its process died. */
  readonly durationMs?: number | undefined
  /** The time from receipt to the beginning of this attempt, in milliseconds; absent as `durationMs` is. */
  readonly lagMs?: number | undefined
}

/** Fields of an observation about a failed attempt. */
export interface FailedAttemptObservation extends AttemptObservation {
  /** The name of the handler that failed, the first of several; absent: none did. */
  readonly handler?: string | undefined
}

/** Fields of an observation about a delivery that was acknowledged. */
export interface AcknowledgedObservation extends DeliveryObservation {
  /** The name of the key that matched. */
  readonly keyId: string
  /** The time from the request's head to the answer, in milliseconds. */
  readonly durationMs: number
  /**
   * Receipt minus the signed time, in milliseconds; negative: the signed time lies ahead. Where the sender signs a new time for each
   * attempt, its median is the difference of the two clocks. Absent: no time is signed.
   */
  readonly signedAgoMs?: number | undefined
}

/** A delivery is in the inbox for the first time. */
export interface AcceptedObservation extends AcknowledgedObservation {
  /** Tells observations apart. */
  readonly type: 'accepted'
}

/** Another copy of a delivery that is in the inbox. */
export interface DuplicateObservation extends AcknowledgedObservation {
  /** Tells observations apart. */
  readonly type: 'duplicate'
}

/** A handshake was answered; nothing was stored. */
export interface HandshakeObservation {
  /** Tells observations apart. */
  readonly type: 'handshake'
  /** The provider's name. */
  readonly provider: string
  /** The method of the request. */
  readonly method: string
  /** The value that the provider says the operator must see, such as a token to paste elsewhere; nobody proved it. */
  readonly told?: string | undefined
}

/** A request was refused. */
export interface RejectedObservation {
  /** Tells observations apart. */
  readonly type: 'rejected'
  /** The provider's name. */
  readonly provider: string
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** Why. */
  readonly code: RejectionCode
  /** The HTTP status of the answer. */
  readonly status: number
  /** Whether the request was proven to be the sender's before it was refused: then an event may be lost. */
  readonly authentic: boolean
  /** The name of the request: its `x-request-id`, the trace id of its `traceparent`, or made by the receiver. */
  readonly requestId?: string | undefined
  /** The time from the request's head to the answer, in milliseconds. */
  readonly durationMs?: number | undefined
  /** The name of the key that matched, where one did. */
  readonly keyId?: string | undefined
  /** What is left of the time for which the sender retries, in milliseconds, where it is known; 0: this was the last attempt. */
  readonly retriesLeftMs?: number | undefined
  /** The delivery's id, where it came so far. */
  readonly id?: string | undefined
  /** The event's type, as sent, where it was read. */
  readonly event?: string | undefined
  /** The header that is missing, repeated, malformed or wrong, in lower case. */
  readonly header?: string | undefined
  /** Signed time minus now, in seconds, where it is not fresh: negative when it lies in the past. */
  readonly seconds?: number | undefined
  /** The error, where the receiver or its parts failed; never the content of the request. */
  readonly error?: unknown
}

/** All handlers of a delivery succeeded. */
export interface HandledObservation extends AttemptObservation {
  /** Tells observations apart. */
  readonly type: 'handled'
  /** How many handlers ran; 0 where none is registered for the event. */
  readonly handlers: number
}

/** A handler failed; the delivery will be tried again. */
export interface RetriedObservation extends FailedAttemptObservation {
  /** Tells observations apart. */
  readonly type: 'retried'
  /** The wait before the next one, in milliseconds. */
  readonly delayMs: number
  /** The error that the handler threw. */
  readonly error: unknown
}

/** Handlers failed with `ack: 'handled'`: the idempotency key is free, and the sender's retry is the next attempt. */
export interface FailedObservation extends FailedAttemptObservation {
  /** Tells observations apart. */
  readonly type: 'failed'
  /** Always 1: the sender does not number its attempts. */
  readonly attempt: number
  /** The error that the handler threw, or why none ran. */
  readonly error: unknown
}

/** A delivery became a dead letter. */
export interface DeadObservation extends FailedAttemptObservation {
  /** Tells observations apart. */
  readonly type: 'dead'
  /** Why. */
  readonly reason: DeadReason
  /** How many attempts were made. */
  readonly attempt: number
  /** The last error. */
  readonly error: unknown
}

/** A dead letter was forgotten, because the inbox is bounded and newer deliveries need its place. */
export interface DroppedObservation extends DeliveryObservation {
  /** Tells observations apart. */
  readonly type: 'dropped'
}

/** Deliveries of a type wait that nothing handles in this process; told at most once a minute and type. */
export interface UnhandledObservation {
  /** Tells observations apart. */
  readonly type: 'unhandled'
  /** The provider's name. */
  readonly provider: string
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** The event's type, as sent. */
  readonly event: string
  /** How many wait; a count may stop at 10 000. */
  readonly waiting: number
}

/** A bounded memory is over 80 % full; full means 503. Sent once each time that 80 % is passed. */
export interface HighWaterMarkObservation {
  /** Tells observations apart. */
  readonly type: 'high-water-mark'
  /** The provider whose delivery passed the mark. */
  readonly provider: string
  /** The resource that fills up. */
  readonly resource: 'idempotencyKeys' | 'deliveries' | 'bytes'
  /** How much of it is in use, 0 to 1. */
  readonly used: number
}

/** A fallback inbox began to accept in its primary's place, or its primary accepts again. */
export interface FallbackObservation {
  /** Tells observations apart. */
  readonly type: 'fallback'
  /** The provider's name. */
  readonly provider: string
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** Whether the fallback accepts now. */
  readonly inUse: boolean
}

/**
 * A request that looks like the sender's came to another path than the receiver's, and nobody took it. Nobody has proven it. Told by
 * the adapters of frameworks, of what passes by them.
 */
export interface MisroutedObservation {
  /** Tells observations apart. */
  readonly type: 'misrouted'
  /** The provider's name. */
  readonly provider: string
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** The path to which it came, without its query; at most 200 characters. */
  readonly path: string
  /** The receiver's own path. */
  readonly expected: string
  /** The HTTP status that it was answered with. */
  readonly status: number
  /** The header of the signature that it bears, in lower case. */
  readonly header: string
}

/** A round of `reconcile` was not complete; the next one asks again for the same time. */
export interface ReconcileFailedObservation {
  /** Tells observations apart. */
  readonly type: 'reconcile-failed'
  /** The provider's name. */
  readonly provider: string
  /** The receiver's endpoint. */
  readonly endpoint: string
  /** What `list` threw, or why the inbox did not take what is missing. */
  readonly error: unknown
}

/** An event of the receiver's own work, for its observer; told apart by `type`. */
export type Observation =
  | AcceptedObservation
  | DuplicateObservation
  | HandshakeObservation
  | RejectedObservation
  | HandledObservation
  | RetriedObservation
  | FailedObservation
  | DeadObservation
  | DroppedObservation
  | UnhandledObservation
  | HighWaterMarkObservation
  | FallbackObservation
  | MisroutedObservation
  | ReconcileFailedObservation

/** Receives every observation. What it throws is dropped: an observer cannot lose a delivery. */
export type Observer = (observation: Observation) => void
