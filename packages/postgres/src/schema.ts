import { toSchemaName } from './options.ts'

/**
 * Each entry brings the tables from the version of its index to the next; never edit one that was released. `oldest` is
 * the oldest version of this package's tables whose statements still work on the new ones, so that processes of two
 * versions can run beside each other.
 *
 * `idempotency_keys` has a row for each key that was claimed, which only the event log changes; `deliveries` one for each that is not
 * yet handled, and for dead letters; `handled_deliveries`, which is only written at its end, one for each that was handled while the
 * option `retain` was set; `replays` the place of each replay that has not ended. A conflict's or a stale copy claims a key of its own, its `id`. `blocked` is a waiting row
 * behind an earlier one of its ordering key: at most one row of a key is in another live state. The triggers see to
 * that, under a lock of the key, whoever inserts one or takes one away. `crashes` counts attempts that came to no result.
 * `at_once` is null unless the last attempt was such a one: with how many of those a process may hold together.
 */
const migrations: readonly { readonly oldest: number; readonly sql: string }[] = [
  {
    oldest: 1,
    sql: `
CREATE TABLE idempotency_keys (
  id text PRIMARY KEY,
  body_hash text NOT NULL,
  keep_until timestamptz NOT NULL
);
CREATE INDEX idempotency_keys_over ON idempotency_keys (keep_until);
CREATE TABLE deliveries (
  seq bigserial PRIMARY KEY,
  id text NOT NULL UNIQUE,
  copy_of text,
  endpoint text NOT NULL,
  provider text NOT NULL,
  type text NOT NULL,
  body_hash text NOT NULL,
  key_id text NOT NULL,
  ordering_key text,
  occurred_at timestamptz,
  received_at timestamptz NOT NULL,
  trust text NOT NULL DEFAULT 'signed' CHECK (trust IN ('signed', 'reconciled')),
  headers json NOT NULL,
  body bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'blocked', 'leased', 'delayed', 'dead')),
  attempt integer NOT NULL DEFAULT 0,
  crashes integer NOT NULL DEFAULT 0,
  token bigint NOT NULL DEFAULT 0,
  due_at timestamptz,
  wait_ms bigint,
  at_once integer,
  is_replay boolean NOT NULL DEFAULT false,
  completed text[] NOT NULL DEFAULT '{}',
  failures json NOT NULL DEFAULT '[]',
  reason text,
  ended_at timestamptz
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);
ALTER TABLE deliveries ALTER body SET STORAGE EXTERNAL;
CREATE INDEX deliveries_waiting ON deliveries (endpoint, type, seq) WHERE state = 'waiting' AND at_once IS NULL;
CREATE INDEX deliveries_possible_poison ON deliveries (endpoint, at_once DESC, seq)
  WHERE state = 'waiting' AND at_once IS NOT NULL;
CREATE INDEX deliveries_blocked ON deliveries (endpoint, ordering_key, seq) WHERE state = 'blocked';
CREATE INDEX deliveries_leased ON deliveries (endpoint, due_at) WHERE state = 'leased';
CREATE INDEX deliveries_delayed ON deliveries (endpoint, due_at) WHERE state = 'delayed';
CREATE UNIQUE INDEX deliveries_heads ON deliveries (endpoint, ordering_key)
  WHERE ordering_key IS NOT NULL AND state IN ('waiting', 'leased', 'delayed');
CREATE INDEX deliveries_dead ON deliveries (ended_at, seq) WHERE state = 'dead';
CREATE TABLE handled_deliveries (
  seq bigint PRIMARY KEY,
  id text NOT NULL,
  endpoint text NOT NULL,
  provider text NOT NULL,
  type text NOT NULL,
  body_hash text NOT NULL,
  key_id text NOT NULL,
  ordering_key text,
  occurred_at timestamptz,
  received_at timestamptz NOT NULL,
  trust text NOT NULL,
  headers json NOT NULL,
  body bytea NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  handled_at timestamptz NOT NULL,
  keep_until timestamptz NOT NULL
);
ALTER TABLE handled_deliveries ALTER body SET STORAGE EXTERNAL;
CREATE INDEX handled_deliveries_received ON handled_deliveries (received_at, seq);
CREATE INDEX handled_deliveries_id ON handled_deliveries (id);
CREATE INDEX handled_deliveries_over ON handled_deliveries (keep_until);
CREATE TABLE replays (
  name text PRIMARY KEY,
  until timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  seq bigint NOT NULL DEFAULT 0,
  count bigint NOT NULL DEFAULT 0
);
CREATE FUNCTION take_turn() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(NEW.endpoint || ' ' || NEW.ordering_key, TG_RELID::bigint));
  IF EXISTS (SELECT FROM deliveries WHERE endpoint = NEW.endpoint AND ordering_key = NEW.ordering_key
      AND state IN ('waiting', 'leased', 'delayed') AND seq <> NEW.seq) THEN
    NEW.state := 'blocked';
    NEW.attempt := 0;
    NEW.due_at := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER take_turn BEFORE INSERT ON deliveries FOR EACH ROW
  WHEN (NEW.ordering_key IS NOT NULL AND NEW.state IN ('waiting', 'leased'))
  EXECUTE FUNCTION take_turn();
CREATE TRIGGER take_turn_again BEFORE UPDATE OF state ON deliveries FOR EACH ROW
  WHEN (NEW.ordering_key IS NOT NULL AND OLD.state = 'dead' AND NEW.state = 'waiting')
  EXECUTE FUNCTION take_turn();
CREATE FUNCTION let_next() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(OLD.endpoint || ' ' || OLD.ordering_key, TG_RELID::bigint));
  UPDATE deliveries SET state = 'waiting' WHERE seq = (SELECT min(seq) FROM deliveries
    WHERE endpoint = OLD.endpoint AND ordering_key = OLD.ordering_key AND state = 'blocked');
  RETURN NULL;
END $$;
CREATE TRIGGER let_next AFTER DELETE ON deliveries FOR EACH ROW
  WHEN (OLD.ordering_key IS NOT NULL AND OLD.state IN ('waiting', 'leased', 'delayed')) EXECUTE FUNCTION let_next();
CREATE TRIGGER let_next_of_dead AFTER UPDATE OF state ON deliveries FOR EACH ROW
  WHEN (OLD.ordering_key IS NOT NULL AND OLD.state IN ('waiting', 'leased', 'delayed') AND NEW.state = 'dead')
  EXECUTE FUNCTION let_next();
${view('waiting', "state IN ('waiting', 'blocked')")}
${view('leased', "state = 'leased'", ', due_at AS leased_until')}
${view('delayed', "state = 'delayed'", ", due_at, failures -> -1 ->> 'message' AS message")}
${view('dead', "state = 'dead'", ", reason, failures -> -1 ->> 'message' AS message, ended_at AS died_at")}`,
  },
]

function view(name: string, which: string, more = ''): string {
  return `CREATE VIEW ${name}_deliveries AS SELECT seq, id, endpoint, provider, type, ordering_key, occurred_at, received_at,
  trust, attempt${more}, encode(body, 'escape') AS body_as_text, headers FROM deliveries WHERE ${which};`
}

/** Which version the tables have after all migrations. */
export const newestVersion: number = migrations.length

/**
 * The SQL that makes the tables, or brings them to the newest version, for those whose DBA runs it: one transaction, harmless
 * when repeated.
 * @param schema of the tables. Default `acuse`
 * @throws TypeError when the schema's name needs escapes
 * @example
 * import { migrationSql } from '@acuse/postgres'
 *
 * console.log(migrationSql())
 */
export function migrationSql(schema?: string): string {
  const name = toSchemaName(schema)
  const steps = migrations.map(
    ({ oldest, sql }, at) => `IF version < ${at + 1} THEN${sql}
UPDATE versions SET version = ${at + 1}, oldest = ${oldest};
version := ${at + 1};
END IF;`,
  )
  return `BEGIN;
SELECT pg_advisory_xact_lock(hashtextextended('acuse ${name}', 0));
CREATE SCHEMA IF NOT EXISTS ${name};
SET LOCAL search_path = ${name}, pg_catalog;
CREATE TABLE IF NOT EXISTS versions (version integer NOT NULL, oldest integer NOT NULL);
INSERT INTO versions SELECT 0, 0 WHERE NOT EXISTS (SELECT FROM versions);
DO $migrate$
DECLARE version integer := (SELECT max(versions.version) FROM versions);
BEGIN
${steps.join('\n')}
END $migrate$;
COMMIT;
`
}
