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
  InboxHealth,
  InboxHealthOptions,
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
import { type Accepted, acceptDelivery, keepCopy, keepStale } from './accept.ts'
import { backUp } from './backup.ts'
import { openAtStart, openConnection } from './connection.ts'
import { SqliteDeadLetters } from './dead-letters.ts'
import { SqliteDeliveries } from './deliveries.ts'
import type { OpenDatabase } from './driver.ts'
import { SqliteEventLog } from './event-log.ts'
import { diskProblems } from './health.ts'
import { SqliteLeaseSource } from './lease-source.ts'
import type { Leased } from './leases.ts'
import type { SqliteSettings } from './options.ts'
import type { SqliteInbox as Contract } from './sqlite-inbox.ts'
import { readStats } from './stats.ts'
import { Sweeper } from './sweeper.ts'
import { type Transactions, toTransactions } from './transactions.ts'
import { Writer } from './writer.ts'

const closeTimeoutMs = 10_000
const highWaterFrom = 0.8

/** What is known of a consumer. */
interface Consuming {
  readonly worker: Worker<Leased>
  readonly options: ConsumeOptions
  readonly arrivals: Arrivals<Leased>
}

/** An accept that is durable. */
interface Written extends Accepted {
  readonly isKept: boolean
  readonly live: number
}

/** The inbox in one file. */
export class SqliteInbox implements Contract {
  readonly durability = 'durable'
  readonly ordered = true
  readonly retentionMs: number
  readonly location: string
  readonly deadLetters: DeadLetters
  readonly deliveries: Deliveries
  readonly #settings: SqliteSettings
  readonly #writer: Writer
  readonly #transactions: Transactions | undefined
  readonly #log: EventLog
  readonly #sweeper: Sweeper
  readonly #consumers = new Map<string, Consuming>()
  #closing: Promise<void> | undefined
  #isAboveHighWater = false

  constructor(path: string, settings: SqliteSettings, open: OpenDatabase) {
    this.#settings = settings
    this.retentionMs = settings.retentionMs
    const connection = openAtStart(open, path)
    this.location = connection.guard.location
    try {
      this.#transactions = toTransactions(settings, this.location)
    } catch (error) {
      connection.close()
      throw error
    }
    this.#writer = new Writer(connection, {
      path,
      reopen: (isChecked) => openConnection(open, path, { isBusyAllowed: false, isChecked }),
      clock: settings.clock,
      maxWalBytes: settings.maxWalBytes,
    })
    const wake = (endpoint: string) => this.#wake(endpoint)
    this.deadLetters = new SqliteDeadLetters(this.#writer, settings, wake)
    this.deliveries = new SqliteDeliveries(this.#writer, settings)
    this.#log = createEventLog(new SqliteEventLog(this.#writer, settings, wake), settings.clock)
    this.#sweeper = new Sweeper(this.#writer, settings)
  }

  async accept(delivery: Delivery, options: AcceptOptions): Promise<AcceptResult> {
    if (this.#closing !== undefined) throw new Error('The inbox is closed')
    const arrival = this.#consumers.get(delivery.endpoint)?.arrivals.begin(delivery.type)
    try {
      const { result, leased, isKept, live } = await this.#write(delivery, options, arrival?.isPlaced)
      if (isKept) this.#tellDead(delivery, 'conflict', conflictError(options.conflictMessage), options)
      this.#watchHighWater(delivery, live, options)
      if (leased) arrival?.fill(leased)
      else this.#wake(delivery.endpoint)
      return result
    } finally {
      arrival?.end()
    }
  }

  #write(
    delivery: Delivery,
    { minRetentionMs, keepsConflict = true, conflictMessage }: AcceptOptions,
    isPlaced = false,
  ): Promise<Written> {
    const { leaseMs, maxDeliveries } = this.#settings
    return this.#writer.write((transaction) => {
      // Now: a lease that began before the lock was had may be over.
      const keeping = { ...this.#keeping(minRetentionMs), leaseMs: isPlaced ? leaseMs : undefined }
      const most = this.#writer.isFull ? 0 : maxDeliveries
      const accepted = acceptDelivery(transaction, delivery, keeping, most)
      const isKept =
        accepted.result === 'conflict' &&
        keepsConflict &&
        keepCopy(transaction, delivery, 'conflict', conflictError(conflictMessage), keeping)
      return { ...accepted, isKept, live: transaction.live }
    })
  }

  async deadLetter(delivery: Delivery, reason: 'stale'): Promise<void> {
    if (this.#closing !== undefined) throw new Error('The inbox is closed')
    const keeping = this.#keeping(0)
    const isKept = await this.#writer.write((transaction) =>
      keepStale(transaction, delivery, staleError(), keeping),
    )
    if (isKept) this.#tellDead(delivery, reason, staleError())
  }

  consume(handle: Handle, options: ConsumeOptions): Consumer {
    const { endpoint } = options
    if (this.#closing !== undefined) throw new Error('The inbox is closed')
    if (this.#consumers.has(endpoint)) {
      throw new TypeError(`'${endpoint}' is consumed already: give each receiver an endpoint of its own`)
    }
    const { clock, random } = this.#settings
    const worker = createWorker(
      new SqliteLeaseSource({
        writer: this.#writer,
        settings: this.#settings,
        transactions: this.#transactions,
        endpoint,
        maxDelayMs: toRetryPolicy(options.retry).maxDelayMs,
      }),
      { ...options, handle, clock, random, onClosed: () => void this.#consumers.delete(endpoint) },
    )
    this.#consumers.set(endpoint, { worker, options, arrivals: new Arrivals(worker) })
    return worker
  }

  async stats(): Promise<InboxStats> {
    const now = this.#settings.clock.now()
    return this.#writer.read((sql) => readStats(sql, now))
  }

  async checkHealth({ minFreeBytes }: InboxHealthOptions): Promise<InboxHealth> {
    const { oldestAgeMs } = await this.stats()
    return { oldestAgeMs, problems: await diskProblems(this.location, minFreeBytes) }
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

  async backup(path: string): Promise<void> {
    // Throws when the file cannot be used.
    this.#writer.read(() => undefined)
    await backUp(this.location, path)
  }

  async close({ timeoutMs = closeTimeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    checkTimeoutMs(timeoutMs)
    this.#closing ??= this.#close(timeoutMs)
    return this.#closing
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#sweeper.stop()
    await Promise.all([...this.#consumers.values()].map(({ worker }) => worker.close({ timeoutMs })))
    await this.#writer.close()
  }

  #keeping(minRetentionMs: number): { now: number; keepUntil: number } {
    const now = this.#settings.clock.now()
    return { now, keepUntil: now + Math.max(minRetentionMs, this.retentionMs) }
  }

  #wake(endpoint: string): void {
    this.#consumers.get(endpoint)?.worker.wake()
  }

  /** Where another process works, the receiver that accepts is told. */
  #observerOf({ endpoint }: Delivery, accepting?: AcceptOptions): Observer | undefined {
    return this.#consumers.get(endpoint)?.options.observer ?? accepting?.observer
  }

  #tellDead(delivery: Delivery, reason: 'conflict' | 'stale', error: Error, accepting?: AcceptOptions): void {
    const observer = this.#observerOf(delivery, accepting)
    if (observer) tellSettled(observer, { delivery, attempt: 0 }, { status: 'dead', reason, error })
  }

  #watchHighWater(delivery: Delivery, live: number, accepting: AcceptOptions): void {
    const { provider } = delivery
    const used = live / this.#settings.maxDeliveries
    const observer = this.#observerOf(delivery, accepting)
    if (used >= highWaterFrom && !this.#isAboveHighWater && observer) {
      tell(observer, { type: 'high-water-mark', provider, resource: 'deliveries', used })
    }
    this.#isAboveHighWater = used >= highWaterFrom
  }
}

function conflictError(message = 'Another body was accepted under this idempotency key'): Error {
  return new Error(message)
}

function staleError(): Error {
  return new Error('The time that the provider signed is outside the window')
}
