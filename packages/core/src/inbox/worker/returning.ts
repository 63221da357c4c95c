import type { RetryPolicy } from '../retry-policy.ts'
import type { LeasedDelivery, LeaseSource, Returned, TakenBack } from './lease-source.ts'
import { atOnceAfter } from './possible-poison.ts'

/** Leases that ended without a result. */
export interface Ending {
  readonly error: Error
  readonly retry: RetryPolicy
  /** How many ended together, where their process died or stalled; `undefined`: it was closed in order. */
  readonly together: number | undefined
}

/**
 * The outcome of a lease that ended without a result: its attempt counts, and it is a possible poison message where its
 * process died.
 */
export function toReturned(leased: LeasedDelivery, { error, retry, together }: Ending): Returned {
  const { attempt, atOnce } = leased
  const crashes = (leased.crashes ?? 0) + (together === undefined ? 0 : 1)
  // A crash uses up an attempt, too.
  const left = Math.min(retry.crashes - crashes, retry.attempts - attempt)
  if (left <= 0) return { status: 'dead', reason: 'attempts-used-up', crashes, error }
  return {
    status: 'waiting',
    attempt,
    crashes,
    atOnce: together === undefined ? atOnce : atOnceAfter(atOnce, together, left),
    error,
  }
}

/** The outcome of a lease that no handler was given: no attempt was made. */
export function toUnused({ attempt, crashes = 0, atOnce }: LeasedDelivery): Returned {
  return { status: 'waiting', attempt: attempt - 1, crashes, atOnce, error: undefined }
}

/** Gives leases back; one that cannot be given back runs out. For each whether that was written. */
export async function giveBack<Leased extends LeasedDelivery>(
  source: Pick<LeaseSource<Leased>, 'giveBack'>,
  returned: readonly TakenBack<Leased>[],
): Promise<readonly boolean[]> {
  try {
    return await source.giveBack(returned)
  } catch {
    return []
  }
}
