import { describeError, keepAlive, timedOut, withDeadline } from '@acuse/core/inbox-kit'
import { attempt } from './attempt.ts'
import type { OutboxSettings } from './options.ts'
import type { LeasedMessage, OutboxStore, SettledMessage } from './store.ts'

type Store = OutboxStore<never, unknown>

const settleAgainMs = 250
/** How often delivered messages are pruned, in milliseconds. */
const pruneEveryMs = 60_000

/** Delivers what is due, from `start` until `close`. Nothing that the store throws leaves it. */
export class OutboxWorker {
  readonly #store: Store
  readonly #settings: OutboxSettings
  readonly #underWay = new Map<Promise<void>, AbortController>()
  readonly #pauses = new Set<() => void>()
  /** Something happened since the last look. */
  #isWoken = false
  /** Ends with `close`, and rejects never; `undefined`: it is not started. */
  #loop: Promise<void> | undefined
  #isClosed = false
  /** Nothing is written any more: the caller may have closed the database. */
  #isGivenUp = false
  #pruneAt = Number.NEGATIVE_INFINITY

  constructor(store: Store, settings: OutboxSettings) {
    this.#store = store
    this.#settings = settings
  }

  start(): void {
    if (this.#isClosed) throw new Error('The outbox is closed: make another')
    if (this.#loop !== undefined) return
    this.#loop = keepAlive(this.#run())
  }

  /** Looks now for what is due. */
  wake(): void {
    this.#isWoken = true
    for (const goOn of [...this.#pauses]) goOn()
  }

  async onIdle(): Promise<void> {
    const { name, pollMs } = this.#settings
    for (;;) {
      if (this.#isClosed) throw new Error('The outbox was closed before it was idle')
      const isIdle = await this.#ask('look whether it is idle', () => this.#store.isIdle(name))
      if (isIdle && this.#underWay.size === 0) return
      await keepAlive(this.#pause(pollMs))
    }
  }

  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true
    this.wake()
    const { clock } = this.#settings.way
    await keepAlive(withDeadline(Promise.all([this.#loop, ...this.#underWay.keys()]), timeoutMs, clock))
    this.#isGivenUp = true
    for (const abort of this.#underWay.values()) abort.abort()
  }

  async #run(): Promise<void> {
    const { concurrency, pollMs } = this.#settings
    while (!this.#isClosed) {
      this.#isWoken = false
      const isFull = this.#isBusy() || (await this.#leaseSome(concurrency - this.#underWay.size))
      // Where there is no place, the next look is when a request that ends wakes this.
      if (this.#isBusy() || !(isFull || this.#isWoken)) await this.#pause(pollMs)
      await this.#prune()
    }
  }

  /** A look for each free place would be as many looks as messages. */
  #isBusy(): boolean {
    const { concurrency } = this.#settings
    return (concurrency - this.#underWay.size) * 4 < concurrency
  }

  /** Whether as many were due as there is room for. */
  async #leaseSome(limit: number): Promise<boolean> {
    const { name, leaseMs, way } = this.#settings
    const now = way.clock.now()
    const leased = await this.#ask('lease messages', () =>
      this.#store.lease({ outbox: name, now, until: now + leaseMs, limit }),
    )
    if (this.#isClosed) await Promise.all((leased ?? []).map((one) => this.#giveBack(one)))
    else for (const one of leased ?? []) this.#begin(one)
    return leased?.length === limit
  }

  /** It was leased while this was closed: others need not wait for the end of its lease. */
  async #giveBack(message: LeasedMessage): Promise<void> {
    const { attempts, failures } = message
    const dueAt = this.#settings.way.clock.now()
    const untouched = { state: 'waiting', dueAt, endedAt: null, attempts, failures } as const
    await this.#ask('give a message back', () => this.#store.settle(message, untouched))
  }

  #begin(message: LeasedMessage): void {
    const abort = new AbortController()
    const delivering = this.#deliver(message, abort)
      .catch((err) => this.#settings.logger.error({ err }, `${message.type} could not be delivered`))
      .finally(() => {
        this.#underWay.delete(delivering)
        this.wake()
      })
    this.#underWay.set(delivering, abort)
  }

  async #deliver(message: LeasedMessage, abort: AbortController): Promise<void> {
    const { clock } = this.#settings.way
    const until = clock.monotonic() + this.#settings.leaseMs
    const settled = await attempt(this.#settings, message, abort)
    this.#report(message, settled)
    while (!this.#isGivenUp && clock.monotonic() < until) {
      const isWritten = await this.#ask('write down an attempt', () => this.#store.settle(message, settled))
      if (isWritten !== undefined) return
      await this.#pause(settleAgainMs)
    }
  }

  async #prune(): Promise<void> {
    const { name, retentionMs, way } = this.#settings
    if (this.#isClosed || way.clock.monotonic() < this.#pruneAt) return
    const before = way.clock.now() - retentionMs
    const count = await this.#ask('prune delivered messages', () => this.#store.prune(name, before))
    // As many as one call forgets: there may be more.
    if (count !== 1_000) this.#pruneAt = way.clock.monotonic() + pruneEveryMs
  }

  /** The store's answer; `undefined` where it failed, or did not answer before a lease is over. */
  async #ask<T>(what: string, call: () => Promise<T>): Promise<T | undefined> {
    const { logger, name, leaseMs, way } = this.#settings
    try {
      const answer = await withDeadline(call(), leaseMs, way.clock)
      if (answer !== timedOut) return answer
      throw new Error(`the store did not answer within ${leaseMs} ms`)
    } catch (err) {
      // Its caller closed the database, as it may.
      if (!this.#isGivenUp)
        logger.error(
          { outbox: name, err },
          `The outbox ${name} could not ${what}: ${describeError(err).message}`,
        )
      return undefined
    }
  }

  #report({ id, type }: LeasedMessage, { state, attempts, failures }: SettledMessage): void {
    const { logger, name: outbox } = this.#settings
    const { status, message = '' } = failures.at(-1) ?? {}
    const details = { outbox, id, type, attempts, ...(status !== undefined && { status }) }
    const cause = status ?? message
    if (state === 'delivered') logger.debug(details, `${type} was delivered`)
    else if (state === 'waiting')
      logger.warn(details, `${type} was not delivered (${cause}), and is sent again`)
    else logger.error(details, `${type} is a dead letter of the outbox ${outbox} (${cause})`)
  }

  /** Until so much time has passed, or something happened. */
  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const goOn = (): void => {
        cancel()
        this.#pauses.delete(goOn)
        resolve()
      }
      this.#pauses.add(goOn)
      const cancel = this.#settings.way.clock.schedule(delayMs, goOn)
    })
  }
}
