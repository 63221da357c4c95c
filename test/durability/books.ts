import { setTimeout as sleep } from 'node:timers/promises'
import { type Ledger, openLedger } from 'example-shared'
import { ask } from '../support/postgres.ts'
import { type Row, soft } from '../support/report.ts'
import { none, told } from './campaign.ts'
import { until } from './deliveries.ts'
import type { HandledLog } from './handled-log.ts'

/** Where handlers book documents, as a campaign reads it. */
export interface Books {
  /** How often each document was booked. */
  timesBooked(): Promise<Map<string, number>>
}

/** Nothing keeps a document from being booked twice: no unique constraint, no id of an event. */
export const makeBooks = 'CREATE TABLE IF NOT EXISTS entries (document text NOT NULL)'

const emptyMs = 120_000
const askMs = 60_000

/** The example's ledger, which books by the event's id. */
export function ledgerBooks(path: string): Books {
  const ledger: Ledger = openLedger(path)
  return { timesBooked: async () => ledger.timesBooked() }
}

/** Those in the inbox's own Postgres. */
export function postgresBooks(url: string): Books {
  return {
    async timesBooked() {
      const rows = await askAgain(
        url,
        'SELECT document, count(*)::int AS times FROM entries GROUP BY document',
      )
      return new Map(rows.map(({ document, times }) => [String(document), Number(times)]))
    },
  }
}

/** Documents that are not booked exactly once, of those acknowledged and of all that are booked. */
export function bookedOtherwise(
  acknowledged: ReadonlySet<string>,
  booked: ReadonlyMap<string, number>,
): number {
  const all = new Set([...acknowledged, ...booked.keys()])
  return [...all].filter((document) => booked.get(document) !== 1).length
}

/** Nothing is left in the inbox, and all that ran, ran to one effect. */
export async function effectRows(url: string, log: HandledLog): Promise<readonly Row[]> {
  const count = async (where: string) =>
    Number(
      (await askAgain(url, `SELECT count(*)::int AS count FROM acuse.deliveries WHERE ${where}`))[0]?.[
        'count'
      ],
    )
  await until(async () => (await count("state <> 'dead'")) === 0, emptyMs)
  const booked = await postgresBooks(url).timesBooked()
  log.read()
  const unbooked = [...log.runs.keys()].filter((document) => booked.get(document) !== 1).length
  const runs = [...log.runs.values()].reduce((sum, times) => sum + times, 0)
  const undone = runs - booked.size
  return [
    told('effects', booked.size),
    none('events whose handler ran, and whose effects are not 1', unbooked),
    {
      figure: 'runs whose effect was rolled back, and made again',
      value: String(undone),
      goal: soft('> 0', undone > 0),
    },
    none('left in the inbox', await count("state <> 'dead'")),
    none('dead letters', await count("state = 'dead'")),
  ]
}

/** A server that has just come back may have no connection to give yet. */
async function askAgain(url: string, sql: string): ReturnType<typeof ask> {
  for (const deadline = performance.now() + askMs; ; await sleep(500)) {
    try {
      return await ask(url, sql)
    } catch (error) {
      console.error(`asked again: ${error}`)
      if (performance.now() > deadline) throw error
    }
  }
}
