import type { Clock } from '@acuse/core'
import { createCircuitBreaker, timedOut, withDeadline } from '@acuse/core/inbox-kit'
import type { Pool, PoolClient } from 'pg'
import { codeOf } from './errors.ts'
import { GivenUp } from './given-up.ts'
import type { PostgresSettings } from './options.ts'
import { Prepared } from './prepared.ts'

/** A row of an answer. */
export type Row = Readonly<Record<string, unknown>>

/** The pool, as the inbox uses it: each call has a deadline, and none waits for a database that is known to be away. */
export interface Driver {
  /** The rows of a statement, which is a transaction of its own. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** The same of one that is run for each delivery: each connection plans it once, where it can. */
  queryPrepared(text: string, values: readonly unknown[]): Promise<readonly Row[]>
  /** Runs several statements on one client of the pool. */
  withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
  /** A client of the pool, whose end is its taker's. */
  take(): Promise<PoolClient>
  /**
   * Ends a client that was taken, whose statements may not have ended: what is done with it from now on fails. Resolves when its
   * connection is given back.
   */
  giveUp(client: PoolClient): Promise<void>
  /** How many connections the pool may have. */
  readonly size: number
  /** Whether a call would be refused now. */
  readonly isAway: boolean
  /** Looks no longer for a database that is away. */
  close(): void
}

const failuresToOpen = 3
const probeMs = 500
// A standby or a server that goes down: the next connection may reach another one.
const leaveCodes = new Set(['25006', '57P01', '57P02', '57P03', '08006', '08003'])

/** @throws TypeError when it is no pool */
export function toDriver(pool: Pool, { timeoutMs, clock, preparedStatements }: PostgresSettings): Driver {
  if (typeof pool?.connect !== 'function' || typeof pool.on !== 'function')
    throw new TypeError('postgresInbox takes a Pool of pg: postgresInbox(new Pool({ connectionString }))')
  // A pool without a listener ends the process when an idle connection is lost, also after the inbox is closed.
  if (!pool.listeners('error').includes(ignore)) pool.on('error', ignore)
  const breaker = createCircuitBreaker({
    name: 'Postgres',
    timeoutMs: timeoutMs + 100,
    failures: failuresToOpen,
    probeMs,
    clock,
  })
  const look = (ids: readonly number[]) => asAnswer(answered(connection, (client) => findAtWork(client, ids)))
  // One connection stays for a look, and one for the listener.
  const givenUp = new GivenUp({ most: Math.max(1, pool.options.max - 2), clock, findAtWork: look })
  // Their takers see to it that they are few; what they wait for says nothing of the inbox's own tables.
  const taken = new GivenUp({ most: Number.POSITIVE_INFINITY, clock, findAtWork: look })
  const connection: Connection = { pool, timeoutMs, clock, giveUp: (client) => void givenUp.add(client) }
  const prepared = new Prepared(preparedStatements)
  let isClosed = false
  const withClient = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    if (isClosed) throw new Error('The inbox is closed')
    return asAnswer(
      breaker.run(
        () => {
          if (givenUp.isFull)
            throw new Error(
              'Postgres is still at statements that got no answer in time: a table is locked, or a standby is away',
            )
          return answered(connection, work)
        },
        () => answered(connection, ping),
      ),
    )
  }
  return {
    withClient,
    async query(text, values = []) {
      return withClient(async (client) => (await client.query(text, [...values])).rows)
    },
    async queryPrepared(text, values) {
      return withClient(async (client) => (await prepared.query(client, text, values)).rows)
    },
    take: () => connect(connection),
    giveUp: (client) => taken.add(client),
    size: pool.options.max,
    get isAway() {
      return breaker.isOpen
    },
    close() {
      isClosed = true
      breaker.close()
      givenUp.close()
      taken.close()
    },
  }
}

interface Connection {
  readonly pool: Pool
  readonly timeoutMs: number
  readonly clock: Clock
  readonly giveUp: (client: PoolClient) => void
}

/** The database answered: with a value, or with an error that says nothing of its health. */
type Answer<T> = { readonly value: T } | { readonly refused: unknown }

async function asAnswer<T>(answer: Promise<Answer<T>>): Promise<T> {
  const answered = await answer
  if ('refused' in answered) throw answered.refused
  return answered.value
}

async function answered<T>(
  connection: Connection,
  work: (client: PoolClient) => Promise<T>,
): Promise<Answer<T>> {
  const client = await connect(connection)
  const value = await settledWithin(work(client), connection)
  if (value === timedOut) {
    connection.giveUp(client)
    throw new Error(`Postgres did not answer within ${connection.timeoutMs} ms`)
  }
  const code = 'refused' in value ? codeOf(value.refused) : ''
  const isKept = code !== undefined && !leaveCodes.has(code)
  client.release(!isKept)
  if ('refused' in value && !isKept) throw value.refused
  return value
}

function settledWithin<T>(
  work: Promise<T>,
  { timeoutMs, clock }: Connection,
): Promise<Answer<T> | typeof timedOut> {
  const settled = work.then(
    (value): Answer<T> => ({ value }),
    (refused: unknown): Answer<T> => ({ refused }),
  )
  return withDeadline(settled, timeoutMs, clock)
}

/** A pool may wait for ever for a connection, and one that comes too late goes back. */
async function connect({ pool, timeoutMs, clock }: Connection): Promise<PoolClient> {
  const connecting = connectHeard(pool)
  const client = await withDeadline(connecting, timeoutMs, clock)
  if (client !== timedOut) return client
  connecting.then((late) => late.release(), ignore)
  throw new Error(`The pool gave no connection to Postgres within ${timeoutMs} ms`)
}

/**
 * Its errors have a listener from the first, and for good: one that is lost in the tick in which the pool hands it over, or after
 * it was thrown away, would end the process. The pool hears of them beside.
 */
function connectHeard(pool: Pool): Promise<PoolClient> {
  return new Promise((resolve, reject) => {
    pool.connect((error, client) => {
      if (!client) return reject(error)
      if (!client.listeners('error').includes(ignore)) client.on('error', ignore)
      resolve(client)
    })
  })
}

async function findAtWork(client: PoolClient, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await client.query(
    "SELECT pid FROM pg_stat_activity WHERE pid = ANY($1::int[]) AND coalesce(state, 'active') = 'active'",
    [ids],
  )
  return new Set(rows.map(({ pid }) => Number(pid)))
}

async function ping(client: PoolClient): Promise<void> {
  const { rows } = await client.query('SELECT pg_is_in_recovery() AS standby')
  if (rows[0]?.standby === true) throw new Error('Postgres is a standby, which takes no writes')
}

function ignore(): void {}
