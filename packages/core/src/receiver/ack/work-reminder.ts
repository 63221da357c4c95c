import type { Inbox } from '../../inbox/inbox.ts'
import { warn } from '../../log/warn.ts'
import type { Clock } from '../../model/clock.ts'

/** Time for a first request, or for `work()`. */
const afterMs = 10_000

/**
 * Says that deliveries of an earlier process wait, and that nobody begins to hand them out: the program called no
 * `work()`, and no request came. Only a durable inbox can have any.
 * @returns a function that takes the reminder back
 */
export function remindToWork(inbox: Inbox, endpoint: string, clock: Clock): () => void {
  if (inbox.durability !== 'durable') return () => {}
  return clock.schedule(afterMs, () => void remind(inbox, endpoint))
}

async function remind(inbox: Inbox, endpoint: string): Promise<void> {
  try {
    const { types } = await inbox.stats()
    let waiting = 0
    for (const each of types) if (each.endpoint === endpoint) waiting += each.waiting + each.delayed
    if (waiting === 0) return
    warn(
      'ACUSE_NOT_WORKING',
      `${waiting} deliveries of '${endpoint}' wait, and this process hands none out before its first request: call work() where the server starts to listen, or say work: false where another process works`,
    )
  } catch {
    // The store is away; the first request finds out.
  }
}
