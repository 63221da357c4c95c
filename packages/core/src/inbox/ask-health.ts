import type { InboxHealth, InboxHealthOptions } from './health.ts'
import type { Inbox } from './inbox.ts'

/** Asks an inbox how it is. A rejection means that it cannot be reached; it may take as long as the store likes. */
export async function askHealth(inbox: Inbox, options: InboxHealthOptions): Promise<InboxHealth> {
  if (inbox.checkHealth) return inbox.checkHealth(options)
  const { oldestAgeMs } = await inbox.stats()
  return { oldestAgeMs, problems: [] }
}
