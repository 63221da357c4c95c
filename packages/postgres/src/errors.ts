import { describeError } from '@acuse/core/inbox-kit'

/** The SQLSTATE of an error that the server answered. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** What the error says. */
export function messageOf(error: unknown): string {
  return describeError(error).message
}
