import type { Delivery } from '@acuse/core'
import type { EventLogFilter, EventLogStore, LogPage, ReplayStep } from '@acuse/core/inbox-kit'
import { toDeliveryRow, toParameters } from './accepts.ts'
import type { Driver } from './driver.ts'
import type { PostgresSettings } from './options.ts'
import type { Room } from './room.ts'
import { toDelivery } from './rows.ts'
import type { Statements } from './statements.ts'
import { fromStored, toStored } from './texts.ts'

const replayedUpTo = 0.8
const timeToHandleMs = 3_600_000

/** In order of receipt. */
interface Place {
  readonly stamp: string
  readonly seq: string
}

/** Dependencies of {@link PostgresEventLog}. */
export interface EventLogSetup {
  readonly driver: Pick<Driver, 'query'>
  readonly sql: Statements
  readonly settings: PostgresSettings
  readonly room: Room
  readonly isClosed: () => boolean
  /** Told whose deliveries wait again. */
  readonly onReplayed: (endpoint: string) => void
}

/** The event log of the tables. */
export class PostgresEventLog implements EventLogStore<Place> {
  readonly isRetaining: boolean
  readonly #setup: EventLogSetup

  constructor(setup: EventLogSetup) {
    this.isRetaining = setup.settings.bodiesForMs !== undefined
    this.#setup = setup
  }

  get isClosed(): boolean {
    return this.#setup.isClosed()
  }

  async isEmpty(): Promise<boolean> {
    const { driver, sql } = this.#setup
    const [row] = await driver.query(sql.isAnyRetained)
    return row?.['is_any'] !== true
  }

  async begin(name: string, { since, until }: EventLogFilter, isAnew: boolean): Promise<void> {
    const { driver, sql } = this.#setup
    if (isAnew) await driver.query(sql.forgetReplay, [toStored(name)])
    await driver.query(sql.beginReplay, [toStored(name), until?.getTime() ?? null, since?.getTime() ?? null])
  }

  async next(name: string, filter: EventLogFilter, limit: number): Promise<ReplayStep> {
    const { driver, sql, settings, room, onReplayed } = this.#setup
    const most = Math.ceil(settings.maxDeliveries * replayedUpTo)
    const fit = Math.max(0, Math.min(limit, most - (await room.live())))
    const values = [toStored(name), ...toValues(filter), fit, keepMsOf(settings)]
    const [row] = await driver.query(sql.replay, values)
    const replayed = Number(row?.['replayed'])
    room.add(Number(row?.['moved']))
    const endpoints: readonly string[] = JSON.parse(String(row?.['endpoints'] ?? '[]'))
    for (const endpoint of endpoints) onReplayed(fromStored(endpoint))
    if (Number(row?.['read']) === limit) return { replayed }
    if (Number(row?.['read']) === fit && fit < limit) return { replayed, ends: 'full' }
    await driver.query(sql.forgetReplay, [toStored(name)])
    return { replayed, ends: 'over' }
  }

  async read(filter: EventLogFilter, after: Place | undefined, limit: number): Promise<LogPage<Place>> {
    const { driver, sql } = this.#setup
    const times = [filter.until?.getTime() ?? null, after?.stamp ?? null, filter.since?.getTime() ?? null]
    const rows = await driver.query(sql.retained, [...toValues(filter), ...times, after?.seq ?? null, limit])
    const last = rows.at(-1)
    return {
      deliveries: rows.map(toDelivery),
      last: last && { stamp: String(last['stamp']), seq: String(last['seq']) },
    }
  }

  async add(deliveries: readonly Delivery[]): Promise<number> {
    const { driver, sql, settings } = this.#setup
    const records = toParameters(
      deliveries.map((delivery) => ({
        body: delivery.body,
        row: { id: toStored(delivery.id), ...toDeliveryRow(delivery) },
      })),
    )
    const added = await driver.query(sql.addRetained, [...records, keepMsOf(settings), settings.bodiesForMs])
    return added.length
  }
}

/**
 * How long an idempotency key is remembered from now: a body is never kept longer. With some time to be handled in, so that the
 * key need not be written again then.
 */
export function keepMsOf({ retentionMs, bodiesForMs }: PostgresSettings): number {
  return bodiesForMs === undefined ? retentionMs : Math.max(retentionMs, bodiesForMs + timeToHandleMs)
}

function toValues({ endpoint, provider, type }: EventLogFilter): (string | null)[] {
  return [endpoint, provider, type].map((text) => (text === undefined ? null : toStored(text)))
}
