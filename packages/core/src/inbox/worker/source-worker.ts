import { timedOut, withDeadline } from '../../lib/deadline.ts'
import { keepAlive } from '../../lib/keep-alive.ts'
import { checkTimeoutMs, isPromiseLike } from '../../lib/options.ts'
import { Waiters } from '../../lib/waiters.ts'
import type { Awaitable } from '../../model/awaitable.ts'
import { isHandled } from '../handled-types.ts'
import type { UnhandledType } from '../inbox.ts'
import { type RetryPolicy, toRetryPolicy } from '../retry-policy.ts'
import { runHandle } from '../run-handle.ts'
import { type Settled, settle } from '../settle.ts'
import { Allotment } from './allotment.ts'
import { isIdleNow } from './is-idle-now.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import type { LeasedDelivery, LeaseSource } from './lease-source.ts'
import { Leasing } from './leasing.ts'
import { tellReturned, tellSettled } from './observations.ts'
import { type Place, Places } from './places.ts'
import { Polls } from './polls.ts'
import { giveBack, toReturned, toUnused } from './returning.ts'
import { Running } from './running.ts'
import { settleAtLast } from './settle-at-last.ts'
import { Turns } from './turns.ts'
import type { Worker, WorkerOptions } from './worker.ts'

const maxLeases = 64
const leaseAgainMs = 1_000

/** The worker behind `createWorker`. */
export class SourceWorker<Leased extends LeasedDelivery> implements Worker<Leased> {
  readonly #source: LeaseSource<Leased>
  readonly #options: WorkerOptions
  readonly #retry: RetryPolicy
  readonly #running = new Set<Running<Leased>>()
  readonly #turns: Turns
  readonly #places: Places<Leased>
  readonly #leases: Leasing<Leased>
  readonly #keeper: LeaseKeeper<Leased> | undefined
  readonly #allotment: Allotment | undefined
  readonly #polls: Polls | undefined
  readonly #rest = new Waiters()
  readonly #quiet = new Waiters()
  #state: 'new' | 'started' | 'closing' | 'closed' = 'new'
  #closing: Promise<void> | undefined
  #busy = 0
  #leasing = 0
  /** Whether leases were asked for while a request was under way, which may have been answered without them. */
  #isMissed = false

  constructor(source: LeaseSource<Leased>, options: WorkerOptions) {
    const { clock, observer } = options
    const { shared } = source
    this.#source = source
    this.#options = options
    this.#allotment = shared && new Allotment(clock, shared.leaseMs)
    this.#retry = toRetryPolicy(options.retry)
    this.#turns = new Turns(clock, () => this.#pump())
    this.#places = new Places(this.#turns)
    this.#leases = new Leasing({ source, allotment: this.#allotment, places: this.#places })
    if (!shared) return
    this.#keeper = new LeaseKeeper({
      shared,
      running: this.#running,
      retry: this.#retry,
      handles: options.handles,
      observer,
      clock,
      onReady: () => this.#turns.soon(),
    })
    this.#polls = new Polls(shared, clock, () => this.#poll())
  }

  unhandled(): Awaitable<readonly UnhandledType[]> {
    return this.#source.unhandled(this.#options.handles())
  }

  silentMs(): number | undefined {
    return this.#polls?.silentMs
  }

  start(): void {
    if (this.#state === 'new') {
      this.#state = 'started'
      this.#keeper?.start()
    }
    if (this.#state !== 'started') return
    if (this.#polls) this.#polls.now()
    // Only for what waits: a runtime may forbid timers while its modules load.
    else if (isIdleNow(this.#source, this.#options.handles()) !== true) this.#turns.later()
  }

  wake(): void {
    this.#places.somethingCame()
    if (this.#keeper) this.#turns.soon()
    else if (this.#state === 'started') this.#turns.later()
  }

  reserve(type: string): Place<Leased> | undefined {
    const isNext = this.#places.isNothingWaiting && this.#free > 0 && !this.#allotment?.isHeld
    if (!isNext || this.#state !== 'started' || !isHandled(this.#options.handles(), type)) return undefined
    return this.#places.keep()
  }

  async onIdle(): Promise<void> {
    if (this.#state === 'closed') return
    const resting = keepAlive(this.#rest.wait())
    this.#checkRest()
    await resting
  }

  async close({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    checkTimeoutMs(timeoutMs)
    this.#closing ??= this.#close(timeoutMs)
    return this.#closing
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#state = 'closing'
    this.#polls?.stop()
    if (!this.#isQuiet) {
      const ended = await keepAlive(withDeadline(this.#quiet.wait(), timeoutMs, this.#options.clock))
      if (ended === timedOut) await this.#giveBackAll()
    }
    this.#state = 'closed'
    this.#keeper?.stop()
    this.#rest.release()
    this.#options.onClosed?.()
  }

  /** Running deliveries are not waited for: others may have them. */
  async #giveBackAll(): Promise<void> {
    const left = [...this.#running]
    this.#running.clear()
    const error = new Error('It was not finished when the inbox was closed')
    for (const running of left) running.giveUp(error)
    const ending = { error, retry: this.#retry, together: undefined }
    const returned = left.map(({ leased }) => ({ leased, returned: toReturned(leased, ending) }))
    const written = await giveBack(this.#source, returned)
    for (const [at, one] of returned.entries())
      if (written[at]) tellReturned(this.#options.observer, one.leased, one.returned, error)
  }

  #poll(): void {
    void this.#keeper?.reclaim()
    this.#pump()
  }

  #pump(): void {
    this.#isMissed = true
    this.#takeOn(this.#places.takeFilled())
    for (;;) {
      const limit = Math.min(this.#free, maxLeases)
      if (this.#state !== 'started' || limit <= 0) break
      const isIdle = this.#busy + this.#leasing + this.#places.kept === 0
      const leased = this.#leases.next(this.#options.handles(), limit, isIdle)
      if (isPromiseLike(leased)) {
        void this.#takeOnLater(leased, limit)
        break
      }
      if (!leased || leased.length === 0) break
      this.#takeOn(leased)
    }
    this.#checkRest()
  }

  async #takeOnLater(leasing: PromiseLike<readonly Leased[] | undefined>, limit: number): Promise<void> {
    this.#leasing += limit
    this.#isMissed = false
    const leased = await Promise.resolve(leasing).catch(() => this.#leaseAgainLater())
    this.#leasing -= limit
    this.#takeOn(leased ?? [])
    // Nothing leased: shared storage has another turn of its allotment, and one process's own has nothing.
    if (this.#isMissed || (leased && (leased.length > 0 || this.#allotment))) this.#pump()
    else this.#checkRest()
  }

  /** Where there are polls, the next one tries again. */
  #leaseAgainLater(): undefined {
    if (!this.#polls) this.#options.clock.schedule(leaseAgainMs, () => this.wake())
  }

  #takeOn(leased: readonly Leased[]): void {
    if (this.#state === 'started') for (const each of leased) void this.#run(new Running(each, this.#source))
    // close() was first.
    else if (leased.length > 0)
      void giveBack(
        this.#source,
        leased.map((each) => ({ leased: each, returned: toUnused(each) })),
      )
    this.#checkQuiet()
  }

  async #run(running: Running<Leased>): Promise<void> {
    this.#running.add(running)
    this.#busy++
    this.#allotment?.begins(running.leased)
    const result = await runHandle(this.#options.handle, running.leased.delivery, running)
    this.#busy--
    this.#allotment?.ends(running.leased)
    if (!running.isGivenUp) {
      const { clock, random } = this.#options
      const { attempt } = running
      const outcome = settle(result, attempt, this.#retry, random)
      // In one transaction: what this one came to, and the lease of the next.
      const settling = settleAtLast(this.#source, running, outcome, clock)
      this.#turns.soon()
      const settled: Settled | undefined = isPromiseLike(settling) ? await settling : settling
      if (settled) tellSettled(this.#options.observer, running.leased, settled, outcome.measures)
      if (settled?.status === 'retry') this.#polls?.within(settled.delayMs)
    }
    this.#running.delete(running)
    this.#turns.soon()
    this.#checkQuiet()
  }

  get #free(): number {
    return this.#options.concurrency - this.#busy - this.#leasing - this.#places.kept
  }

  get #isQuiet(): boolean {
    return this.#running.size + this.#leasing + this.#places.kept === 0
  }

  #checkQuiet(): void {
    if (this.#isQuiet) this.#quiet.release()
  }

  /** Tells who waits for rest. */
  #checkRest(): void {
    if (this.#rest.isEmpty || !this.#isQuiet) return
    const isIdle = isIdleNow(this.#source, this.#options.handles())
    if (typeof isIdle === 'boolean') this.#releaseIf(isIdle)
    else void isIdle.then((is) => this.#releaseIf(is))
  }

  #releaseIf(isIdle: boolean): void {
    // Something may have been leased while the store was asked.
    if (isIdle && this.#isQuiet) this.#rest.release()
  }
}
