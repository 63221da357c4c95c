import type { DeadLetters, Delivery, InboxStats, Observer } from '@acuse/core'
import type {
  AcceptOptions,
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Deliveries,
  EventLog,
  EventLogFilter,
  Handle,
  Imported,
  Replayed,
  ReplayOptions,
  Worker,
} from '@acuse/core/inbox-kit'
import {
  Arrivals,
  checkTimeoutMs,
  createEventLog,
  createWorker,
  tell,
  tellSettled,
  toRetryPolicy,
} from '@acuse/core/inbox-kit'
import { type Accepted, Accepts, type Keeping } from './accepts.ts'
import { PostgresDeadLetters } from './dead-letters.ts'
import { PostgresDeliveries } from './deliveries.ts'
import type { Driver } from './driver.ts'
import { keepMsOf, PostgresEventLog } from './event-log.ts'
import type { PostgresInbox } from './inbox-type.ts'
import { PostgresLeaseSource } from './lease-source.ts'
import { toListStatements } from './list-statements.ts'
import { Listener } from './listener.ts'
import type { PostgresSettings } from './options.ts'
import { Room } from './room.ts'
import type { Leased } from './rows.ts'
import { Seats } from './seats.ts'
import { Settlements } from './settlements.ts'
import { type Statements, toStatements } from './statements.ts'
import { toStats } from './stats.ts'
import { Sweeper } from './sweeper.ts'
import { Tables } from './tables.ts'

const closeTimeoutMs = 10_000
const highWaterFrom = 0.8
/** For accepts, the worker and its ear. */
const spareConnections = 4

/** What is known of a consumer. */
interface Consuming {
  readonly worker: Worker<Leased>
  readonly options: ConsumeOptions
  readonly arrivals: Arrivals<Leased>
}

/** The inbox in a database. */
export class OpenedInbox implements PostgresInbox {
  readonly durability = 'durable'
  readonly ordered = true
  readonly schema: string
  readonly retentionMs: number
  readonly deadLetters: DeadLetters
  readonly deliveries: Deliveries
  readonly #settings: PostgresSettings
  readonly #driver: Driver
  readonly #sql: Statements
  readonly #tables: Tables
  readonly #accepts: Accepts
  readonly #settlements: Settlements
  readonly #log: EventLog
  readonly #seats: Seats
  readonly #sweeper: Sweeper
  readonly #listener: Listener
  readonly #consumers = new Map<string, Consuming>()
  #closing: Promise<void> | undefined
  #isAboveHighWater = false

  constructor(driver: Driver, settings: PostgresSettings) {
    const { schema, retentionMs, maxDeliveries, clock } = settings
    const sql = toStatements(schema)
    const room = new Room({ driver, sql, clock, maxDeliveries })
    const wake = (endpoint: string) => this.#wake(endpoint)
    this.schema = schema
    this.retentionMs = retentionMs
    this.#settings = settings
    this.#driver = driver
    this.#sql = sql
    this.#tables = new Tables({ driver, sql, schema, clock })
    this.#accepts = new Accepts({ driver, sql, room, maxDeliveries })
    this.#settlements = new Settlements({ driver, sql, bodiesForMs: settings.bodiesForMs })
    this.#seats = new Seats(Math.max(1, driver.size - spareConnections))
    this.#sweeper = new Sweeper(driver, sql, settings)
    this.#listener = new Listener({ driver, sql, settings, onReady: wake })
    const checked = this.#tables.checked()
    const isClosed = () => this.#closing !== undefined
    this.deadLetters = new PostgresDeadLetters({ driver: checked, sql, settings, room, onRedriven: wake })
    this.deliveries = new PostgresDeliveries({ driver: checked, sql: toListStatements(schema) })
    const log = new PostgresEventLog({ driver: checked, sql, settings, room, isClosed, onReplayed: wake })
    this.#log = createEventLog(log, clock)
  }

  migrate(): Promise<void> {
    return this.#tables.migrate()
  }

  async accept(delivery: Delivery, options: AcceptOptions): Promise<AcceptResult> {
    await this.#checkOpen()
    const { minRetentionMs, keepsConflict = true, conflictMessage } = options
    const keepMs = Math.max(minRetentionMs, keepMsOf(this.#settings))
    const arrival = this.#consumers.get(delivery.endpoint)?.arrivals.begin(delivery.type)
    try {
      const leaseMs = arrival?.isPlaced ? this.#settings.leaseMs : undefined
      const accepted = await this.#accepts.accept(delivery, { keepMs, leaseMs })
      const { result, leased } = accepted
      if (result === 'conflict' && keepsConflict)
        await this.#keepDead(delivery, {
          keepMs,
          dead: { reason: 'conflict', error: conflictError(conflictMessage) },
          observer: options.observer,
        })
      this.#watchHighWater(delivery, accepted, options)
      if (leased) arrival?.fill(leased)
      else if (result === 'accepted') this.#announce(delivery.endpoint)
      return result
    } finally {
      arrival?.end()
    }
  }

  async deadLetter(delivery: Delivery, reason: 'stale'): Promise<void> {
    await this.#checkOpen()
    const known = await this.#driver.query(this.#sql.hashes, [[delivery.id]])
    if (known.length > 0) return
    await this.#keepDead(delivery, { keepMs: this.retentionMs, dead: { reason, error: staleError() } })
  }

  consume(handle: Handle, options: ConsumeOptions): Consumer {
    const { endpoint } = options
    if (this.#closing !== undefined) throw new Error('The inbox is closed')
    if (this.#consumers.has(endpoint))
      throw new TypeError(`'${endpoint}' is consumed already: give each receiver an endpoint of its own`)
    const { clock, random } = this.#settings
    const source = new PostgresLeaseSource({
      driver: this.#driver,
      sql: this.#sql,
      settings: this.#settings,
      settlements: this.#settlements,
      seats: this.#seats,
      check: () => this.#tables.check(),
      endpoint,
      maxDelayMs: toRetryPolicy(options.retry).maxDelayMs,
    })
    const onClosed = () => void this.#consumers.delete(endpoint)
    const worker = createWorker(source, { ...options, handle, clock, random, onClosed })
    this.#consumers.set(endpoint, { worker, options, arrivals: new Arrivals(worker) })
    this.#listener.start()
    this.#sweeper.start()
    return worker
  }

  async stats(): Promise<InboxStats> {
    await this.#tables.check()
    return toStats(await this.#driver.query(this.#sql.stats))
  }

  replay(filter: EventLogFilter, options?: ReplayOptions): Promise<Replayed> {
    return this.#log.replay(filter, options)
  }

  export(filter?: EventLogFilter): AsyncIterable<string> {
    return this.#log.export(filter)
  }

  import(lines: Parameters<EventLog['import']>[0]): Promise<Imported> {
    return this.#log.import(lines)
  }

  async close({ timeoutMs = closeTimeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    checkTimeoutMs(timeoutMs)
    this.#closing ??= this.#close(timeoutMs)
    return this.#closing
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#sweeper.stop()
    this.#listener.stop()
    await Promise.all([...this.#consumers.values()].map(({ worker }) => worker.close({ timeoutMs })))
    await this.#accepts.onIdle()
    this.#driver.close()
  }

  async #checkOpen(): Promise<void> {
    if (this.#closing !== undefined) throw new Error('The inbox is closed')
    await this.#tables.check()
  }

  /** Kept once. */
  async #keepDead(
    delivery: Delivery,
    { observer: accepting, ...keeping }: Keeping & Required<Pick<Keeping, 'dead'>> & Told,
  ): Promise<void> {
    const { result } = await this.#accepts.accept(delivery, keeping)
    const observer = this.#observerOf(delivery, accepting)
    if (result === 'accepted' && observer)
      tellSettled(observer, { delivery, attempt: 0 }, { status: 'dead', ...keeping.dead })
  }

  #announce(endpoint: string): void {
    this.#wake(endpoint)
    this.#listener.say(endpoint)
  }

  #wake(endpoint: string): void {
    this.#consumers.get(endpoint)?.worker.wake()
  }

  /** Where another process works, the receiver that accepts is told. */
  #observerOf({ endpoint }: Delivery, accepting: Observer | undefined): Observer | undefined {
    return this.#consumers.get(endpoint)?.options.observer ?? accepting
  }

  #watchHighWater(delivery: Delivery, { live }: Accepted, accepting: Told): void {
    const { provider } = delivery
    const used = live / this.#settings.maxDeliveries
    const observer = this.#observerOf(delivery, accepting.observer)
    if (used >= highWaterFrom && !this.#isAboveHighWater && observer)
      tell(observer, { type: 'high-water-mark', provider, resource: 'deliveries', used })
    this.#isAboveHighWater = used >= highWaterFrom
  }
}

type Told = Pick<AcceptOptions, 'observer'>

function conflictError(message = 'Another body was accepted under this idempotency key'): Error {
  return new Error(message)
}

function staleError(): Error {
  return new Error('The time that the provider signed is outside the window')
}
