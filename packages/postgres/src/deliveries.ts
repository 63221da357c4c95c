import type {
  CheckedDeliveryQuery,
  Deliveries,
  DeliveryPage,
  DeliveryQuery,
  DeliverySummary,
  StoredDelivery,
} from '@acuse/core/inbox-kit'
import { checkDeliveryQuery, lookFurther, notACursor, storedStates } from '@acuse/core/inbox-kit'
import type { Driver, Row } from './driver.ts'
import type { ListStatements } from './list-statements.ts'
import { toCompleted, toDate, toDelivery, toFailures, toText } from './rows.ts'
import { toStored } from './texts.ts'

/** The most rows of a table that a page looks at, and of each index by state. */
const mostLookedAt = 10_000
const highest = '9223372036854775807'

/** Dependencies of {@link PostgresDeliveries}. */
export interface DeliveriesSetup {
  /** Refuses where the tables cannot be worked with. */
  readonly driver: Pick<Driver, 'query'>
  readonly sql: ListStatements
  /** The most rows that a page looks at. Default 10 000. */
  readonly most?: number
}

/** The deliveries of the tables that are not dead, by their number, the highest first. */
export class PostgresDeliveries implements Deliveries {
  readonly #driver: Pick<Driver, 'query'>
  readonly #sql: ListStatements
  readonly #most: number

  constructor({ driver, sql, most = mostLookedAt }: DeliveriesSetup) {
    this.#driver = driver
    this.#sql = sql
    this.#most = most
  }

  async list(query: DeliveryQuery = {}): Promise<DeliveryPage> {
    const checked = checkDeliveryQuery(query)
    return lookFurther(checked.after, (after) => this.#page(checked, toSeq(after)))
  }

  async #page(checked: CheckedDeliveryQuery, after: string): Promise<DeliveryPage> {
    const { limit, filter } = checked
    const next = await this.#read(this.#sql.listNext, checked, after, this.#most)
    if (next.found.length > limit || next.floor === undefined || filter.state === 'handled')
      return toPage(next, limit)
    // Few match of the next: where few are live, those alone are looked at.
    const few = await this.#read(this.#sql.listFew, checked, after, this.#most + 1)
    return toPage(few.looked > this.#most ? next : few, limit)
  }

  async get(id: string): Promise<StoredDelivery | undefined> {
    const [live] = await this.#driver.query(this.#sql.stored, [toStored(id)])
    if (live?.['shown'] === 'dead') return undefined
    if (live)
      return {
        ...toSummary(live),
        delivery: toDelivery(live),
        failures: toFailures(live),
        completed: toCompleted(live),
      }
    const [handled] = await this.#driver.query(this.#sql.handled, [toStored(id)])
    return handled && { ...toSummary(handled), delivery: toDelivery(handled), failures: [], completed: [] }
  }

  async #read(
    text: string,
    { filter, limit }: CheckedDeliveryQuery,
    after: string,
    most: number,
  ): Promise<Found> {
    const { state, endpoint, provider, type, orderingKey, receivedFrom, receivedBefore } = filter
    const rows = await this.#driver.query(text, [
      state ?? null,
      ...[endpoint, provider, type, orderingKey].map((each) => (each === undefined ? null : toStored(each))),
      receivedFrom?.getTime() ?? null,
      receivedBefore?.getTime() ?? null,
      after,
      most,
      limit + 1,
    ])
    const floor = rows[0]?.['floor']
    return {
      found: rows.filter((row) => row['seq'] !== null),
      floor: floor == null ? undefined : String(floor),
      looked: Number(rows[0]?.['looked']),
    }
  }
}

interface Found {
  readonly found: readonly Row[]
  /** Down to where it looked; `undefined`: at all. */
  readonly floor: string | undefined
  /** How many live and dead ones it looked at. */
  readonly looked: number
}

function toPage({ found, floor }: Found, limit: number): DeliveryPage {
  const page = found.slice(0, limit)
  return {
    deliveries: page.map(toSummary),
    next: found.length > limit ? String(page.at(-1)?.['seq']) : floor,
  }
}

function toSummary(row: Row): DeliverySummary {
  const state = storedStates.find((each) => each === row['shown']) ?? 'waiting'
  return {
    id: toText(row, 'id'),
    endpoint: toText(row, 'endpoint'),
    provider: toText(row, 'provider'),
    type: toText(row, 'type'),
    orderingKey: row['ordering_key'] == null ? undefined : toText(row, 'ordering_key'),
    state,
    attempt: Number(row['attempt']),
    receivedAt: toDate(row['received_at']),
    ...(state === 'delayed' && { nextAttemptAt: toDate(row['due_at']) }),
    ...(state === 'handled' && { handledAt: toDate(row['handled_at']) }),
  }
}

function toSeq(cursor: string | undefined): string {
  if (cursor === undefined) return highest
  if (!/^\d{1,18}$/.test(cursor)) throw notACursor()
  return cursor
}
