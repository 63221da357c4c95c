import type { RejectionCode } from './rejection.ts'

/** Why a request is refused, and what failed where something did. */
export interface Refusal {
  readonly code: RejectionCode
  readonly error?: unknown
}

/** A refusal for what was thrown; `undefined` was thrown, too. */
export function failed(code: RejectionCode, thrown: unknown): Refusal {
  return { code, error: thrown === undefined ? new Error('undefined was thrown') : thrown }
}
