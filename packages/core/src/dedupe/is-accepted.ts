import { isPromiseLike } from '../lib/options.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Claim, DedupeStore } from './dedupe-store.ts'

/** Whether a delivery's idempotency key is accepted, or being accepted now; it is claimed by nobody after, unless it was. */
export function isAccepted(
  dedupe: DedupeStore,
  { id, bodyHash }: Delivery,
  leaseMs: number,
): Awaitable<boolean> {
  const claim = dedupe.claim(id, { bodyHash, leaseMs })
  const look = (found: Claim): Awaitable<boolean> => {
    if (found.status !== 'claimed') return found.status === 'committed' || found.status === 'in-flight'
    const released = dedupe.release(id, found.token)
    return isPromiseLike(released) ? Promise.resolve(released).then(() => false) : false
  }
  return isPromiseLike(claim) ? Promise.resolve(claim).then(look) : look(claim)
}
