import { timedOut, withDeadline } from '../../lib/deadline.ts'
import { describeError } from '../../lib/describe-error.ts'
import type { Clock } from '../../model/clock.ts'
import { askHealth } from '../ask-health.ts'
import type { InboxHealth, InboxHealthOptions, InboxProblemCode } from '../health.ts'
import type { Inbox } from '../inbox.ts'

/** How the two are asked. */
export interface AskingBoth extends InboxHealthOptions {
  /** The longest wait for each, in milliseconds. */
  readonly timeoutMs: number
  readonly clock: Clock
}

/**
 * How an inbox with a fallback is: while one of the two answers it can be reached, and accepts.
 * @throws what the primary rejected with, where neither answers
 */
export async function healthOfBoth(
  primary: Inbox,
  fallback: Inbox,
  asking: AskingBoth,
): Promise<InboxHealth> {
  const [first, second] = await Promise.allSettled([ask(primary, asking), ask(fallback, asking)])
  if (first.status === 'rejected') {
    if (second.status === 'rejected') throw first.reason
    return without('primary', first.reason, second.value)
  }
  if (second.status === 'rejected') return without('fallback', second.reason, first.value)
  return {
    oldestAgeMs: Math.max(first.value.oldestAgeMs, second.value.oldestAgeMs),
    problems: [...first.value.problems, ...second.value.problems],
  }
}

async function ask(inbox: Inbox, { timeoutMs, clock, minFreeBytes }: AskingBoth): Promise<InboxHealth> {
  const health = await withDeadline(askHealth(inbox, { minFreeBytes }), timeoutMs, clock)
  if (health === timedOut) throw new Error(`It did not answer within ${timeoutMs} ms`)
  return health
}

/** How the one that answers is, and that the other does not. */
function without(which: 'primary' | 'fallback', error: unknown, other: InboxHealth): InboxHealth {
  const code: InboxProblemCode = `${which}-unreachable`
  const message = `The ${which} inbox does not answer: ${describeError(error).message}`
  return { ...other, problems: [...other.problems, { code, stopsReady: false, message }] }
}
