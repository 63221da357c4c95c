import { type ExitCode, exitCodes } from './exit-code.ts'

/** A failure that the user can do something about: it is printed without a stack, in the user's language. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** The exit code that it ends with. */
  readonly exitCode: ExitCode
  /** What to do about it. */
  readonly remedy: string | undefined

  constructor(exitCode: ExitCode, message: string, remedy?: string) {
    super(message)
    this.exitCode = exitCode
    this.remedy = remedy
  }
}

/** Wrong use: exit code 2. */
export function usageError(message: string, remedy?: string): CliError {
  return new CliError(exitCodes.usage, message, remedy)
}

/** Something could not be reached: exit code 3. */
export function unreachableError(message: string, remedy?: string): CliError {
  return new CliError(exitCodes.unreachable, message, remedy)
}

/** The `code` of an error of Node, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
