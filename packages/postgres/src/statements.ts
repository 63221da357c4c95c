import { columns, ms } from './rows.ts'

/** The statements on the tables of one schema. Parameters are typed, so that a pooler may plan each anew. */
export type Statements = ReturnType<typeof toStatements>

const live = "state <> 'dead'"
const fresh = "state = 'waiting' AND at_once IS NULL"
// $2: a list of types, and $3: whether those are handled, or all but those.
const handled = '(type = ANY($2::text[])) = $3::boolean'
const after = (milliseconds: string) => `now() + ${milliseconds} * interval '1 millisecond'`
/** The exact time, which a float of milliseconds is not, whatever time zone the session has. */
const stamp = (column: string) => `(extract(epoch FROM ${column}) * 1000000)::bigint::text`
const logged =
  'id, endpoint, provider, type, body_hash, key_id, ordering_key, occurred_at, received_at, trust, headers, body'
const matching = (endpoint: string, provider: string, type: string) =>
  `(${endpoint}::text IS NULL OR endpoint = ${endpoint}) AND (${provider}::text IS NULL OR provider = ${provider}) AND (${type}::text IS NULL OR type = ${type})`
const held = "seq = $1::bigint AND token = $2::bigint AND state = 'leased'"

export function toStatements(schema: string) {
  const deliveries = `${schema}.deliveries`
  const keys = `${schema}.idempotency_keys`
  const log = `${schema}.handled_deliveries`
  const replays = `${schema}.replays`
  // In one order, whoever locks them: two statements in different orders would wait for each other.
  const leasedHere = `leased_here AS MATERIALIZED (SELECT seq FROM ${deliveries} WHERE (seq, token) IN
    (SELECT * FROM unnest($1::bigint[], $2::bigint[])) AND state = 'leased' ORDER BY seq FOR UPDATE)`
  // A step for a type, not for a delivery.
  const types = `types AS (
    SELECT type FROM unnest($2::text[]) AS listed (type) WHERE $3::boolean
    UNION ALL SELECT found.type FROM (
      WITH RECURSIVE walked (type) AS (
        SELECT min(type) FROM ${deliveries} WHERE NOT $3::boolean AND endpoint = $1 AND ${fresh}
        UNION ALL SELECT (SELECT min(one.type) FROM ${deliveries} AS one
          WHERE one.endpoint = $1 AND one.type > walked.type AND one.state = 'waiting' AND one.at_once IS NULL)
        FROM walked WHERE walked.type IS NOT NULL)
      SELECT type FROM walked WHERE type IS NOT NULL LIMIT 10000) AS found
    WHERE NOT found.type = ANY($2::text[]))`
  return {
    /** $1: the rows as JSON, $2: their bodies, one behind the other. */
    accept: `WITH given AS (
        SELECT * FROM json_to_recordset($1::json) AS one (at int, id text, "copyOf" text, endpoint text, provider text, type text,
          "bodyHash" text, "keyId" text, "orderingKey" text, "occurredAt" float8, "receivedAt" float8, trust text, headers json, "from" int,
          length int, "keepMs" float8, "leaseMs" float8, token bigint, reason text, failures json)),
      claimed AS (
        INSERT INTO ${keys} (id, body_hash, keep_until)
        SELECT id, "bodyHash", ${after('"keepMs"')} FROM given ORDER BY at
        ON CONFLICT (id) DO NOTHING RETURNING id),
      inserted AS (
        INSERT INTO ${deliveries} (id, copy_of, endpoint, provider, type, body_hash, key_id, ordering_key, occurred_at,
          received_at, trust, headers, body, state, attempt, token, due_at, wait_ms, reason, ended_at, failures)
        SELECT id, "copyOf", endpoint, provider, type, "bodyHash", "keyId", "orderingKey",
          to_timestamp("occurredAt" / 1000), to_timestamp("receivedAt" / 1000), trust, headers,
          substring($2::bytea FROM "from" + 1 FOR length),
          CASE WHEN reason IS NOT NULL THEN 'dead' WHEN "leaseMs" IS NULL THEN 'waiting' ELSE 'leased' END,
          CASE WHEN "leaseMs" IS NULL THEN 0 ELSE 1 END, token, ${after('"leaseMs"')}, "leaseMs", reason,
          CASE WHEN reason IS NOT NULL THEN now() END, coalesce(failures, '[]')
        FROM given WHERE id IN (SELECT id FROM claimed) ORDER BY at
        RETURNING id, seq, token, state)
      SELECT given.at, inserted.seq::text, inserted.token::text, inserted.state FROM given JOIN inserted USING (id)`,
    // The same of one, which is planned in half the time.
    acceptOne: `WITH claimed AS (
        INSERT INTO ${keys} (id, body_hash, keep_until) VALUES ($1::text, $2::text, ${after('$3::float8')})
        ON CONFLICT (id) DO NOTHING RETURNING id)
      INSERT INTO ${deliveries} (id, copy_of, endpoint, provider, type, body_hash, key_id, ordering_key, occurred_at,
        received_at, trust, headers, body, state, attempt, token, due_at, wait_ms, reason, ended_at, failures)
      SELECT id, $4::text, $5::text, $6::text, $7::text, $2, $8::text, $9::text, to_timestamp($10::float8 / 1000),
        to_timestamp($11::float8 / 1000), $12::text, $13::json, $14::bytea,
        CASE WHEN $15::text IS NOT NULL THEN 'dead' WHEN $16::float8 IS NULL THEN 'waiting' ELSE 'leased' END,
        CASE WHEN $16::float8 IS NULL THEN 0 ELSE 1 END, $17::bigint, ${after('$16::float8')}, $16::float8, $15::text,
        CASE WHEN $15::text IS NOT NULL THEN now() END, coalesce($18::json, '[]') FROM claimed
      RETURNING 0 AS at, seq::text, token::text, state`,
    hashes: `SELECT id, body_hash FROM ${keys} WHERE id = ANY($1::text[])`,
    estimateLive: `SELECT n_live_tup::float8 AS live FROM pg_stat_user_tables WHERE schemaname = '${schema}' AND relname = 'deliveries'`,
    countLive: `SELECT count(*)::int AS live FROM (SELECT FROM ${deliveries} WHERE ${live} LIMIT $1::int) AS few`,

    look: `SELECT EXISTS (SELECT FROM ${deliveries} WHERE endpoint = $1 AND state = 'delayed' AND due_at <= now()) AS due,
      (SELECT min(at_once) FROM ${deliveries} WHERE endpoint = $1 AND state = 'waiting' AND at_once IS NOT NULL) AS least,
      EXISTS (SELECT FROM ${deliveries} WHERE endpoint = $1 AND state = 'waiting' AND at_once = 0 AND ${handled}) AS alone,
      EXISTS (SELECT FROM ${deliveries} WHERE endpoint = $1 AND state = 'waiting' AND at_once > 0 AND ${handled}) AS poison,
      EXISTS (WITH ${types} SELECT FROM types WHERE EXISTS (SELECT FROM ${deliveries} AS one WHERE one.endpoint = $1
        AND one.type = types.type AND one.state = 'waiting' AND one.at_once IS NULL)) AS fresh`,
    setReady: `UPDATE ${deliveries} SET state = 'waiting' WHERE seq IN (SELECT seq FROM ${deliveries}
      WHERE endpoint = $1 AND state = 'delayed' AND due_at <= now() ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED)`,
    leaseFresh: `WITH ${types},
      picked AS MATERIALIZED (SELECT one.seq FROM types CROSS JOIN LATERAL (SELECT seq FROM ${deliveries} AS each
        WHERE each.endpoint = $1 AND each.type = types.type AND each.state = 'waiting' AND each.at_once IS NULL
        ORDER BY seq LIMIT $4::int FOR UPDATE SKIP LOCKED) AS one ORDER BY one.seq LIMIT $4::int)
      UPDATE ${deliveries} SET state = 'leased', attempt = attempt + 1, token = token + 1, due_at = ${after('$5::float8')},
        wait_ms = $5::float8 WHERE seq IN (SELECT seq FROM picked) RETURNING ${columns}`,
    // $4 and $5: how many may be leased when the least `at_once` of those that run is so much.
    leasePossiblePoison: `WITH ranked AS MATERIALIZED (SELECT seq, at_once FROM ${deliveries} WHERE endpoint = $1 AND state = 'waiting'
        AND at_once > 0 AND ${handled} ORDER BY at_once DESC, seq LIMIT $6::int FOR UPDATE SKIP LOCKED),
      picked AS (SELECT seq FROM (SELECT seq, least($5::int, min(at_once) OVER upto) AS most, $4::int + count(*) OVER upto AS count
        FROM ranked WINDOW upto AS (ORDER BY at_once DESC, seq)) AS counted WHERE count <= most)
      UPDATE ${deliveries} SET state = 'leased', attempt = attempt + 1, token = token + 1, due_at = ${after('$7::float8')},
        wait_ms = $7::float8 WHERE seq IN (SELECT seq FROM picked) RETURNING ${columns}`,
    leaseAlone: `WITH picked AS MATERIALIZED (SELECT seq FROM ${deliveries} WHERE endpoint = $1 AND state = 'waiting' AND at_once = 0
        AND ${handled} ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED)
      UPDATE ${deliveries} SET state = 'leased', attempt = attempt + 1, token = token + 1, due_at = ${after('$4::float8')},
        wait_ms = $4::float8 WHERE seq IN (SELECT seq FROM picked) RETURNING ${columns}`,
    done: `WITH ${leasedHere} DELETE FROM ${deliveries} WHERE seq IN (SELECT seq FROM leased_here) RETURNING seq::text`,
    // What is replayed is in the log already. $3: how long bodies are kept.
    doneRetained: `WITH ${leasedHere},
      gone AS (DELETE FROM ${deliveries} WHERE seq IN (SELECT seq FROM leased_here) RETURNING *),
      kept AS (INSERT INTO ${log} (seq, ${logged}, attempt, handled_at, keep_until)
        SELECT seq, ${logged}, attempt, now(), ${after('$3::float8')} FROM gone WHERE NOT is_replay),
      remembered AS (UPDATE ${keys} AS one SET keep_until = ${after('$3::float8')} FROM gone
        WHERE one.id = gone.id AND one.keep_until < ${after('$3::float8')})
      SELECT seq::text FROM gone`,
    // In the transaction of a handler, $4: its number when it began.
    complete: `WITH written AS (UPDATE ${deliveries} SET completed = ARRAY(SELECT unnest(completed) UNION SELECT unnest($3::text[]))
        WHERE ${held} AND txid_current()::text = $4 RETURNING 1)
      SELECT txid_current()::text = $4 AS is_ours, EXISTS (SELECT FROM written) AS completed`,
    // A name that a transaction has written stays.
    delay: `UPDATE ${deliveries} SET state = 'delayed', at_once = NULL, due_at = ${after('$3::float8')}, wait_ms = $3::float8,
      completed = ARRAY(SELECT unnest(completed) UNION SELECT unnest($4::text[])), failures = $5::json WHERE ${held}`,
    deadLetter: `UPDATE ${deliveries} SET state = 'dead', at_once = NULL, due_at = NULL, crashes = $3::int, reason = $4, ended_at = now(),
      completed = ARRAY(SELECT unnest(completed) UNION SELECT unnest($5::text[])), failures = $6::json WHERE ${held}`,
    giveBack: `UPDATE ${deliveries} SET state = 'waiting', at_once = $3::int, attempt = $4::int, crashes = $5::int, token = token + 1,
      due_at = NULL, failures = $6::json WHERE ${held}`,
    renew: `WITH ${leasedHere} UPDATE ${deliveries} SET due_at = ${after('$3::float8')}
      WHERE seq IN (SELECT seq FROM leased_here) RETURNING seq::text`,
    nextDue: `SELECT (extract(epoch FROM min(due_at) - now()) * 1000)::float8 AS in_ms FROM ${deliveries}
      WHERE endpoint = $1 AND state = 'delayed'`,
    // Missed a renewal, or is further off than a lease lasts.
    late: `SELECT seq::text, token::text, ${stamp('due_at')} AS stamp, (extract(epoch FROM due_at - now()) * 1000)::float8 AS in_ms,
        wait_ms::float8 FROM ${deliveries} WHERE endpoint = $1 AND state = 'leased'
      AND (due_at <= ${after('wait_ms / 2')} OR due_at > ${after('wait_ms')})`,
    stillLate: `SELECT ${columns} FROM ${deliveries} WHERE ${held} AND ${stamp('due_at')} = $3 FOR UPDATE SKIP LOCKED`,
    // Due later than it was put off: the database's clock was set back.
    capDelays: `UPDATE ${deliveries} SET due_at = now() WHERE endpoint = $1 AND state = 'delayed'
      AND due_at > ${after('$2::float8')} AND due_at > ${after('wait_ms')}`,
    isLive: `SELECT EXISTS (SELECT FROM ${deliveries} WHERE endpoint = $1 AND state IN ('waiting', 'delayed', 'leased')
      AND ${handled}) AS live`,
    unhandled: `SELECT type, count(*)::int AS waiting FROM (SELECT type FROM ${deliveries} WHERE endpoint = $1 AND state = 'waiting'
      AND NOT (${handled}) LIMIT 10000) AS few GROUP BY type ORDER BY type LIMIT 100`,

    list: `SELECT seq::text, id, endpoint, provider, type, reason, attempt, failures::text, ${ms('ended_at')},
        ${stamp('ended_at')} AS stamp FROM ${deliveries} AS one WHERE state = 'dead'
      AND ($1::text IS NULL OR endpoint = $1) AND ($2::text IS NULL OR provider = $2) AND ($3::text IS NULL OR type = $3)
      AND ($4::text IS NULL OR reason = $4) AND ended_at >= coalesce(to_timestamp($5::float8 / 1000), '-infinity')
      AND ended_at < coalesce(to_timestamp($6::float8 / 1000), 'infinity')
      AND (ended_at, seq) > (coalesce(to_timestamp(0) + $7::bigint * interval '1 microsecond', '-infinity'), coalesce($8::bigint, 0)) ORDER BY one.ended_at, one.seq LIMIT $9::int`,
    letter: `SELECT ${columns} FROM ${deliveries} WHERE id = $1 AND state = 'dead'`,
    discard: `DELETE FROM ${deliveries} WHERE seq = ANY($1::bigint[]) AND state = 'dead' RETURNING seq::text, endpoint`,
    // A stale copy claims the idempotency key of its event now, or is dropped where that was accepted meanwhile.
    redrive: `WITH letters AS MATERIALIZED (SELECT seq, copy_of, body_hash, reason FROM ${deliveries} WHERE seq = ANY($1::bigint[])
        AND state = 'dead' ORDER BY seq FOR UPDATE SKIP LOCKED),
      claimed AS (INSERT INTO ${keys} (id, body_hash, keep_until)
        SELECT copy_of, body_hash, ${after('$2::float8')} FROM letters WHERE reason = 'stale' AND copy_of IS NOT NULL
        ON CONFLICT (id) DO NOTHING RETURNING id),
      dropped AS (DELETE FROM ${deliveries} WHERE seq IN (SELECT seq FROM letters WHERE reason = 'stale' AND copy_of IS NOT NULL
        AND copy_of NOT IN (SELECT id FROM claimed)))
      UPDATE ${deliveries} AS one SET state = 'waiting', attempt = 0, crashes = 0, reason = NULL, ended_at = NULL, failures = '[]',
        token = token + 1, id = CASE WHEN reason = 'stale' AND copy_of IS NOT NULL THEN copy_of ELSE id END,
        copy_of = CASE WHEN reason = 'stale' THEN NULL ELSE copy_of END
      WHERE seq IN (SELECT seq FROM letters WHERE reason <> 'stale' OR copy_of IS NULL OR copy_of IN (SELECT id FROM claimed))
      RETURNING seq::text, endpoint`,

    isAnyRetained: `SELECT EXISTS (SELECT FROM ${log}) AS is_any`,
    // By the columns, not by what is answered under their names: the digits of a number.
    retained: `SELECT seq::text, ${ms('received_at')}, ${stamp('received_at')} AS stamp, id, endpoint, provider, type, body_hash, key_id,
        ordering_key, ${ms('occurred_at')}, trust, headers::text, body FROM ${log} AS each WHERE ${matching('$1', '$2', '$3')}
      AND each.received_at < coalesce(to_timestamp($4::float8 / 1000), 'infinity')
      AND (each.received_at, each.seq) > (coalesce(to_timestamp(0) + $5::bigint * interval '1 microsecond', to_timestamp($6::float8 / 1000),
        '-infinity'), coalesce($7::bigint, 0)) ORDER BY each.received_at, each.seq LIMIT $8::int`,
    forgetReplay: `DELETE FROM ${replays} WHERE name = $1`,
    beginReplay: `INSERT INTO ${replays} (name, until, received_at)
      VALUES ($1, coalesce(to_timestamp($2::float8 / 1000), now()), coalesce(to_timestamp($3::float8 / 1000), '-infinity'))
      ON CONFLICT (name) DO NOTHING`,
    // Whoever replays the same waits for the place, and goes on behind it. $6: how long the idempotency key is remembered.
    replay: `WITH place AS MATERIALIZED (SELECT until, received_at, seq FROM ${replays} WHERE name = $1 FOR UPDATE),
      page AS MATERIALIZED (SELECT one.* FROM place CROSS JOIN LATERAL (SELECT * FROM ${log} AS each
        WHERE ${matching('$2', '$3', '$4')} AND each.received_at < place.until
        AND (each.received_at, each.seq) > (place.received_at, place.seq) ORDER BY each.received_at, each.seq LIMIT $5::int) AS one),
      kept AS (INSERT INTO ${keys} (id, body_hash, keep_until) SELECT DISTINCT ON (id) id, body_hash, ${after('$6::float8')} FROM page
        ON CONFLICT (id) DO UPDATE SET keep_until = greatest(idempotency_keys.keep_until, excluded.keep_until)),
      moved AS (INSERT INTO ${deliveries} (${logged}, is_replay, state, token)
        SELECT ${logged}, true, 'waiting', (random() * 1e12)::bigint FROM page ORDER BY received_at, seq
        ON CONFLICT (id) DO NOTHING RETURNING endpoint),
      behind AS (UPDATE ${replays} SET (received_at, seq) = (SELECT received_at, seq FROM page ORDER BY received_at DESC, seq DESC LIMIT 1),
          count = count + (SELECT count(*) FROM moved) WHERE name = $1 AND EXISTS (SELECT FROM page) RETURNING count)
      SELECT (SELECT count(*)::int FROM page) AS read, (SELECT count(*)::int FROM moved) AS moved,
        coalesce((SELECT count FROM behind), (SELECT count FROM ${replays} WHERE name = $1), 0)::float8 AS replayed,
        (SELECT to_json(array_agg(DISTINCT endpoint))::text FROM moved) AS endpoints`,
    // $1: as JSON, $2: their bodies, one behind the other, $3: how long keys, $4: how long bodies are kept.
    addRetained: `WITH given AS (
        SELECT * FROM json_to_recordset($1::json) AS one (at int, id text, endpoint text, provider text, type text, "bodyHash" text,
          "keyId" text, "orderingKey" text, "occurredAt" float8, "receivedAt" float8, trust text, headers json, "from" int, length int)),
      claimed AS (INSERT INTO ${keys} (id, body_hash, keep_until)
        SELECT id, "bodyHash", ${after('$3::float8')} FROM given ORDER BY at ON CONFLICT (id) DO NOTHING RETURNING id)
      INSERT INTO ${log} (seq, ${logged}, handled_at, keep_until)
        SELECT nextval(pg_get_serial_sequence('${deliveries}', 'seq')), id, endpoint, provider, type, "bodyHash", "keyId", "orderingKey",
          to_timestamp("occurredAt" / 1000), to_timestamp("receivedAt" / 1000), trust, headers,
          substring($2::bytea FROM "from" + 1 FOR length), now(), ${after('$4::float8')}
        FROM given WHERE id IN (SELECT id FROM claimed) ORDER BY at RETURNING seq::text`,
    sweepRetained: `DELETE FROM ${log} WHERE seq IN (SELECT seq FROM ${log} WHERE keep_until <= now() ORDER BY keep_until
      LIMIT 1000 FOR UPDATE SKIP LOCKED) RETURNING 1`,

    stats: `SELECT endpoint, provider, type, state, count(*)::int AS count, count(*) FILTER (WHERE due_at <= now())::int AS due,
      (extract(epoch FROM now() - min(received_at)) * 1000)::float8 AS age FROM ${deliveries} GROUP BY 1, 2, 3, 4`,
    // A key of what is not yet handled stays.
    sweep: `DELETE FROM ${keys} WHERE id IN (SELECT id FROM ${keys} WHERE keep_until <= now() ORDER BY keep_until
      LIMIT 1000 FOR UPDATE SKIP LOCKED) AND NOT EXISTS (SELECT FROM ${deliveries} AS one WHERE one.id = idempotency_keys.id) RETURNING id`,
    version: `SELECT version, oldest, current_setting('synchronous_commit') AS commit, current_setting('fsync') AS fsync,
      current_setting('default_transaction_isolation') AS isolation FROM ${schema}.versions`,
    notify: 'SELECT pg_notify($1, $2)',
  }
}
