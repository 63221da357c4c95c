import type { InboxProblemCode } from '../inbox/health.ts'

/**
 * Why a process is not live or not ready. Beside the codes of {@link InboxProblemCode}: `closing`, it is being closed;
 * `worker-not-started`, nothing is handed to handlers, because nobody called `work()`; `worker-silent`, the inbox answers, and
 * has not answered the worker for a while; `inbox-unreachable`, the inbox failed when it was asked; `inbox-timeout`, it did not
 * answer in time; `waiting-too-long`, the oldest delivery is older than `maxWaitingMs`.
 */
export type HealthCode =
  | 'closing'
  | 'worker-not-started'
  | 'worker-silent'
  | 'inbox-unreachable'
  | 'inbox-timeout'
  | 'waiting-too-long'
  | InboxProblemCode

/** One thing that is wrong with one receiver. */
export interface HealthReason {
  /** Tells reasons apart; each has an entry in docs/troubleshooting.md. */
  readonly code: HealthCode
  /** The receiver's endpoint. */
  readonly endpoint: string
  /**
   * What is not so because of it: `ready`, the process had better receive nothing for now; `live`, it had better be started
   * again, and is not ready either; `nothing`, it works, and somebody should know.
   */
  readonly stops: 'live' | 'ready' | 'nothing'
  /** What is wrong and what to do. It may name files and servers, and never has secrets or payloads. */
  readonly message: string
  /** Of `worker-silent`: how long the inbox has not answered it, in milliseconds. */
  readonly silentMs?: number | undefined
  /** Of `waiting-too-long`: the age of the oldest delivery that is not handled, in milliseconds. */
  readonly oldestAgeMs?: number | undefined
  /** Of `disk-nearly-full`: the room that the disk has, in bytes. */
  readonly freeBytes?: number | undefined
  /** The bound that was passed, in the unit of the number beside it. */
  readonly bound?: number | undefined
}

/** How a process is. */
export interface HealthReport {
  /** `false`: a new start would help. An inbox that is away leaves it `true`: a new start brings no server back. */
  readonly live: boolean
  /** `false`: it had better receive nothing for now. */
  readonly ready: boolean
  /** What is wrong, by receiver in the order in which they were given; empty when all is well. */
  readonly reasons: readonly HealthReason[]
}
