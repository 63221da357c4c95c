// Public names only.
import type { Inbox } from '@acuse/core'
import { loadDriver } from './driver.ts'
import { SqliteInbox } from './inbox.ts'
import { type SqliteInboxOptions, toPath, toSettings } from './options.ts'

export type { SqliteInboxOptions }

/**
 * The durable inbox in one SQLite file: what it accepted is on the disk, and will be handled, whatever happens to
 * this process. Several processes of one machine can share a file. It is opened at once, with `node:sqlite` on
 * Node 22.13 and newer and with libsql before.
 * @param path of the file; it is made where there is none, readable for this user only. On a local disk
 * @throws TypeError when the path or an option cannot be used, or the file is not ours
 */
export function sqliteInbox(path: string, options: SqliteInboxOptions = {}): Inbox {
  return new SqliteInbox(toPath(path), toSettings(options), loadDriver())
}
