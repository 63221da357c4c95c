import type { DeadLetters, Delivery, Inbox, InboxStats, Observer } from '@acuse/core'
import type {
  AcceptOptions,
  AcceptResult,
  ConsumeOptions,
  Consumer,
  Deliveries,
  Handle,
} from '@acuse/core/inbox-kit'
import { checkTimeoutMs, readThrown, TypeCounts, tellSettled } from '@acuse/core/inbox-kit'
import { Connection, refusal } from './lib/connection.ts'
import { toPlace } from './lib/connection-options.ts'
import { BullmqConsumer } from './lib/consumer.ts'
import { BullmqDeadLetters } from './lib/dead-letters.ts'
import { BullmqDeliveries } from './lib/deliveries.ts'
import { mayInfo, whatMayBeLost } from './lib/durability.ts'
import { ProviderQueue } from './lib/provider-queue.ts'
import { createWarnings, type ServerWarnings } from './lib/warnings.ts'
import { type BullmqInboxOptions, type BullmqSettings, toSettings } from './options.ts'

/** The distributed inbox. */
export interface BullmqInbox extends Inbox {
  /** Events of one key are not handled in order: BullMQ has no such queues. */
  readonly ordered: false
  /** The server, database, prefix and name that other inboxes may share; no credentials. */
  readonly location: string
  /**
   * Its deliveries that are not dead, to be looked at: 10 000 of each endpoint and state at the most, of those that wait the
   * newest; `stats()` counts all.
   */
  readonly deliveries: Deliveries
  accept(delivery: Delivery, options: AcceptOptions): Promise<AcceptResult>
  deadLetter(delivery: Delivery, reason: 'stale'): Promise<void>
  /**
   * Settings that this Redis lacks in order to lose nothing that was acknowledged, a sentence for each; empty when none.
   * Requirements to work at all come first: without them nothing is accepted. Asked at each connection, too, with a
   * process warning for each.
   */
  check(): Promise<readonly string[]>
}

/**
 * An inbox in Redis, handed out by BullMQ: for more than one machine.
 * @example
 * const inbox = bullmqInbox({ connection: process.env.REDIS_URL })
 * @throws TypeError when an option is unknown or cannot be used
 */
export function bullmqInbox(options: BullmqInboxOptions): BullmqInbox {
  return new BullmqInboxImpl(options)
}

const closeTimeoutMs = 10_000
const anotherBody = 'Another body was accepted under this idempotency key'

class BullmqInboxImpl implements BullmqInbox {
  readonly durability = 'durable'
  readonly ordered = false
  readonly location: string
  readonly retentionMs: number
  readonly deadLetters: DeadLetters
  readonly deliveries: Deliveries
  readonly #settings: BullmqSettings
  readonly #connection: Connection
  readonly #warnings: ServerWarnings
  readonly #queues = new Map<string, ProviderQueue>()
  readonly #consumers = new Map<string, Consumer & Partial<Pick<BullmqConsumer, 'deadLettered'>>>()
  readonly #registered = new Set<string>()
  #closed: Promise<void> | undefined

  constructor(options: BullmqInboxOptions) {
    const settings = toSettings(options)
    const { redis, name, prefix, role, replicas, timeoutMs, retentionMs, maxDeliveries, clock } = settings
    this.#settings = settings
    this.retentionMs = retentionMs
    const base = `${prefix}:${name}`
    this.location = `${toPlace(redis)} ${base}`
    const waits = role !== 'accept'
    this.#warnings = createWarnings(clock, settings.onError)
    const onRefused = this.#warnings.refused
    this.#connection = new Connection({ options: redis, timeoutMs, clock, base, waits, replicas, onRefused })
    const { client } = this.#connection
    client.on('ready', () => {
      this.#registered.clear() // It may be another Redis, that took over.
      this.#warnOfSettings()
    })
    this.deliveries = new BullmqDeliveries({ client, queues: () => this.#allQueues() })
    this.deadLetters = new BullmqDeadLetters({
      client,
      clock,
      maxDeliveries,
      queues: () => this.#allQueues(),
    })
  }

  async accept(
    delivery: Delivery,
    { minRetentionMs, keepsConflict = true, conflictMessage = anotherBody, observer }: AcceptOptions,
  ): Promise<AcceptResult> {
    const queue = this.#queueToFill(delivery.endpoint)
    const ttlMs = Math.ceil(Math.max(this.retentionMs, minRetentionMs))
    return this.#connection.write(queue.base, async () => {
      try {
        const result = await queue.accept(delivery, ttlMs, this.#settings.maxDeliveries)
        if (result === 'conflict' && keepsConflict)
          await this.#deadLetter(queue, delivery, 'conflict', conflictMessage, observer)
        return result
      } catch (error) {
        if (isOutOfMemory(error)) return 'full'
        throw error
      }
    })
  }

  async deadLetter(delivery: Delivery, reason: 'stale'): Promise<void> {
    const queue = this.#queueToFill(delivery.endpoint)
    await this.#connection.write(queue.base, () =>
      this.#deadLetter(queue, delivery, reason, 'It was stale when it arrived'),
    )
  }

  consume(handle: Handle, options: ConsumeOptions): Consumer {
    const { endpoint } = options
    if (this.#consumers.has(endpoint)) {
      throw new TypeError(`'${endpoint}' is consumed already: give each receiver an endpoint of its own`)
    }
    const onClosed = () => void this.#consumers.delete(endpoint)
    const consumer =
      this.#settings.role === 'accept'
        ? { start() {}, onIdle: async () => {}, unhandled: () => [], close: async () => onClosed() }
        : new BullmqConsumer(handle, options, {
            ...this.#settings,
            queue: this.#queue(endpoint),
            check: () => this.#checkServer(endpoint),
            onClosed,
            ask: (call) => this.#connection.ask(call),
          })
    this.#consumers.set(endpoint, consumer)
    return consumer
  }

  async stats(): Promise<InboxStats> {
    const stats = { waiting: 0, leased: 0, delayed: 0, dead: 0, oldestAgeMs: 0 }
    const types = new TypeCounts()
    for (const queue of await this.#allQueues()) {
      const [counts, oldestAt] = await Promise.all([queue.counts(), queue.oldestAt()])
      await queue.countTypes(types)
      stats.waiting += counts.waiting
      stats.leased += counts.leased
      stats.delayed += counts.delayed
      stats.dead += counts.dead
      stats.oldestAgeMs = Math.max(stats.oldestAgeMs, Date.now() - oldestAt)
    }
    return { ...stats, types: types.types() }
  }

  async check(): Promise<readonly string[]> {
    const { redis, replicas, prefix, name } = this.#settings
    const known = [...this.#queues.values()].map(({ base }) => base)
    const queues = known.length > 0 ? known : [`${prefix}:${name}`]
    const missing = (await Promise.all(queues.map((queue) => this.#connection.missing(queue)))).flat()
    const bySentinel = redis.sentinels !== undefined
    const lost = await whatMayBeLost(this.#connection.client, { replicas, bySentinel })
    return [...new Set([...missing, ...lost])]
  }

  close({ timeoutMs = closeTimeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    checkTimeoutMs(timeoutMs)
    this.#closed ??= this.#close(timeoutMs)
    return this.#closed
  }

  async #close(timeoutMs: number): Promise<void> {
    await Promise.all([...this.#consumers.values()].map((consumer) => consumer.close({ timeoutMs })))
    await this.#connection.close()
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()))
  }

  async #deadLetter(
    queue: ProviderQueue,
    delivery: Delivery,
    reason: 'conflict' | 'stale',
    message: string,
    accepting?: Observer,
  ): Promise<void> {
    const { retentionMs: ttlMs, maxDeliveries: maxDead } = this.#settings
    const changed = await queue.deadLetter(delivery, { reason, message, ttlMs, maxDead })
    if (changed === 'full') this.#warnings.notKept(delivery, maxDead)
    if (changed !== 'changed') return
    const error = new Error(message)
    const consumer = this.#consumers.get(delivery.endpoint)
    if (consumer?.deadLettered) consumer.deadLettered(delivery, reason, error)
    // Where another process works, the receiver that accepts is told.
    else if (accepting) tellSettled(accepting, { delivery, attempt: 0 }, { status: 'dead', reason, error })
  }

  #queueToFill(endpoint: string): ProviderQueue {
    if (this.#closed !== undefined) throw new Error('The inbox is closed')
    if (this.#settings.role === 'work') {
      throw new Error("This inbox has role 'work' and accepts nothing: receive with role 'accept' or 'both'")
    }
    return this.#queue(endpoint)
  }

  #queue(endpoint: string): ProviderQueue {
    let queue = this.#queues.get(endpoint)
    if (!queue) {
      const { name, prefix } = this.#settings
      queue = new ProviderQueue(this.#connection.client, name, endpoint, prefix)
      this.#queues.set(endpoint, queue)
    }
    this.#register(endpoint)
    return queue
  }

  /** Resolves when a worker can begin: whether Redis tells it the version. */
  async #checkServer(endpoint: string): Promise<{ readonly mayInfo: boolean }> {
    const missing = await this.#connection.missing(this.#queue(endpoint).base)
    if (missing.length > 0) throw refusal(missing)
    return { mayInfo: await mayInfo(this.#connection.client) }
  }

  get #endpointsKey(): string {
    return `${this.#settings.prefix}:${this.#settings.name}:endpoints`
  }

  /** So that another process finds the queue; until it is written, with every call. */
  #register(endpoint: string): void {
    if (this.#registered.has(endpoint)) return
    this.#registered.add(endpoint)
    this.#connection
      .ask(() => this.#connection.client.sadd(this.#endpointsKey, endpoint))
      .catch(() => this.#registered.delete(endpoint))
  }

  async #allQueues(): Promise<ProviderQueue[]> {
    const known = await this.#connection.ask(() => this.#connection.client.smembers(this.#endpointsKey))
    return [...new Set([...known, ...this.#queues.keys()])].sort().map((endpoint) => this.#queue(endpoint))
  }

  #warnOfSettings(): void {
    // It only fails when the connection does, which accept() reports.
    this.check().then(this.#warnings.mayLose, () => {})
  }
}

/** Redis is full, evicts nothing, and ran no part of the script. */
function isOutOfMemory(error: unknown): boolean {
  const message = readThrown(error, 'message')
  return typeof message === 'string' && message.includes('OOM command not allowed')
}
