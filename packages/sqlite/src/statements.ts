import type { SqlDatabase, SqlStatement } from './driver.ts'

const summary = 'seq, id, copy_of, endpoint, provider, type, order_key, reason, attempt, failures, ended_at'
const entry = `seq, id, copy_of, endpoint, provider, type, fingerprint, key_id, order_key, occurred_at, received_at,
  attempt, token, is_suspect, completed, failures, reason, ended_at`
const heads = "('waiting', 'leased', 'delayed')"
const held = "WHERE seq = ? AND token = ? AND state = 'leased'"
const matching = `state = 'dead' AND endpoint = coalesce(?, endpoint) AND provider = coalesce(?, provider) AND type = coalesce(?, type)
  AND reason = coalesce(?, reason) AND ended_at >= ? AND ended_at < ? AND (ended_at, seq) > (?, ?)`

const sql = {
  // accepting
  find: 'SELECT fingerprint FROM deliveries WHERE id = ?',
  insert: `INSERT INTO deliveries (id, copy_of, endpoint, provider, type, fingerprint, key_id, order_key, occurred_at,
    received_at, state, reason, ended_at, failures, keep_until)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  insertContent: 'INSERT INTO contents (seq, headers, body) VALUES (?, ?, ?)',
  readLive: 'SELECT live FROM counts',
  writeLive: 'UPDATE counts SET live = ?',

  // The WAL file stays as long as it is: writing over it is cheaper to sync than making it longer.
  checkpoint: 'PRAGMA wal_checkpoint(RESTART)',

  // order keys
  headOfKey: `SELECT 1 FROM deliveries WHERE endpoint = ? AND order_key = ? AND state IN ${heads}`,
  unblockNext: `UPDATE deliveries SET state = 'waiting' WHERE seq =
    (SELECT min(seq) FROM deliveries WHERE endpoint = ? AND order_key = ? AND state = 'blocked')`,

  // leasing
  isReady: `SELECT EXISTS (SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'waiting' AND is_suspect <= ?)
    OR EXISTS (SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'delayed' AND due_at <= ?) AS ready`,
  isLive: `SELECT EXISTS (SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'waiting')
    OR EXISTS (SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'delayed')
    OR EXISTS (SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'leased') AS live`,
  nextDue: "SELECT min(due_at) AS due_at FROM deliveries WHERE endpoint = ? AND state = 'delayed'",
  // Two plain looks instead of one with a UNION: each version of SQLite plans those the same, by an index.
  waiting: `SELECT seq FROM deliveries WHERE endpoint = ? AND state = 'waiting' AND is_suspect = 0
    ORDER BY seq LIMIT ?`,
  suspect: `SELECT seq FROM deliveries WHERE endpoint = ? AND state = 'waiting' AND is_suspect = 1
    ORDER BY seq LIMIT 1`,
  due: `SELECT seq FROM deliveries WHERE endpoint = ? AND state = 'delayed' AND due_at <= ?
    ORDER BY due_at LIMIT ?`,
  lease: `UPDATE deliveries SET state = 'leased', attempt = attempt + 1, token = token + 1, due_at = ?, lease_ms = ?
    WHERE seq = ? RETURNING ${entry}`,
  content: 'SELECT headers, body FROM contents WHERE seq = ?',
  renew: `UPDATE deliveries SET due_at = ? ${held}`,
  done: `UPDATE deliveries SET state = 'done', ended_at = ?, keep_until = max(keep_until, ?), completed = NULL,
    failures = NULL ${held}`,
  delay: `UPDATE deliveries SET state = 'delayed', is_suspect = 0, due_at = ?, completed = ?, failures = ? ${held}`,
  bury: `UPDATE deliveries SET state = 'dead', is_suspect = 0, reason = ?, ended_at = ?, completed = coalesce(?, completed),
    failures = ? ${held}`,
  giveBack: `UPDATE deliveries SET state = 'waiting', is_suspect = ?, attempt = ?, token = token + 1,
    failures = ? ${held}`,
  lapsed: `SELECT ${entry}, due_at, lease_ms FROM deliveries WHERE endpoint = ? AND state = 'leased'
    AND (due_at <= ? OR due_at > ? + lease_ms) LIMIT 1000`,
  isUnrenewed: `SELECT 1 FROM deliveries ${held} AND due_at = ?`,
  lateDelay: "SELECT 1 FROM deliveries WHERE endpoint = ? AND state = 'delayed' AND due_at > ? LIMIT 1",
  capDelays: "UPDATE deliveries SET due_at = ? WHERE endpoint = ? AND state = 'delayed' AND due_at > ?",

  // the end
  dropContent: 'DELETE FROM contents WHERE seq = ?',
  isAnyOver: "SELECT 1 FROM deliveries WHERE state = 'done' AND keep_until <= ? LIMIT 1",
  sweep: `DELETE FROM deliveries WHERE seq IN
    (SELECT seq FROM deliveries WHERE state = 'done' AND keep_until <= ? LIMIT ?)`,

  // dead letters
  list: `SELECT ${summary} FROM deliveries WHERE ${matching} ORDER BY ended_at, seq LIMIT ?`,
  deadLetter: `SELECT ${entry} FROM deliveries WHERE id = ? AND state = 'dead'`,
  redrive: `UPDATE deliveries SET state = ?, attempt = 0, reason = NULL, ended_at = NULL, failures = NULL
    WHERE seq = ? AND state = 'dead'`,
  discard: `UPDATE deliveries SET state = 'done', ended_at = ?, keep_until = max(keep_until, ?), completed = NULL,
    failures = NULL WHERE seq = ? AND state = 'dead'`,

  // statistics
  countWaiting: `SELECT count(*) AS count, min(seq) AS first FROM deliveries WHERE state = 'waiting'`,
  countBlocked: `SELECT count(*) AS count, min(seq) AS first FROM deliveries WHERE state = 'blocked'`,
  countLeased: `SELECT count(*) AS count, min(seq) AS first FROM deliveries WHERE state = 'leased'`,
  countDelayed: `SELECT count(*) AS count, min(seq) AS first, count(*) FILTER (WHERE due_at <= ?) AS due
    FROM deliveries WHERE state = 'delayed'`,
  countDead: "SELECT count(*) AS count FROM deliveries WHERE state = 'dead'",
  receivedAt: 'SELECT received_at FROM deliveries WHERE seq = ?',
}

/** The statements by name. */
export type Statements = { readonly [Name in keyof typeof sql]: SqlStatement }

/** Prepares them once for a connection. */
export function prepareStatements(database: SqlDatabase): Statements {
  const prepared = Object.entries(sql).map(([name, text]) => [name, database.prepare(text)])
  return Object.fromEntries(prepared) as Statements
}
