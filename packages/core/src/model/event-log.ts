/**
 * Which handled deliveries; absent fields match all. A replay takes no filter that is empty, and no field that is
 * `undefined`: it replays all only where it is told `all: true`.
 */
export interface EventLogFilter {
  /** All of them; stands alone. */
  readonly all?: true
  /** The receiver's endpoint. */
  readonly endpoint?: string
  /** The provider's name. */
  readonly provider?: string
  /** The event's type. */
  readonly type?: string
  /** Only those that were received at this time or later. */
  readonly since?: Date
  /** Only those that were received before this time. Default of a replay: before it began. */
  readonly until?: Date
}

/** Options of a replay. */
export interface ReplayOptions {
  /** The most to put back in a second, 1 to 1 000 000. Default 100: what arrives meanwhile is not held up. */
  readonly perSecond?: number
  /** Begins anew, where an earlier call with the same filter was cut short. Default `false`: goes on where that one stopped. */
  readonly restart?: boolean
  /** Told, as it goes on, how many were put back so far; what it throws is dropped. Default: nobody is told. */
  readonly onProgress?: (count: number) => void
  /** Aborted: it stops behind what it is at; the same call goes on there. Default: it goes on to the end. */
  readonly signal?: AbortSignal
}

/** What a replay came to. */
export interface Replayed {
  /** How many were put back, by earlier calls that were cut short, too. */
  readonly replayed: number
  /** Whether that is all of them. `false`: it was aborted, or found no room; the same call goes on. */
  readonly complete: boolean
}

/** What an import came to. */
export interface Imported {
  /** How many are in the log now that were not. */
  readonly imported: number
  /** How many were left alone: their idempotency key was taken already. */
  readonly known: number
}

/**
 * The handled deliveries whose bodies an inbox keeps, as its option `retain` says, in order of receipt: to hand them to handlers
 * once more, or to carry them elsewhere.
 */
export interface EventLog {
  /**
   * Puts handled deliveries back in the queue, in order of receipt: each is the same event with the same `id`, its attempts are
   * counted anew, all of its handlers run, and `context.isReplay` is true. Its place is written down with each of them: where
   * the process dies, the same call goes on behind the last one, and puts back none twice. One that ended is forgotten; the
   * same call begins a new one then. It leaves room for what is accepted meanwhile.
   * @throws TypeError when the filter or an option cannot be used, or no body was ever kept
   */
  replay(filter: EventLogFilter, options?: ReplayOptions): Promise<Replayed>
  /**
   * The log as NDJSON, a line for each delivery in order of receipt, its body byte for byte (`bodyBase64`); read page by page.
   * @throws TypeError when the filter cannot be used
   */
  export(filter?: EventLogFilter): AsyncIterable<string>
  /**
   * Takes lines of an export into the log, as handled: no handler runs before a replay, and their idempotency keys are taken.
   * Harmless when repeated.
   * @param lines text or UTF-8 bytes, cut anywhere, such as a stream of a file
   * @throws TypeError when the inbox has no option `retain`, or it is no such source; Error that names the line that cannot be
   * read; what the source throws. Those before it are in the log
   */
  import(lines: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): Promise<Imported>
}
