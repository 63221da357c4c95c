/** What two databases call differently. */
export interface Dialect {
  /** The table, quoted. */
  readonly table: string
  /** What the names of its indexes begin with, without quotes. */
  readonly prefix: string
  readonly sequence: string
  readonly json: string
  readonly time: string
  /** How rows are locked that another process may be taking, with a space before. */
  readonly skipLocked: string
}

/** Every statement of an outbox. Parameters are `$1` and so on, each used once, in their order: not every driver of SQLite counts them. */
export interface OutboxSql {
  readonly schema: string
  readonly insert: string
  readonly lease: string
  readonly settle: string
  readonly isIdle: string
  readonly stats: string
  readonly prune: string
  /** Without its condition, which follows. */
  readonly letters: string
  readonly resend: string
  readonly discard: string
}

const live = "state IN ('waiting', 'delivering')"

/** The statements of an outbox; they are the same in both databases but for their words. */
export function toSql(dialect: Dialect): OutboxSql {
  const { table, skipLocked } = dialect
  return {
    schema: toSchema(dialect),
    insert: `INSERT INTO ${table} (id, outbox, type, payload, headers, ordering_key, state, enqueued_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8)`,
    // One that another of its key is before, stays.
    lease: `WITH picked AS (
  SELECT seq FROM ${table} AS one
  WHERE outbox = $1 AND ${live} AND due_at <= $2 AND (ordering_key IS NULL OR NOT EXISTS (
    SELECT 1 FROM ${table} AS other
    WHERE other.outbox = one.outbox AND other.ordering_key = one.ordering_key AND other.seq < one.seq
      AND other.state IN ('waiting', 'delivering')))
  ORDER BY due_at, seq LIMIT $3${skipLocked})
UPDATE ${table} SET state = 'delivering', lease = lease + 1, due_at = $4
WHERE seq IN (SELECT seq FROM picked)
RETURNING seq, id, type, CAST(payload AS text) AS payload, CAST(headers AS text) AS headers, attempts, lease, enqueued_at,
  CAST(failures AS text) AS failures`,
    settle: `UPDATE ${table} SET state = $1, due_at = $2, ended_at = $3, attempts = $4, failures = $5
WHERE id = $6 AND lease = $7 AND state = 'delivering'`,
    isIdle: `SELECT 1 AS found FROM ${table} WHERE outbox = $1 AND ${live} LIMIT 1`,
    stats: `SELECT state, count(*) AS count, min(enqueued_at) AS oldest FROM ${table} WHERE outbox = $1 GROUP BY state`,
    prune: `DELETE FROM ${table} WHERE seq IN (
  SELECT seq FROM ${table} WHERE outbox = $1 AND state = 'delivered' AND ended_at < $2 ORDER BY ended_at LIMIT 1000)`,
    letters: `SELECT seq, id, type, CAST(payload AS text) AS payload, attempts, enqueued_at, ended_at,
  CAST(failures AS text) AS failures FROM ${table}`,
    resend: `UPDATE ${table} SET state = 'waiting', attempts = 0, failures = '[]', due_at = $1, ended_at = NULL`,
    discard: `DELETE FROM ${table}`,
  }
}

function toSchema({ table, prefix, sequence, json, time }: Dialect): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (
  seq ${sequence},
  id text NOT NULL UNIQUE,
  outbox text NOT NULL,
  type text NOT NULL,
  payload ${json} NOT NULL,
  headers ${json} NOT NULL,
  ordering_key text,
  state text NOT NULL CHECK (state IN ('waiting', 'delivering', 'delivered', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  lease integer NOT NULL DEFAULT 0,
  due_at ${time},
  enqueued_at ${time} NOT NULL,
  ended_at ${time},
  failures ${json} NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS "${prefix}_due" ON ${table} (outbox, due_at, seq) WHERE ${live};
CREATE INDEX IF NOT EXISTS "${prefix}_key" ON ${table} (outbox, ordering_key, seq)
  WHERE ordering_key IS NOT NULL AND ${live};
CREATE INDEX IF NOT EXISTS "${prefix}_ended" ON ${table} (outbox, state, ended_at, seq)
  WHERE state IN ('delivered', 'dead');
`
}
