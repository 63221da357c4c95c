import type { Consumer, HandleResult, UnhandledType } from '@acuse/core'
import { runHandle, settle, timedOut, withDeadline } from '@acuse/core/stores'
import { LeaseKeeper, type Running, type WorkerOptions } from './lease-keeper.ts'
import { type Leased, leaseReady, type Room, returnUnused, settleLease } from './leases.ts'
import { tellSettled } from './signals.ts'

const maxLeases = 64
const settleAgainMs = 200

/** Hands out one provider's deliveries. */
export class Worker implements Consumer {
  readonly #options: WorkerOptions
  readonly #running = new Set<Running>()
  readonly #keeper: LeaseKeeper
  readonly #atRest = new Set<() => void>()
  #state: 'new' | 'started' | 'closing' | 'closed' = 'new'
  #busy = 0
  #leasing = 0
  #isLeasingSuspect = false
  #isPumping = false
  #cancelPoll: (() => void) | undefined
  #pollAt = Number.POSITIVE_INFINITY
  #whenIdle: (() => void) | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#keeper = new LeaseKeeper(options, this.#running)
  }

  unhandled(): readonly UnhandledType[] {
    return []
  }

  start(): void {
    if (this.#state !== 'new') return
    this.#state = 'started'
    this.#keeper.start()
    this.#poll()
  }

  async atRest(): Promise<void> {
    if (this.#isAtRest()) return
    await keepAlive(new Promise<void>((resolve) => this.#atRest.add(resolve)))
  }

  async close({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    if (this.#state === 'closing' || this.#state === 'closed') return
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
    void this.#keeper.reclaim().then(() => this.#pump())
    this.#pump()
    this.#checkRest()
    this.#pollWithin(this.#nextPollMs())
  }

  /** Delayed deliveries are due at their own times, whatever the poll's. */
  #nextPollMs(): number {
    const { writer, consume, settings } = this.#options
    const dueAt = readOr(undefined, () => writer.read((sql) => sql.nextDue.get(consume.endpoint)?.['due_at']))
    if (dueAt == null) return settings.pollMs
    const dueMs = Number(dueAt) - settings.clock.now()
    // What is due already waits for a free place, not for a poll.
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
    const room = { endpoint, limit, forSuspect: this.#hasRoomForSuspect() }
    if (this.#state !== 'started' || limit <= 0 || !this.#isReady(room)) return
    this.#leasing += limit
    this.#isLeasingSuspect ||= room.forSuspect
    writer
      .writeNext((transaction) => leaseReady(transaction, room, settings.clock.now(), settings.leaseMs))
      .then(
        (leased) => {
          this.#leasing -= limit
          if (room.forSuspect) this.#isLeasingSuspect = false
          this.#takeOn(leased)
          this.#pump()
        },
        () => {
          // The next poll tries again.
          this.#leasing -= limit
          if (room.forSuspect) this.#isLeasingSuspect = false
          this.#checkIdle()
        },
      )
  }

  #isReady({ endpoint, forSuspect }: Room): boolean {
    const { writer, settings } = this.#options
    const now = settings.clock.now()
    return readOr(false, () =>
      writer.read((sql) => sql.isReady.get(endpoint, Number(forSuspect), endpoint, now)?.['ready'] === 1),
    )
  }

  #hasRoomForSuspect(): boolean {
    if (this.#isLeasingSuspect) return false
    for (const { isSuspect } of this.#running) if (isSuspect) return false
    return true
  }

  #takeOn(leased: readonly Leased[]): void {
    if (this.#state === 'started') {
      for (const each of leased) void this.#run({ ...each, abort: new AbortController() })
      return
    }
    // close() was first.
    this.#options.writer
      .writeNext((transaction) => leased.forEach((each) => void returnUnused(transaction, each)))
      .catch(() => undefined)
    this.#checkIdle()
  }

  async #run(running: Running): Promise<void> {
    this.#running.add(running)
    this.#busy++
    const result = await this.#handle(running)
    this.#busy--
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

  /** Again and again while the file cannot be written and the lease may be ours: the handlers have run. */
  async #settle(running: Running, result: HandleResult): Promise<void> {
    const { writer, settings, retry, consume } = this.#options
    const { clock, random, retentionMs } = settings
    const settled = settle(result, running.attempt, retry, random)
    while (!running.abort.signal.aborted && !writer.isClosed) {
      try {
        const isOurs = await writer.writeNext((transaction) =>
          settleLease(transaction, running, settled, clock.now(), retentionMs),
        )
        if (isOurs) tellSettled(consume.observer, running, settled)
        if (settled.status === 'retry') this.#pollWithin(settled.delayMs)
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, settleAgainMs))
      }
    }
  }

  #isIdle(): boolean {
    return this.#running.size === 0 && this.#leasing === 0
  }

  #checkIdle(): void {
    if (this.#whenIdle && this.#isIdle()) this.#whenIdle()
  }

  #isAtRest(): boolean {
    const { writer, consume } = this.#options
    const { endpoint } = consume
    return (
      this.#isIdle() &&
      readOr(false, () => writer.read((sql) => sql.isLive.get(endpoint, endpoint, endpoint)?.['live'] === 0))
    )
  }

  #checkRest(): void {
    if (this.#atRest.size > 0 && this.#isAtRest()) this.#rest()
  }

  #rest(): void {
    for (const resolve of this.#atRest) resolve()
    this.#atRest.clear()
  }
}

/** Polls keep no process alive; a promise that somebody waits for does. */
async function keepAlive<T>(promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 60_000)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}

/** While the file is opened anew there is nothing to read; the next poll sees. */
function readOr<T>(fallback: T, read: () => T): T {
  try {
    return read()
  } catch {
    return fallback
  }
}
