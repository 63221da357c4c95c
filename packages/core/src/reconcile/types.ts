/** An event as the provider's API has it: what its webhook would have been. */
export interface ListedItem {
  /** The body that the webhook would have had; a text is written as UTF-8. */
  readonly body: string | Uint8Array
  /**
   * The headers that the webhook would have had, where the provider's type or idempotency key stands in one. Default: only
   * `content-type: application/json`.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** One answer of `list`. */
export interface ListedPage {
  /** The events, oldest first where their order matters. */
  readonly items: readonly ListedItem[]
  /** The `cursor` of the next call; absent: these were the last. */
  readonly next?: string | undefined
}

/** Options of `reconcile`. Times are milliseconds. */
export interface ReconcileOptions {
  /**
   * Your code: asks the provider's API for the events since a time, page by page. It may throw: the round is then repeated.
   * @param since the earliest time that matters; older events must not be listed
   * @param cursor `next` of the page before; `undefined` for the first
   * @param signal aborted when `timeoutMs` is over, and when the reconciler is closed
   */
  readonly list: (since: Date, cursor: string | undefined, signal: AbortSignal) => Promise<ListedPage>
  /** From the end of a round to the beginning of the next one. Default 900 000 (15 min), 1 000 to 604 800 000 (7 days). */
  readonly everyMs?: number
  /**
   * How far before the beginning of the last complete round a round looks: the API may show an event late. Default 3 600 000
   * (1 h), 0 to 2 592 000 000 (30 days).
   */
  readonly overlapMs?: number
  /** How far the first round looks back, after each start of the process. Default 86 400 000 (24 h), 0 to 30 days. */
  readonly lookBackMs?: number
  /** The longest wait for one call of `list`. Default 30 000 (30 s), 1 to 600 000. */
  readonly timeoutMs?: number
  /**
   * Whose events `list` gives, where the receiver's keys are by tenant: the name of the tenant's key, as `context.keyId` has it.
   * Give each tenant a reconciler of its own. Default: keys are not by tenant.
   */
  readonly tenant?: string
}

/** The outcome of a round. */
export interface ReconcileRound {
  /** Whether all pages were read, and the inbox has all that could be read; else the next round looks at the same time again. */
  readonly complete: boolean
  /** How many items `list` gave. */
  readonly listed: number
  /** Deliveries that were missing and are in the inbox now; an item that is a batch has several. */
  readonly accepted: number
  /** Deliveries that had been accepted before. */
  readonly duplicates: number
  /** Deliveries of which another body had been accepted under the same idempotency key; they are not kept. */
  readonly conflicts: number
  /**
   * Items that cannot be read as a webhook of the provider, or whose event is older than what the inbox remembers, so that
   * nobody knows whether it was handled. The log says why of the first of each round.
   */
  readonly unreadable: number
  /** Why it is not complete. */
  readonly error?: unknown
}

/** Compares a provider's API with an inbox, one round at a time. */
export interface Reconciler {
  /**
   * Begins with a round now, and goes on every `everyMs`, until it or its receiver is closed. Called again, it does nothing.
   * @throws Error when it is closed
   */
  start(): void
  /**
   * Makes one round now, or waits for the one that runs. A round that fails is told to the observer as `reconcile-failed`.
   * Rejects only when the reconciler is closed.
   */
  round(): Promise<ReconcileRound>
  /** Ends the round that runs, and begins no other. Close it before its receiver. */
  close(): Promise<void>
}
