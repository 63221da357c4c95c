import { describe } from '../lib/options.ts'
import type { Receiver } from '../receiver/receiver.ts'

/**
 * A receiver that a handler of requests is made of.
 * @throws TypeError when it is none: each request would fail, and end the process where nobody catches that
 */
export function checkReceiver(name: string, receiver: Pick<Receiver<never>, 'handle'>): void {
  // A middleware is a function, and has its receiver beside it.
  const handle: unknown = receiver?.handle
  if (typeof handle === 'function') return
  throw new TypeError(
    `${name} must be given a receiver, such as createReceiver(…) or webhooks.receiver, not ${describe(receiver)}`,
  )
}
