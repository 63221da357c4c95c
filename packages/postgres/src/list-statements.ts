import { columns, ms } from './rows.ts'

const shown = `CASE WHEN state = 'blocked' OR state = 'delayed' AND due_at <= now() THEN 'waiting' ELSE state END`
const listed = 'seq, id, endpoint, provider, type, ordering_key, received_at, attempt'
const given = (parameter: string, column: string) => `(${parameter} IS NULL OR ${column} = ${parameter})`

/** The indexes by which those of a state are found, each with its order, so that no plan reads more. A delayed one that is due waits. */
const indexes: readonly { readonly states: string; readonly which: string; readonly order: string }[] = [
  { states: "'waiting'", which: "state = 'waiting' AND at_once IS NULL", order: 'endpoint, type, seq' },
  {
    states: "'waiting'",
    which: "state = 'waiting' AND at_once IS NOT NULL",
    order: 'endpoint, at_once DESC, seq',
  },
  { states: "'waiting'", which: "state = 'blocked'", order: 'endpoint, ordering_key, seq' },
  { states: "'leased'", which: "state = 'leased'", order: 'endpoint, due_at' },
  { states: "'waiting', 'delayed'", which: "state = 'delayed'", order: 'endpoint, due_at' },
]

/** The statements that look at deliveries in every state. */
export type ListStatements = { readonly [Name in 'listNext' | 'listFew' | 'stored' | 'handled']: string }

export function toListStatements(schema: string): ListStatements {
  const deliveries = `${schema}.deliveries`
  const log = `${schema}.handled_deliveries`
  const live = `${listed}, due_at, NULL::timestamptz AS handled_at, ${shown} AS shown FROM ${deliveries}`
  const next = `SELECT ${live} WHERE ($1::text IS NULL OR $1 <> 'handled') AND seq < $8::bigint ORDER BY seq DESC LIMIT $9::int`
  const few = indexes.map(
    ({ states, which, order }) =>
      `(SELECT ${live} WHERE ($1::text IS NULL OR $1 IN (${states})) AND ${which} ORDER BY ${order} LIMIT $9::int)`,
  )
  return {
    listNext: page(next, 'min(seq)'),
    listFew: page(few.join(' UNION ALL '), 'NULL::bigint'),
    stored: `SELECT ${columns}, ${ms('due_at')}, ${shown} AS shown FROM ${deliveries} WHERE id = $1`,
    handled: `SELECT seq::text, id, endpoint, provider, type, body_hash, key_id, ordering_key, ${ms('occurred_at')},
        ${ms('received_at')}, trust, headers::text, body, attempt, ${ms('handled_at')}, 'handled' AS shown
      FROM ${log} WHERE id = $1 ORDER BY seq DESC LIMIT 1`,
  }

  /**
   * A row for each that matches, one at the least, with `floor`: down to where it looked, null where it looked at all. `$1` to
   * `$7`: the filter, `$8`: behind which number, `$9`: how many to look at, `$10`: how many to answer.
   */
  function page(looked: string, floor: string): string {
    return `WITH live AS MATERIALIZED (${looked}),
      kept AS MATERIALIZED (SELECT ${listed}, NULL::timestamptz AS due_at, handled_at, 'handled' AS shown FROM ${log}
        WHERE ($1::text IS NULL OR $1 = 'handled') AND seq < $8::bigint ORDER BY seq DESC LIMIT $9::int),
      floors AS MATERIALIZED (SELECT greatest((SELECT CASE WHEN count(*) = $9::int THEN ${floor} END FROM live),
        (SELECT CASE WHEN count(*) = $9::int THEN min(seq) END FROM kept)) AS floor, (SELECT count(*) FROM live) AS looked),
      found AS (SELECT * FROM (SELECT * FROM (SELECT * FROM live UNION ALL SELECT * FROM kept) AS each
          WHERE seq < $8::bigint AND seq >= coalesce((SELECT floor FROM floors), 0)
          AND shown <> 'dead' AND ${given('$1::text', 'shown')} AND ${given('$2::text', 'endpoint')}
          AND ${given('$3::text', 'provider')} AND ${given('$4::text', 'type')} AND ${given('$5::text', 'ordering_key')}
          AND received_at >= coalesce(to_timestamp($6::float8 / 1000), '-infinity')
          AND received_at < coalesce(to_timestamp($7::float8 / 1000), 'infinity') ORDER BY seq DESC OFFSET 0) AS each
        WHERE handled_at IS NULL OR (SELECT one.seq FROM ${deliveries} AS one WHERE one.id = each.id) IS NULL LIMIT $10::int)
      SELECT floors.floor::text, floors.looked::int, found.seq::text, id, endpoint, provider, type, ordering_key, ${ms('received_at')},
        attempt, ${ms('due_at')}, ${ms('handled_at')}, shown FROM floors LEFT JOIN found ON true ORDER BY found.seq DESC`
  }
}
