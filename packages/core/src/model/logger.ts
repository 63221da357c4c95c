/** One method of a {@link Logger}: details first, then the message, as pino has it. */
export type LogMethod = (details: object, message: string) => void

/**
 * The writer of the log: pino, a framework's logger, or anything of their shape. One that has a method `log` too, as winston
 * and the console have, gets the message first. Errors stand in the details under `err`, and their message in the
 * message. What a logger throws or rejects is dropped.
 */
export interface Logger {
  /** Every delivery, and every refusal that is counted only. */
  readonly debug: LogMethod

  /** Refusals that need nobody, such as a client that went away. */
  readonly info: LogMethod

  /** Worth a look: refusals of what is not authentic, retries, high-water marks. */
  readonly warn: LogMethod

  /** Needs a person: refusals of what is authentic, dead letters, a wrong set-up, an inbox that fails. */
  readonly error: LogMethod
}
