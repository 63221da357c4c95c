import type { Inbox } from '@acuse/core'
import type { Deliveries, EventLog } from '@acuse/core/inbox-kit'

/** The inbox in one file, with an event log where it has the option `retain`. */
export interface SqliteInbox extends Inbox, EventLog {
  /** Its deliveries that are not dead, to be looked at. */
  readonly deliveries: Deliveries
  /** Where the file was when it was opened, links resolved: the same for all inboxes that share it. */
  readonly location: string
  /**
   * Copies the file as it is at one moment, while it is in use, in a thread of its own; only this user may read the
   * copy. When the promise resolves, the copy is on the disk and was checked for damage; until then nothing is at its path.
   * @param path of the copy; nothing may be there
   * @throws TypeError when the path cannot be used; Error when the inbox is closed or the copy failed
   */
  backup(path: string): Promise<void>
}
