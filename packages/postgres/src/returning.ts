import type { Returned, TakenBack } from '@acuse/core/inbox-kit'
import { withFailure } from '@acuse/core/inbox-kit'
import type { ClientBase } from 'pg'
import { type Leased, toLeased } from './rows.ts'
import type { Statements } from './statements.ts'
import { toStoredJson } from './texts.ts'

/** Writes down a lease that ended without a result. `false`: it is another's by now, and nothing was written. */
export async function giveBack(
  client: ClientBase,
  sql: Statements,
  { seq, token, attempt, failures: before }: Leased,
  returned: Returned,
  now: number,
): Promise<boolean> {
  const { error, crashes } = returned
  const all = error ? withFailure(before, attempt, new Date(now), error) : before
  const failures = toStoredJson(all)
  const { rowCount } =
    returned.status === 'dead'
      ? await client.query(sql.deadLetter, [seq, token, crashes, returned.reason, [], failures])
      : await client.query(sql.giveBack, [
          seq,
          token,
          returned.atOnce ?? null,
          returned.attempt,
          crashes,
          failures,
        ])
  return rowCount === 1
}

/** Takes back those leases that are as they were listed, in one transaction. */
export async function takeBack(
  client: ClientBase,
  sql: Statements,
  ids: readonly string[],
  decide: (leased: Leased) => Returned,
  now: number,
): Promise<TakenBack<Leased>[]> {
  const taken: TakenBack<Leased>[] = []
  await client.query('BEGIN')
  try {
    for (const id of ids) {
      const [seq, token, stamp] = id.split(' ')
      const { rows } = await client.query(sql.stillLate, [seq, token, stamp])
      if (rows.length === 0) continue
      const leased = toLeased(rows[0])
      const returned = decide(leased)
      if (await giveBack(client, sql, leased, returned, now)) taken.push({ leased, returned })
    }
    await client.query('COMMIT')
    return taken
  } catch (error) {
    // Where the connection is lost, so is the transaction.
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
