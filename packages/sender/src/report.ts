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
  /** Whether an attempt was answered with a 2xx. */
  readonly delivered: boolean
  /** The HTTP status of the last answer; `undefined` when the last attempt had none. */
  readonly status: number | undefined
  /** Every attempt, in order. */
  readonly attempts: readonly Attempt[]
  /** The request that was sent, the same bytes at each attempt; `resend` takes it. */
  readonly request: {
    /** Where to. */
    readonly url: string
    /** With the signature. */
    readonly headers: Readonly<Record<string, string>>
    /** The signed bytes. */
    readonly body: Uint8Array
  }
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
  readonly request: SendReport['request']
}
