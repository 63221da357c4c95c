import type { Inbox } from '@acuse/core'
import type { Deliveries, EventLog } from '@acuse/core/inbox-kit'

/** The inbox in a Postgres database, with an event log where it has the option `retain`. */
export interface PostgresInbox extends Inbox, EventLog {
  /** Its deliveries that are not dead, to be looked at. */
  readonly deliveries: Deliveries
  /** The schema of its tables. */
  readonly schema: string
  /**
   * Makes the tables, or brings them to the version of this package, in one transaction under a lock; harmless when repeated. Await it
   * before the first request, or run `migrationSql()` by hand. Needs a role that may make them; all else needs only
   * `USAGE` of the schema, and `SELECT`, `INSERT`, `UPDATE` and `DELETE` on its tables, and `USAGE` on the sequence.
   * @throws Error when the tables are of a newer version that this one cannot work with, or Postgres refuses
   */
  migrate(): Promise<void>
}
