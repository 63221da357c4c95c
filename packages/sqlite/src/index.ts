// Public names only.
import { loadDriver } from './driver.ts'
import { SqliteInbox as OpenedInbox } from './inbox.ts'
import { type SqliteInboxOptions, toPath, toSettings } from './options.ts'
import type { SqliteConnection, SqliteStatement } from './sqlite-connection.ts'
import type { SqliteInbox } from './sqlite-inbox.ts'

export type { SqliteConnection, SqliteInbox, SqliteInboxOptions, SqliteStatement }

declare module '@acuse/core' {
  interface InboxTransactions {
    /** With the `connection` of `sqliteInbox`: it, for as long as the transaction is open. */
    sqlite: Promise<SqliteConnection>
  }
}

/**
 * The durable inbox in one SQLite file: what it accepted is on the disk, and will be handled, whatever happens to
 * this process. Several processes of one machine can share a file. It is opened at once, with `node:sqlite` on
 * Node 22.13 and newer and with libsql before.
 * @param path of the file; it is made where there is none, readable for this user only. On a local disk
 * @throws TypeError when the path or an option cannot be used, or the file is another program's or damaged; it is
 * left as it is then
 * @example
 * const inbox = sqliteInbox('webhooks.db')
 * await inbox.backup(`webhooks-${new Date().toISOString().slice(0, 10)}.db`)
 */
export function sqliteInbox(path: string, options: SqliteInboxOptions = {}): SqliteInbox {
  return new OpenedInbox(toPath(path), toSettings(options), loadDriver())
}
