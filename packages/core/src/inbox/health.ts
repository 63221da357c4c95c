/** What an inbox is asked about, beside whether it answers. */
export interface InboxHealthOptions {
  /** The least room on the disk of a file, in bytes; 0: it is not looked at. */
  readonly minFreeBytes: number
}

/**
 * A problem of an inbox that answers. `disk-nearly-full`: the disk of its file has little room. `primary-unreachable` and
 * `fallback-unreachable`: of an inbox with a fallback, one of the two does not answer.
 */
export type InboxProblemCode = 'disk-nearly-full' | 'primary-unreachable' | 'fallback-unreachable'

/** A problem of an inbox that answers. */
export interface InboxProblem {
  /** Tells problems apart. */
  readonly code: InboxProblemCode
  /** Whether the process had better receive nothing until it is over. */
  readonly stopsReady: boolean
  /** The problem, for the operator. It may name a file or a server, and never has credentials. */
  readonly message: string
  /** The room that the disk has, in bytes. */
  readonly freeBytes?: number | undefined
}

/** How an inbox is. */
export interface InboxHealth {
  /** The age of the oldest delivery that is not handled, in milliseconds; 0 when there is none. */
  readonly oldestAgeMs: number
  /** What is wrong though it answers. */
  readonly problems: readonly InboxProblem[]
}
