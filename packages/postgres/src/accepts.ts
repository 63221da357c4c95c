import type { Delivery } from '@acuse/core'
import { type AcceptResult, withFailure } from '@acuse/core/inbox-kit'
import type { Driver, Row } from './driver.ts'
import { codeOf } from './errors.ts'
import type { Room } from './room.ts'
import type { Leased } from './rows.ts'
import type { Statements } from './statements.ts'
import { toStored, toStoredJson } from './texts.ts'

const maxRows = 128
const maxBytes = 8 * 1024 * 1024
/** So many are on their way while the next is gathered: many deliveries are one commit, and none waits for a timer. */
const maxUnderWay = 4

/** How a delivery is kept. */
export interface Keeping {
  /** How long its idempotency key is remembered, in milliseconds from now. */
  readonly keepMs: number
  /** How long it is leased to this process from the first, where it has a place at the worker. */
  readonly leaseMs?: number | undefined
  /** As a dead copy, which claims no idempotency key but its own. */
  readonly dead?: { readonly reason: 'conflict' | 'stale'; readonly error: Error }
}

/** The result of an accept, the lease of what was leased with it, and how many are not yet handled. */
export interface Accepted {
  readonly result: AcceptResult
  readonly leased?: Leased | undefined
  readonly live: number
}

interface Waiting {
  readonly delivery: Delivery
  readonly keeping: Keeping
  readonly id: string
  readonly resolve: (accepted: Accepted) => void
  readonly reject: (error: unknown) => void
}

/** Dependencies of {@link Accepts}. */
export interface AcceptsSetup {
  readonly driver: Pick<Driver, 'query' | 'queryPrepared'>
  readonly sql: Statements
  readonly room: Room
  readonly maxDeliveries: number
}

/** Accepts deliveries, those that come together in one statement, which is one commit. */
export class Accepts {
  readonly #setup: AcceptsSetup
  #waiting: Waiting[] = []
  #underWay = 0
  #last: Promise<void> = Promise.resolve()

  constructor(setup: AcceptsSetup) {
    this.#setup = setup
  }

  accept(delivery: Delivery, keeping: Keeping): Promise<Accepted> {
    const id = keeping.dead ? `${delivery.id}.${delivery.bodyHash}` : delivery.id
    return new Promise((resolve, reject) => {
      this.#waiting.push({ delivery, keeping, id, resolve, reject })
      this.#pump()
    })
  }

  /** Resolves when none is on its way. */
  async onIdle(): Promise<void> {
    while (this.#underWay + this.#waiting.length > 0) await this.#last
  }

  #pump(): void {
    while (this.#underWay < maxUnderWay && this.#waiting.length > 0) {
      this.#underWay++
      this.#last = this.#send(this.#take()).finally(() => {
        this.#underWay--
        this.#pump()
      })
    }
  }

  /** Those that came first, no two of one id: the second is told what became of the first. */
  #take(): Waiting[] {
    const batch: Waiting[] = []
    const ids = new Set<string>()
    const left: Waiting[] = []
    let bytes = 0
    for (const one of this.#waiting) {
      bytes += one.delivery.body.byteLength
      const isFirst = batch.length === 0
      const hasRoom = batch.length < maxRows && bytes <= maxBytes && left.length === 0
      if (!isFirst && (!hasRoom || ids.has(one.id))) left.push(one)
      else {
        ids.add(one.id)
        batch.push(one)
      }
    }
    this.#waiting = left
    return batch
  }

  /** Never rejects. */
  async #send(batch: readonly Waiting[]): Promise<void> {
    try {
      const accepted = await this.#write(batch)
      for (const [at, one] of batch.entries()) one.resolve(accepted[at] as Accepted)
    } catch (error) {
      // Where Postgres answers, it may be one of them that cannot be written, or a deadlock with another process.
      if (codeOf(error) !== undefined && batch.length > 1) for (const one of batch) await this.#send([one])
      else this.#fail(batch, error)
    }
  }

  /** Where Postgres is away, who waits behind would only be told later. */
  #fail(batch: readonly Waiting[], error: unknown): void {
    const behind = codeOf(error) === undefined ? this.#waiting : []
    if (behind.length > 0) this.#waiting = []
    for (const { reject } of [...batch, ...behind]) reject(error)
  }

  async #write(batch: readonly Waiting[]): Promise<Accepted[]> {
    const { room, maxDeliveries } = this.#setup
    const live = await room.live()
    let free = maxDeliveries - live
    const sent = batch.map((one) => one.keeping.dead !== undefined || free-- > 0)
    const given = batch.filter((_, at) => sent[at])
    const [first] = given
    const rows = first === undefined ? [] : await this.#insert(first, given)
    const written = new Map(rows.map((row) => [given[Number(row['at'])], row]))
    room.add(rows.filter((row) => row['state'] !== 'dead').length)
    const hashes = await this.#hashes(batch.filter((one) => !written.has(one)))
    return batch.map((one, at) => {
      const row = written.get(one)
      if (row) return { result: 'accepted', leased: toLease(one, row), live: live + 1 }
      const hash = hashes.get(one.id)
      // Sent, and neither new nor known: another process has it, and has not committed it.
      if (hash === undefined) return { result: sent[at] ? 'in-flight' : 'full', live }
      return { result: hash === one.delivery.bodyHash ? 'duplicate' : 'conflict', live }
    })
  }

  #insert(first: Waiting, given: readonly Waiting[]): Promise<readonly Row[]> {
    const { driver, sql } = this.#setup
    if (given.length > 1) return driver.queryPrepared(sql.accept, toParameters(given.map(toRecord)))
    return driver.queryPrepared(sql.acceptOne, toValues(first))
  }

  /** Those that had a key already; by a statement of its own, which sees what was committed while the first one ran. */
  async #hashes(unknown: readonly Waiting[]): Promise<Map<unknown, unknown>> {
    if (unknown.length === 0) return new Map()
    const { driver, sql } = this.#setup
    const rows = await driver.queryPrepared(sql.hashes, [unknown.map(({ id }) => id)])
    return new Map(rows.map((row) => [row['id'], row['body_hash']]))
  }
}

function toLease({ delivery }: Waiting, row: Row): Leased | undefined {
  if (row['state'] !== 'leased') return undefined
  const lease = { seq: String(row['seq']), token: String(row['token']) }
  return { ...lease, attempt: 1, crashes: 0, delivery, completed: [], failures: [] }
}

/** Rows as JSON, and their bodies, one behind the other. */
export function toParameters(
  given: readonly { readonly body: Uint8Array; readonly row: object }[],
): [rows: string, bodies: Buffer] {
  let from = 0
  const rows = given.map(({ body, row }, at) => {
    const placed = { at, from, ...row }
    from += body.byteLength
    return placed
  })
  return [JSON.stringify(rows), Buffer.concat(given.map(({ body }) => body))]
}

function toRecord({ delivery, keeping, id }: Waiting) {
  return { body: delivery.body, row: { id, ...toRow(delivery, keeping) } }
}

function toValues({ delivery, keeping, id }: Waiting): unknown[] {
  const row = toRow(delivery, keeping)
  return [
    id,
    row.bodyHash,
    row.keepMs,
    row.copyOf,
    row.endpoint,
    row.provider,
    row.type,
    row.keyId,
    row.orderingKey,
    row.occurredAt,
    row.receivedAt,
    row.trust,
    JSON.stringify(row.headers),
    delivery.body,
    row.reason,
    row.leaseMs,
    row.token,
    row.failures && JSON.stringify(row.failures),
  ]
}

/** Tokens begin at random, so that a lease in one database is never taken for one in another. */
function toRow(delivery: Delivery, { keepMs, leaseMs, dead }: Keeping) {
  return {
    ...toDeliveryRow(delivery),
    copyOf: dead ? delivery.id : null,
    keepMs,
    leaseMs: leaseMs ?? null,
    token: Math.floor(Math.random() * 1e12),
    reason: dead?.reason ?? null,
    failures: dead ? JSON.parse(toStoredJson(withFailure([], 0, new Date(), dead.error))) : null,
  }
}

/** A column of a delivery, beside its id and its body. */
type DeliveryColumn =
  | 'endpoint'
  | 'provider'
  | 'type'
  | 'bodyHash'
  | 'keyId'
  | 'orderingKey'
  | 'occurredAt'
  | 'receivedAt'
  | 'trust'
  | 'headers'
  | 'length'

/** A value of a row as JSON. */
type RowValue = string | number | null | object

/** What a row says of a delivery, beside its id and its body. */
export function toDeliveryRow(delivery: Delivery): Readonly<Record<DeliveryColumn, RowValue>> {
  return {
    endpoint: toStored(delivery.endpoint),
    provider: toStored(delivery.provider),
    type: toStored(delivery.type),
    bodyHash: delivery.bodyHash,
    keyId: toStored(delivery.keyId),
    orderingKey: delivery.orderingKey === undefined ? null : toStored(delivery.orderingKey),
    occurredAt: delivery.occurredAt?.getTime() ?? null,
    receivedAt: delivery.receivedAt.getTime(),
    trust: delivery.trust ?? 'signed',
    headers: JSON.parse(toStoredJson(delivery.headers)),
    length: delivery.body.byteLength,
  }
}
