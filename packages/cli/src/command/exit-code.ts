/** What the exit code of every command says: the one place where it is defined. */
export const exitCodes = {
  /** All is well. */
  ok: 0,
  /** The answer is no: refused, not delivered, faults found, nothing matched. */
  no: 1,
  /** Wrong use: an unknown option, a missing secret, a file that is not what it should be. */
  usage: 2,
  /** Something could not be reached: an endpoint, a store, a file. */
  unreachable: 3,
  /** A fault of the command itself. */
  fault: 70,
  /** Interrupted. */
  interrupted: 130,
} as const

/** The exit code of a command. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
