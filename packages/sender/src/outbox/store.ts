/** A message to write down. */
export interface NewMessage {
  /** Its own id, a UUID. */
  readonly id: string
  /** The outbox's name. */
  readonly outbox: string
  /** The event's name. */
  readonly type: string
  /** The payload as JSON. */
  readonly payload: string
  /** The headers that are the same in each attempt, such as a signed id, as JSON. */
  readonly headers: string
  /** Messages of one key are delivered in their order; `null`: in none. */
  readonly orderingKey: string | null
  /** When it was enqueued, in milliseconds since the epoch. */
  readonly enqueuedAt: number
  /** When its first attempt is due, in milliseconds since the epoch. */
  readonly dueAt: number
}

/** The failure of one attempt. */
export interface OutboxFailure {
  /** The attempt's number, from 1. */
  readonly attempt: number
  /** When it ended. */
  readonly at: Date
  /** The HTTP status of the answer; absent where there was none. */
  readonly status?: number
  /** The first 1 000 characters of the answer; `timeout` or `network` where there was none. */
  readonly message: string
}

/** A message that this process may deliver until its lease is over. */
export interface LeasedMessage
  extends Pick<NewMessage, 'id' | 'type' | 'payload' | 'headers' | 'enqueuedAt'> {
  /** How many attempts ended. */
  readonly attempts: number
  /** The number of this lease: a later one has another. */
  readonly lease: number
  /** Oldest first. */
  readonly failures: readonly OutboxFailure[]
}

/** What an attempt came to. */
export interface SettledMessage {
  /** The state that it is in now. */
  readonly state: 'waiting' | 'delivered' | 'dead'
  /** When the next attempt is due, in milliseconds since the epoch; `null`: none is. */
  readonly dueAt: number | null
  /** When it ended, in milliseconds since the epoch; `null`: it did not. */
  readonly endedAt: number | null
  /** How many attempts ended. */
  readonly attempts: number
  /** The last ten, oldest first. */
  readonly failures: readonly OutboxFailure[]
}

/** What to lease. */
export interface LeaseRequest {
  /** The outbox's name. */
  readonly outbox: string
  /** Now, in milliseconds since the epoch. */
  readonly now: number
  /** When the lease is over, in milliseconds since the epoch. */
  readonly until: number
  /** The most messages. */
  readonly limit: number
}

/** How many messages are in which state. */
export interface OutboxStats {
  /** Those whose next attempt is to come. */
  readonly waiting: number
  /** Those that a process is delivering, or was when it died. */
  readonly delivering: number
  /** Those that were delivered, and are not yet pruned. */
  readonly delivered: number
  /** The dead letters. */
  readonly dead: number
  /** How long ago the oldest that is neither delivered nor dead was enqueued, in milliseconds; 0 without one. */
  readonly oldestMs: number
}

/** Dead letters of a store, by their fields; absent fields match all. */
export interface LetterSelection {
  /** The message's id. */
  readonly id?: string | undefined
  /** The event's name. */
  readonly type?: string | undefined
  /** Only those that died at this time or later. */
  readonly diedFrom?: Date | undefined
  /** Only those that died before this time. */
  readonly diedBefore?: Date | undefined
}

/** A place in the list of dead letters: it begins behind it. */
export interface LetterPlace {
  /** When the last one before it died, in milliseconds since the epoch. */
  readonly diedAt: number
  /** The number of its row: several may die at once. */
  readonly seq: number
}

/** A dead letter as a store has it. */
export interface StoredLetter extends Pick<NewMessage, 'id' | 'type' | 'payload' | 'enqueuedAt'> {
  /** The number of its row, in the order of enqueuing. */
  readonly seq: number
  /** When it died, in milliseconds since the epoch. */
  readonly diedAt: number
  /** How many attempts were made. */
  readonly attempts: number
  /** The last ten, oldest first. */
  readonly failures: readonly OutboxFailure[]
}

/**
 * Where an outbox keeps its messages. `sqliteOutbox` and `postgresOutbox` make one.
 * @typeParam Rest the arguments of `enqueue` behind the payload
 * @typeParam Enqueued the answer of `enqueue`: the message's id, or a promise of it
 */
export interface OutboxStore<Rest extends readonly unknown[], Enqueued> {
  /** The SQL that makes the table, for who makes it by hand. */
  readonly schema: string
  /** Makes the table where there is none. */
  migrate(): Promise<void>
  /**
   * Checks the arguments of `enqueue` behind the payload.
   * @throws TypeError when one cannot be used
   */
  optionsOf(rest: Rest): EnqueueOptions
  /** Writes a message down in the caller's transaction. */
  insert(message: NewMessage, rest: Rest): Enqueued
  /** Takes messages that are due, and those whose lease is over, for this process. */
  lease(request: LeaseRequest): Promise<readonly LeasedMessage[]>
  /** Writes down what an attempt came to; `false`: its lease was over, and another process has it. */
  settle(leased: Pick<LeasedMessage, 'id' | 'lease'>, settled: SettledMessage): Promise<boolean>
  /** Whether no message waits or is being delivered. */
  isIdle(outbox: string): Promise<boolean>
  /** How many are in which state. */
  stats(outbox: string, now: number): Promise<OutboxStats>
  /** Forgets delivered messages that ended before a time, in milliseconds since the epoch, at most 1 000. How many. */
  prune(outbox: string, before: number): Promise<number>
  /** Dead letters, oldest first. */
  letters(
    outbox: string,
    which: LetterSelection,
    limit: number,
    after?: LetterPlace,
  ): Promise<readonly StoredLetter[]>
  /** Puts dead letters back, due at a time, their attempts counted anew. How many. */
  resend(outbox: string, which: LetterSelection, dueAt: number): Promise<number>
  /** Forgets dead letters. How many. */
  discard(outbox: string, which: LetterSelection): Promise<number>
}

/** How to enqueue one message. */
export interface EnqueueOptions {
  /** Messages of one key are delivered one after the other, in the order in which they were enqueued. Default: in none. */
  readonly orderingKey?: string
}
