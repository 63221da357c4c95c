import { inTransaction } from './in-transaction.ts'
import type { SqlDatabase } from './sql.ts'

// 'ACU2': tells our files from those of other programs.
const applicationId = 0x41435532
// 'ACUS': the layout before the first release.
const earlyApplicationId = 0x41435553

const unblockNext = `UPDATE deliveries SET state = 'waiting' WHERE seq = (SELECT min(seq) FROM deliveries
      WHERE endpoint = old.endpoint AND ordering_key = old.ordering_key AND state = 'blocked');`

/**
 * Each entry brings a file from the version of its index to the next; never edit one that was released.
 *
 * `deliveries` holds a row for each delivery, and after it is handled for its idempotency key; `contents` holds what
 * is dropped then, apart, so that a change of state does not write the body again. A row without `copy_of` claims
 * the idempotency key that is its `id`; a conflict's or a stale copy claims none. `blocked` is a waiting row
 * behind an earlier one of its ordering key: at most one row of a key, its head, is in another live state, and the
 * triggers let the next one go, whoever takes the head away. `crashes` counts attempts that came to no result.
 * `at_once` is null unless the last attempt was such a one, so that it may be what ended its process: how many of
 * those a process may hold together; 0: nothing else beside it. `retained_until`: its content is kept until then after it
 * was handled; `replays` has the place of each replay that has not ended. `checkpoints` has
 * a random name of the file and the number of checkpoints that were begun: by the two another file, or an older copy of
 * this one, is told apart.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    copy_of TEXT,
    endpoint TEXT NOT NULL,
    provider TEXT NOT NULL,
    type TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    key_id TEXT NOT NULL,
    ordering_key TEXT,
    occurred_at INTEGER,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'blocked', 'leased', 'delayed', 'done', 'dead')),
    attempt INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    token INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER,
    lease_ms INTEGER,
    at_once INTEGER,
    completed TEXT,
    failures TEXT,
    reason TEXT,
    ended_at INTEGER,
    keep_until INTEGER NOT NULL
  );
  CREATE INDEX deliveries_waiting ON deliveries (endpoint, seq, type) WHERE state = 'waiting' AND at_once IS NULL;
  CREATE INDEX deliveries_types ON deliveries (endpoint, type, seq) WHERE state = 'waiting' AND at_once IS NULL;
  CREATE INDEX deliveries_possible_poison ON deliveries (endpoint, at_once DESC, seq, type)
    WHERE state = 'waiting' AND at_once IS NOT NULL;
  CREATE INDEX deliveries_blocked ON deliveries (endpoint, ordering_key, seq) WHERE state = 'blocked';
  CREATE INDEX deliveries_leased ON deliveries (endpoint, due_at, lease_ms, token) WHERE state = 'leased';
  CREATE INDEX deliveries_delayed ON deliveries (endpoint, due_at, type) WHERE state = 'delayed';
  CREATE UNIQUE INDEX deliveries_heads ON deliveries (endpoint, ordering_key)
    WHERE ordering_key IS NOT NULL AND state IN ('waiting', 'leased', 'delayed');
  CREATE INDEX deliveries_dead ON deliveries (ended_at, seq, endpoint, type) WHERE state = 'dead';
  CREATE INDEX deliveries_done ON deliveries (keep_until) WHERE state = 'done';
  CREATE TRIGGER deliveries_left AFTER UPDATE OF state ON deliveries
    WHEN old.ordering_key IS NOT NULL AND old.state IN ('waiting', 'leased', 'delayed')
      AND new.state NOT IN ('waiting', 'leased', 'delayed')
    BEGIN ${unblockNext} END;
  CREATE TRIGGER deliveries_deleted AFTER DELETE ON deliveries
    WHEN old.ordering_key IS NOT NULL AND old.state IN ('waiting', 'leased', 'delayed')
    BEGIN ${unblockNext} END;
  CREATE TABLE contents (seq INTEGER PRIMARY KEY, headers TEXT NOT NULL, body BLOB);
  CREATE TABLE counts (live INTEGER NOT NULL);
  INSERT INTO counts VALUES (0);
  CREATE TABLE checkpoints (file TEXT NOT NULL, count INTEGER NOT NULL);
  INSERT INTO checkpoints VALUES (hex(randomblob(16)), 0);
  PRAGMA application_id = ${applicationId};`,
  // Null: signed, as everything was that an earlier version kept.
  `ALTER TABLE deliveries ADD COLUMN trust TEXT;
  ALTER TABLE deliveries ADD COLUMN is_replay INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE deliveries ADD COLUMN retained_until INTEGER;
  CREATE INDEX deliveries_retained ON deliveries (received_at, seq)
    WHERE state = 'done' AND retained_until IS NOT NULL;
  CREATE INDEX deliveries_retained_until ON deliveries (retained_until)
    WHERE state = 'done' AND retained_until IS NOT NULL;
  CREATE TABLE replays (name TEXT PRIMARY KEY, until INTEGER NOT NULL, received_at INTEGER NOT NULL, seq INTEGER NOT NULL,
    count INTEGER NOT NULL DEFAULT 0);`,
]

/** The names of all tables and indexes that a file of the newest version has. */
export const objectNames: readonly string[] = migrations.flatMap((step) =>
  [...step.matchAll(/CREATE (?:UNIQUE )?(?:TABLE|INDEX|TRIGGER) (\w+)/g)].map(([, name]) => String(name)),
)

/** The number that a pragma answers. */
export function readPragma(database: SqlDatabase, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}

/** Whether nothing was made in it yet. */
export function isEmptyDatabase(database: SqlDatabase): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
}

/**
 * Brings a file to the newest version, in one transaction.
 * @throws TypeError when the file is another program's, or of a newer version
 */
export function migrate(database: SqlDatabase, steps: readonly string[] = migrations): void {
  const isNewest = readPragma(database, 'user_version') === steps.length
  if (isNewest && readPragma(database, 'application_id') === applicationId) return
  inTransaction(database, () => {
    // Read again: another process may have been first.
    const version = readPragma(database, 'user_version')
    checkOurs(readPragma(database, 'application_id'), version, isEmptyDatabase(database), steps.length)
    for (const step of steps.slice(version)) database.exec(step)
    database.exec(`PRAGMA user_version = ${steps.length}`)
  })
}

/** @throws TypeError when a file with these marks is another program's, or of a newer version */
export function checkOurs(
  id: number,
  version: number,
  isEmpty: boolean,
  newest: number = migrations.length,
): void {
  if (id === earlyApplicationId) {
    throw new TypeError(
      'The file has the layout from before the first release of @acuse/sqlite, which is not read any more: use another file',
    )
  }
  if (id !== applicationId && !(id === 0 && version === 0 && isEmpty)) {
    throw new TypeError('The file is the database of another program: give sqliteInbox a file of its own')
  }
  if (version > newest) {
    throw new TypeError(
      `The file has version ${version}, this @acuse/sqlite knows ${newest}: install a newer one, or use another file`,
    )
  }
}
