import type { SqlDatabase, SqlStatement } from './sql.ts'

const summary =
  'seq, id, copy_of, endpoint, provider, type, ordering_key, reason, attempt, failures, ended_at'
const entry = `seq, id, copy_of, endpoint, provider, type, body_hash, key_id, ordering_key, occurred_at, received_at, trust,
  is_replay, attempt, crashes, token, at_once, completed, failures, reason, ended_at`
const fresh = "state = 'waiting' AND at_once IS NULL"
// A JSON list of types, and 1 where those are handled, or 0 where all but those are.
const isHandled = '(type IN (SELECT value FROM json_each(?))) = ?'
const heads = "('waiting', 'leased', 'delayed')"
const held = "WHERE seq = ? AND token = ? AND state = 'leased'"
const matching = `state = 'dead' AND endpoint = coalesce(?, endpoint) AND provider = coalesce(?, provider) AND type = coalesce(?, type)
  AND reason = coalesce(?, reason) AND ended_at >= ? AND ended_at < ? AND (ended_at, seq) > (?, ?)`

const retained = "state = 'done' AND retained_until IS NOT NULL"
// How a list calls its state; null: it is in none. Takes the time that it is.
const shown = `CASE state WHEN 'blocked' THEN 'waiting' WHEN 'dead' THEN NULL
  WHEN 'delayed' THEN iif(due_at <= ?, 'waiting', 'delayed')
  WHEN 'done' THEN iif(retained_until IS NULL, NULL, 'handled') ELSE state END AS shown`
const listed = `SELECT seq, id, endpoint, provider, type, ordering_key, received_at, attempt, due_at, ended_at, ${shown} FROM`
const wanted = `shown = coalesce(?, shown) AND endpoint = coalesce(?, endpoint) AND provider = coalesce(?, provider)
  AND type = coalesce(?, type) AND (? IS NULL OR ordering_key = ?) AND received_at >= ? AND received_at < ?`

const counted = 'SELECT endpoint, type, count(*) AS count, min(seq) AS first FROM deliveries WHERE'
const grouped = 'GROUP BY endpoint, type'

const sql = {
  beginRead: 'BEGIN',
  endRead: 'COMMIT',

  dataVersion: 'PRAGMA data_version',

  // accepting
  find: 'SELECT body_hash FROM deliveries WHERE id = ?',
  insert: `INSERT INTO deliveries (id, copy_of, endpoint, provider, type, body_hash, key_id, ordering_key, occurred_at,
    received_at, trust, state, reason, ended_at, failures, keep_until, token, attempt, due_at, lease_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  insertContent: 'INSERT INTO contents (seq, headers, body) VALUES (?, ?, ?)',
  readLive: 'SELECT live FROM counts',
  writeLive: 'UPDATE counts SET live = ?',

  // The WAL file stays as long as it is: writing over it is cheaper to sync than making it longer.
  checkpoint: 'PRAGMA wal_checkpoint(RESTART)',
  countCheckpoint: 'UPDATE checkpoints SET count = count + 1',

  // ordering keys
  headOfKey: `SELECT 1 FROM deliveries WHERE endpoint = ? AND ordering_key = ? AND state IN ${heads}`,

  // looking for what can be leased
  waiting: `SELECT seq, type FROM deliveries WHERE endpoint = ? AND ${fresh} ORDER BY seq LIMIT ?`,
  waitingOfType: `SELECT seq FROM deliveries WHERE endpoint = ? AND type = ? AND ${fresh} ORDER BY seq LIMIT ?`,
  // The first of each type: a step for a type, not for a delivery.
  firstsOf: `SELECT value AS type, (SELECT min(seq) FROM deliveries
    WHERE endpoint = ? AND type = value AND ${fresh}) AS seq FROM json_each(?)`,
  firsts: `WITH RECURSIVE types (type) AS (
      SELECT min(type) FROM deliveries WHERE endpoint = ? AND ${fresh}
      UNION ALL SELECT (SELECT min(type) FROM deliveries WHERE endpoint = ? AND type > types.type AND ${fresh})
      FROM types WHERE types.type IS NOT NULL)
    SELECT types.type, (SELECT min(seq) FROM deliveries WHERE endpoint = ? AND type = types.type AND ${fresh}) AS seq
    FROM types WHERE types.type IS NOT NULL LIMIT ?`,
  countOfType: `SELECT count(*) AS count FROM
    (SELECT 1 FROM deliveries WHERE endpoint = ? AND type = ? AND ${fresh} LIMIT ?)`,
  possiblePoison: `SELECT seq, at_once FROM deliveries WHERE endpoint = ? AND state = 'waiting' AND at_once > 0
    AND ${isHandled} ORDER BY at_once DESC, seq LIMIT ?`,
  unhandledPossiblePoison: `SELECT type, count(*) AS count FROM (SELECT type FROM deliveries WHERE endpoint = ?
    AND state = 'waiting' AND at_once IS NOT NULL AND ${isHandled} LIMIT ?) GROUP BY type`,
  alone: `SELECT seq FROM deliveries WHERE endpoint = ? AND state = 'waiting' AND at_once = 0
    AND ${isHandled} ORDER BY seq LIMIT 1`,
  look: `SELECT EXISTS (SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'delayed' AND due_at <= ?) AS due,
    (SELECT min(at_once) FROM deliveries WHERE endpoint = ? AND state = 'waiting' AND at_once >= 0) AS least,
    (SELECT type FROM deliveries WHERE endpoint = ? AND ${fresh} ORDER BY seq LIMIT 1) AS first`,
  nextDue: "SELECT min(due_at) AS due_at FROM deliveries WHERE endpoint = ? AND state = 'delayed'",
  isOtherLive: `SELECT EXISTS (SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'waiting'
      AND at_once IS NOT NULL AND ${isHandled})
    OR EXISTS (SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'delayed' AND ${isHandled})
    OR EXISTS (SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'leased' AND ${isHandled}) AS live`,

  // leasing
  setReady: `UPDATE deliveries SET state = 'waiting' WHERE seq IN (SELECT seq FROM deliveries
    WHERE endpoint = ? AND state = 'delayed' AND due_at <= ? ORDER BY due_at LIMIT ?)`,
  lease: `UPDATE deliveries SET state = 'leased', attempt = attempt + 1, token = token + 1, due_at = ?, lease_ms = ?
    WHERE seq = ? RETURNING ${entry}`,
  content: 'SELECT headers, body FROM contents WHERE seq = ?',
  completed: 'SELECT completed FROM deliveries WHERE seq = ?',
  renew: `UPDATE deliveries SET due_at = ? ${held}`,
  // The content of what is replayed is kept until the time that was set when it was handled first.
  done: `UPDATE deliveries SET state = 'done', ended_at = ?, keep_until = max(keep_until, ?),
    retained_until = coalesce(retained_until, ?), completed = NULL, failures = NULL ${held}`,
  // `lease_ms`: how long it waits, by which others see that the clock was set back.
  delay: `UPDATE deliveries SET state = 'delayed', at_once = NULL, due_at = ?, lease_ms = ?, completed = ?,
    failures = ? ${held}`,
  deadLetter: `UPDATE deliveries SET state = 'dead', at_once = NULL, crashes = ?, reason = ?, ended_at = ?, completed = coalesce(?, completed),
    failures = ? ${held}`,
  giveBack: `UPDATE deliveries SET state = 'waiting', at_once = ?, attempt = ?, crashes = ?, token = token + 1,
    failures = ? ${held}`,
  // Missed a renewal, or is further off than a lease lasts.
  unrenewed: `SELECT seq, token, due_at, lease_ms FROM deliveries WHERE endpoint = ? AND state = 'leased'
    AND (due_at <= ? + lease_ms / 2 OR due_at > ? + lease_ms)`,
  stillUnrenewed: `SELECT ${entry} FROM deliveries ${held} AND due_at = ?`,
  // Due later than any retry of this process, which the index finds, and than its own lease: another process may delay longer.
  lateDelay: `SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'delayed' AND due_at > ?
    AND due_at > ? + lease_ms LIMIT 1`,
  capDelays: `UPDATE deliveries SET due_at = ? WHERE endpoint = ? AND state = 'delayed' AND due_at > ?
    AND due_at > ? + lease_ms`,

  // the end
  dropContent: 'DELETE FROM contents WHERE seq = ?',
  isAnyOver:
    "SELECT 1 FROM deliveries WHERE state = 'done' AND keep_until <= ? AND retained_until IS NULL LIMIT 1",
  sweep: `DELETE FROM deliveries WHERE seq IN
    (SELECT seq FROM deliveries WHERE state = 'done' AND keep_until <= ? AND retained_until IS NULL LIMIT ?)`,

  // the event log
  isAnyRetained: `SELECT 1 FROM deliveries WHERE ${retained} LIMIT 1`,
  retained: `SELECT ${entry} FROM deliveries WHERE ${retained} AND endpoint = coalesce(?, endpoint)
    AND provider = coalesce(?, provider) AND type = coalesce(?, type) AND received_at < ? AND (received_at, seq) > (?, ?)
    ORDER BY received_at, seq LIMIT ?`,
  insertRetained: `INSERT INTO deliveries (id, copy_of, endpoint, provider, type, body_hash, key_id, ordering_key, occurred_at,
    received_at, trust, state, ended_at, keep_until, retained_until)
    VALUES (?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'done', ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  forgetReplay: 'DELETE FROM replays WHERE name = ?',
  beginReplay: `INSERT INTO replays (name, until, received_at, seq) VALUES (?, ?, ?, 0) ON CONFLICT (name) DO NOTHING`,
  replayed: 'SELECT until, received_at, seq, count FROM replays WHERE name = ?',
  moveReplay: 'UPDATE replays SET received_at = ?, seq = ?, count = ? WHERE name = ?',
  replay: `UPDATE deliveries SET state = ?, is_replay = 1, attempt = 0, crashes = 0, at_once = NULL, ended_at = NULL
    WHERE seq = ?`,
  isAnyUnretained: `SELECT 1 FROM deliveries WHERE ${retained} AND retained_until <= ? LIMIT 1`,
  dropUnretained: `DELETE FROM contents WHERE seq IN
    (SELECT seq FROM deliveries WHERE ${retained} AND retained_until <= ? ORDER BY retained_until, seq LIMIT ?)`,
  forgetUnretained: `UPDATE deliveries SET retained_until = NULL WHERE seq IN
    (SELECT seq FROM deliveries WHERE ${retained} AND retained_until <= ? ORDER BY retained_until, seq LIMIT ?)`,

  // dead letters
  list: `SELECT ${summary} FROM deliveries WHERE ${matching} ORDER BY ended_at, seq LIMIT ?`,
  letter: `SELECT ${entry} FROM deliveries WHERE id = ? AND state = 'dead'`,
  isDead: "SELECT 1 FROM deliveries WHERE seq = ? AND state = 'dead'",
  exists: 'SELECT 1 FROM deliveries WHERE seq = ?',
  claim: 'UPDATE deliveries SET id = copy_of, copy_of = NULL WHERE seq = ?',
  drop: 'DELETE FROM deliveries WHERE seq = ?',
  redrive: `UPDATE deliveries SET state = ?, attempt = 0, crashes = 0, reason = NULL, ended_at = NULL, failures = NULL
    WHERE seq = ? AND state = 'dead'`,
  discard: `UPDATE deliveries SET state = 'done', ended_at = ?, keep_until = max(keep_until, ?), retained_until = NULL,
    completed = NULL, failures = NULL WHERE seq = ? AND state = 'dead'`,

  // looking at deliveries
  seqsFresh: `SELECT seq FROM deliveries WHERE ${fresh} LIMIT ?`,
  seqsPossiblePoison: "SELECT seq FROM deliveries WHERE state = 'waiting' AND at_once IS NOT NULL LIMIT ?",
  seqsBlocked: "SELECT seq FROM deliveries WHERE state = 'blocked' LIMIT ?",
  seqsLeased: "SELECT seq FROM deliveries WHERE state = 'leased' LIMIT ?",
  seqsDelayed: "SELECT seq FROM deliveries WHERE state = 'delayed' LIMIT ?",
  seqsRetained: `SELECT seq FROM deliveries WHERE ${retained} LIMIT ?`,
  listFew: `${listed} deliveries WHERE ${wanted} AND seq IN (SELECT value FROM json_each(?)) AND seq < ? ORDER BY seq DESC LIMIT ?`,
  listNext: `${listed} (SELECT * FROM deliveries WHERE seq < ? ORDER BY seq DESC LIMIT ?) WHERE ${wanted} ORDER BY seq DESC LIMIT ?`,
  lookedAt: `SELECT min(seq) AS first, count(*) AS count FROM
    (SELECT seq FROM deliveries WHERE seq < ? ORDER BY seq DESC LIMIT ?)`,
  stored: `SELECT ${entry}, due_at, ${shown} FROM deliveries WHERE id = ?`,

  // statistics
  countFresh: `${counted} ${fresh} ${grouped}`,
  countPossiblePoison: `${counted} state = 'waiting' AND at_once IS NOT NULL ${grouped}`,
  countBlocked: `${counted} state = 'blocked' ${grouped}`,
  countLeased: `${counted} state = 'leased' ${grouped}`,
  countDelayed: `SELECT endpoint, type, count(*) AS count, min(seq) AS first,
    count(*) FILTER (WHERE due_at <= ?) AS due FROM deliveries WHERE state = 'delayed' ${grouped}`,
  countDead: `${counted} state = 'dead' ${grouped}`,
  first: 'SELECT provider, received_at FROM deliveries WHERE seq = ?',
}

/** Reads all of it as it is at one moment, whatever others commit meanwhile. */
export function inSnapshot<T>(sql: Statements, read: () => T): T {
  sql.beginRead.run()
  try {
    return read()
  } finally {
    sql.endRead.run()
  }
}

/** The statements by name. */
export type Statements = { readonly [Name in keyof typeof sql]: SqlStatement }

/** Prepares them once for a connection. */
export function prepareStatements(database: SqlDatabase): Statements {
  const prepared = Object.entries(sql).map(([name, text]) => [name, database.prepare(text)])
  return Object.fromEntries(prepared) as Statements
}
