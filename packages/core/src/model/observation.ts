import type { DeadReason } from './dead-letter.ts'
import type { RejectionCode } from './rejection.ts'

/** Fields of every observation about one delivery. */
export interface DeliveryObservation {
  /** The provider's name. */
  readonly provider: string
  /** The delivery's id, the same as the event's. */
  readonly id: string
  /** The event's type, as sent. */
  readonly event: string
}

/** A delivery is in the inbox for the first time. */
export interface AcceptedObservation extends DeliveryObservation {
  /** Tells observations apart. */
  readonly type: 'accepted'
  /** The name of the key that matched. */
  readonly keyId: string
}

/** Another copy of a delivery that is in the inbox. */
export interface DuplicateObservation extends DeliveryObservation {
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
  /** Why. */
  readonly code: RejectionCode
  /** The HTTP status of the answer. */
  readonly status: number
  /** Whether the request was proven to be the sender's before it was refused: then an event may be lost. */
  readonly authentic: boolean
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
export interface HandledObservation extends DeliveryObservation {
  /** Tells observations apart. */
  readonly type: 'handled'
  /** The attempt that succeeded, from 1. */
  readonly attempt: number
  /** How many handlers ran; 0 where none is registered for the event. */
  readonly handlers: number
}

/** A handler failed; the delivery will be tried again. */
export interface RetriedObservation extends DeliveryObservation {
  /** Tells observations apart. */
  readonly type: 'retried'
  /** The attempt that failed, from 1. */
  readonly attempt: number
  /** The wait before the next one, in milliseconds. */
  readonly delayMs: number
  /** The error that the handler threw. */
  readonly error: unknown
}

/** Handlers failed with `ack: 'handled'`: the idempotency key is free, and the sender's retry is the next attempt. */
export interface FailedObservation extends DeliveryObservation {
  /** Tells observations apart. */
  readonly type: 'failed'
  /** Always 1: the sender does not number its attempts. */
  readonly attempt: number
  /** The error that the handler threw, or why none ran. */
  readonly error: unknown
}

/** A delivery became a dead letter. */
export interface DeadObservation extends DeliveryObservation {
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
  | ReconcileFailedObservation

/** Receives every observation. What it throws is dropped: an observer cannot lose a delivery. */
export type Observer = (observation: Observation) => void
