import type { Consumer, HandleResult, UnhandledType } from '@acuse/core/inbox-kit'
import { checkTimeoutMs, keepAlive, runHandle, settle, timedOut, withDeadline } from '@acuse/core/inbox-kit'
import { Allotment } from './allotment.ts'
import { LeaseKeeper, type Running, type WorkerOptions } from './lease-keeper.ts'
import { type Leased, leaseReady, returnUnused, writeApart } from './leases.ts'
import { tellSettled } from './observations.ts'
import { settleAtLast } from './settling.ts'
import type { Statements } from './statements.ts'
import { findUnhandled, isAnyLive, type Types, toTypes } from './types.ts'

const maxLeases = 64

/** Hands out one provider's deliveries. */
export class Worker implements Consumer {
  readonly #options: WorkerOptions
  readonly #running = new Set<Running>()
  readonly #keeper: LeaseKeeper
  readonly #allotment: Allotment
  readonly #onIdle = new Set<() => void>()
  #state: 'new' | 'started' | 'closing' | 'closed' = 'new'
  #closing: Promise<void> | undefined
  #busy = 0
  #leasing = 0
  #isPumping = false
  #cancelPoll: (() => void) | undefined
  #pollAt = Number.POSITIVE_INFINITY
  #whenIdle: (() => void) | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#keeper = new LeaseKeeper(options, this.#running, () => this.#pumpSoon())
    this.#allotment = new Allotment(options.settings)
  }

  unhandled(): readonly UnhandledType[] {
    return this.#read((sql) => findUnhandled(sql, this.#options.consume.endpoint, this.#types), [])
  }

  start(): void {
    if (this.#state === 'new') {
      this.#state = 'started'
      this.#keeper.start()
    }
    this.#poll()
  }

  async onIdle(): Promise<void> {
    if (this.#state === 'closed' || this.#isAllHandled()) return
    await keepAlive(new Promise<void>((resolve) => this.#onIdle.add(resolve)))
  }

  async close({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    checkTimeoutMs(timeoutMs)
    this.#closing ??= this.#close(timeoutMs)
    return this.#closing
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#state = 'closing'
    this.#cancelPoll?.()
    if (!this.#isIdle()) {
      const idle = new Promise<void>((resolve) => {
        this.#whenIdle = resolve
      })
      const ended = await keepAlive(withDeadline(idle, timeoutMs, this.#options.settings.clock))
      if (ended === timedOut) await this.#keeper.giveBackAll()
    }
    this.#state = 'closed'
    this.#keeper.stop()
    this.#rest()
    this.#options.onClosed()
  }

  /** Something may be ready. */
  wake(): void {
    this.#pumpSoon()
  }

  #poll(): void {
    this.#pollAt = Number.POSITIVE_INFINITY
    if (this.#state !== 'started') return
    void this.#keeper.reclaim()
    this.#pump()
    this.#checkRest()
    this.#pollWithin(this.#nextPollMs())
  }

  /** Delayed deliveries are due at their own times, whatever the poll's. */
  #nextPollMs(): number {
    const { consume, settings } = this.#options
    const dueAt = this.#read((sql) => sql.nextDue.get(consume.endpoint)?.['due_at'], undefined)
    if (dueAt == null) return settings.pollMs
    const dueMs = Number(dueAt) - settings.clock.now()
    // A delivery that is already due waits for a free place, not for a poll.
    return dueMs <= 0 ? settings.pollMs : Math.min(settings.pollMs, dueMs)
  }

  #pollWithin(delayMs: number): void {
    const { clock } = this.#options.settings
    const at = clock.monotonic() + delayMs
    if (this.#state !== 'started' || at >= this.#pollAt) return
    this.#cancelPoll?.()
    this.#pollAt = at
    this.#cancelPoll = clock.schedule(delayMs, () => this.#poll())
  }

  /** Once for all that finish in this turn: one lease for all their places. */
  #pumpSoon(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    process.nextTick(() => {
      this.#isPumping = false
      this.#pump()
    })
  }

  #pump(): void {
    const { writer, consume, settings } = this.#options
    const { endpoint, concurrency } = consume
    const limit = Math.min(concurrency - this.#busy - this.#leasing, maxLeases)
    if (this.#state !== 'started' || limit <= 0) return
    const isIdle = this.#busy + this.#leasing === 0
    const wanted = { endpoint, types: this.#types, limit }
    const room = this.#read((sql) => this.#allotment.roomFor(sql, wanted, isIdle), undefined)
    if (!room) return
    this.#leasing += limit
    this.#allotment.leasing(room)
    const ended = () => {
      this.#leasing -= limit
      this.#allotment.leased(room)
    }
    writer
      .writeNext((transaction) => leaseReady(transaction, room, settings.clock.now(), settings.leaseMs))
      .then(
        (leased) => {
          ended()
          this.#takeOn(leased)
          this.#pump()
        },
        () => {
          // The next poll tries again.
          ended()
          this.#checkIdle()
        },
      )
  }

  get #types(): Types {
    return toTypes(this.#options.consume.handles())
  }

  /** While the file is opened anew there is nothing to read; the next poll sees. */
  #read<T>(work: (sql: Statements) => T, fallback: T): T {
    try {
      return this.#options.writer.read(work)
    } catch {
      return fallback
    }
  }

  #takeOn(leased: readonly Leased[]): void {
    if (this.#state === 'started') {
      for (const each of leased) void this.#run({ ...each, abort: new AbortController() })
      return
    }
    // close() was first.
    this.#options.writer
      .writeNext((transaction) =>
        leased.forEach((each) => void writeApart(() => returnUnused(transaction, each))),
      )
      .catch(() => undefined)
    this.#checkIdle()
  }

  async #run(running: Running): Promise<void> {
    this.#running.add(running)
    this.#busy++
    this.#allotment.begins(running)
    const result = await this.#handle(running)
    this.#busy--
    this.#allotment.ends(running)
    // In one transaction: what this one came to, and the lease of the next.
    const settled = this.#settle(running, result)
    this.#pumpSoon()
    await settled
    this.#running.delete(running)
    this.#pumpSoon()
    this.#checkIdle()
    this.#checkRest()
  }

  #handle({ delivery, attempt, completed, abort }: Running): Promise<HandleResult> {
    return runHandle(this.#options.handle, delivery, { attempt, completed, signal: abort.signal })
  }

  async #settle(running: Running, result: HandleResult): Promise<void> {
    const { settings, retry, consume } = this.#options
    const wanted = settle(result, running.attempt - running.crashes, retry, settings.random)
    const settled = await settleAtLast(this.#options, running, wanted)
    if (settled) tellSettled(consume.observer, running, settled)
    if (settled?.status === 'retry') this.#pollWithin(settled.delayMs)
  }

  #isIdle(): boolean {
    return this.#running.size === 0 && this.#leasing === 0
  }

  #checkIdle(): void {
    if (this.#whenIdle && this.#isIdle()) this.#whenIdle()
  }

  #isAllHandled(): boolean {
    const { endpoint } = this.#options.consume
    return this.#isIdle() && !this.#read((sql) => isAnyLive(sql, endpoint, this.#types), true)
  }

  #checkRest(): void {
    if (this.#onIdle.size > 0 && this.#isAllHandled()) this.#rest()
  }

  #rest(): void {
    for (const resolve of this.#onIdle) resolve()
    this.#onIdle.clear()
  }
}
