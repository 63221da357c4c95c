import type { SignedRequest } from './request.ts'

/** One attempt to deliver. Exactly one of `status` and `failure` is there. */
export interface Attempt {
  /** From 1. */
  readonly number: number
  /** The wait before it, in milliseconds. */
  readonly delayMs: number
  /** How long the answer took, in milliseconds. */
  readonly durationMs: number
  /** The HTTP status of the answer. */
  readonly status?: number
  /** The body of the answer, as text. */
  readonly answer?: string
  /** Why there was no answer: none in time, or no connection. */
  readonly failure?: 'timeout' | 'network'
}

/** The report of one delivery: every attempt, and the request that each of them sent. */
export interface SendReport {
  /** The provider's name. */
  readonly provider: string
  /** The event's name. */
  readonly event: string
  /** The names of the faults that it was sent with; `[]`: none. */
  readonly faults: readonly string[]
  /** Whether an attempt was answered with a 2xx. */
  readonly delivered: boolean
  /** The HTTP status of the last answer; `undefined` when the last attempt had none. */
  readonly status: number | undefined
  /** Every attempt, in order. */
  readonly attempts: readonly Attempt[]
  /**
   * The reports of what a fault sent beside it, in order: the copies of `duplicate`, the event that overtook it. `[]`
   * otherwise.
   */
  readonly others: readonly SendReport[]
  /** The request that was sent, the same bytes at each attempt; `resend` takes it. */
  readonly request: SignedRequest
}

/** The report of one handshake. */
export interface HandshakeReport {
  /** The provider's name. */
  readonly provider: string
  /** How it asks. */
  readonly method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST'
  /** Whether the answer is the one that the provider documents: its status, and what must be told back. */
  readonly answered: boolean
  /** What is wrong with the answer, in words; absent where nothing is. */
  readonly fault?: string
  /** The HTTP status of the answer; `undefined` where there was none. */
  readonly status: number | undefined
  /** The body of the answer, as text. */
  readonly answer: string
  /** The request that was sent. */
  readonly request: Omit<SignedRequest, 'method'>
}

/** The report of many deliveries. */
export interface LoadReport {
  /** The provider's name. */
  readonly provider: string
  /** The event's name. */
  readonly event: string
  /** How many were sent. */
  readonly sent: number
  /** How many of them were answered with a 2xx. */
  readonly delivered: number
  /** How many ended with which status; `none` without one. */
  readonly statuses: Readonly<Record<string, number>>
  /** From the first request to the last answer, in milliseconds. */
  readonly durationMs: number
  /** How long the last attempt of each took, in milliseconds: half of them no longer than `p50`. */
  readonly latencyMs: {
    /** Half. */
    readonly p50: number
    /** Of a hundred, 95. */
    readonly p95: number
    /** Of a hundred, 99. */
    readonly p99: number
    /** All. */
    readonly max: number
  }
  /** The first deliveries that were not delivered, at most 10. */
  readonly failures: readonly SendReport[]
}
