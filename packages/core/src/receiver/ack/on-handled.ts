import type { Claim, Claimed, DedupeStore } from '../../dedupe/dedupe-store.ts'
import { isHandled } from '../../inbox/handled-types.ts'
import type { HandledTypes } from '../../inbox/inbox.ts'
import { timedOut, withDeadline } from '../../lib/deadline.ts'
import { isPromiseLike } from '../../lib/options.ts'
import { pause } from '../../lib/pace.ts'
import { Waiters } from '../../lib/waiters.ts'
import type { Awaitable } from '../../model/awaitable.ts'
import type { Clock } from '../../model/clock.ts'
import type { Delivery } from '../../model/delivery.ts'
import { pollMs } from './poll.ts'
import { type HandledRun, type RunSettings, startRun } from './run-under-claim.ts'
import type { AckStrategy, Decision } from './strategy.ts'

/** Settings of {@link AckOnHandled}. */
export interface AckOnHandledSettings extends RunSettings {
  readonly dedupe: DedupeStore
  /** The longest wait for one call of the store. */
  readonly acceptTimeoutMs: number
  readonly leaseMs: number
  /** The most runs at once. */
  readonly concurrency: number
  readonly handles: () => HandledTypes
  readonly clock: Clock
}

const failurePauseMs = 500
const inFlight: Decision = { decision: 'in-flight' }
const closed: Decision = { decision: 'closed' }
/** The run that a copy waited for failed: the copy may begin one. */
const failed = Symbol('failed')

/**
 * `ack: 'handled'`: the answer says that the handlers succeeded. Nothing is stored but the idempotency key; a failure
 * frees it, and the sender's retry is the durability.
 */
export class AckOnHandled implements AckStrategy {
  readonly isAcceptOnly = false
  readonly concurrency: number
  readonly #settings: AckOnHandledSettings
  /** By the delivery's id. */
  readonly #runs = new Map<string, HandledRun>()
  /** Until when no run of a delivery is begun, by its id: one has just failed. */
  readonly #failed = new Map<string, number>()
  #claiming = 0
  readonly #noneClaiming = new Waiters()
  #isClosed = false

  constructor(settings: AckOnHandledSettings) {
    this.#settings = settings
    this.concurrency = settings.concurrency
  }

  async accept(delivery: Delivery, until: number): Promise<Decision> {
    if (!isHandled(this.#settings.handles(), delivery.type)) return unhandled(delivery)
    const { clock } = this.#settings
    let hasWaited = false
    for (let turn = 0; ; turn++) {
      const leftMs = until - clock.monotonic()
      if (leftMs <= 0) return inFlight
      const pauseMs = this.#pauseOf(delivery.id)
      if (pauseMs > 0) {
        // Who has waited for the run that failed gets its turn; who comes now comes again.
        if (!hasWaited) return { decision: 'failed-recently' }
        await pause(Math.min(pauseMs, leftMs), clock)
        continue
      }
      const other = this.#runs.get(delivery.id)
      const run = other ?? (await this.#begin(delivery, until))
      if (run === inFlight) {
        await pause(Math.min(pollMs(turn), Math.max(0, until - clock.monotonic())), clock)
      } else if ('decision' in run) return run
      else {
        const decision = await this.#collect(run, delivery, until, run === other)
        if (decision !== failed) return decision
        hasWaited = true
        await this.#before(until, run.settled)
      }
    }
  }

  /** The outcome of a run, for the copy that began it or for another. */
  async #collect(
    run: HandledRun,
    delivery: Delivery,
    until: number,
    isCopy: boolean,
  ): Promise<Decision | typeof failed> {
    if (run.bodyHash !== delivery.bodyHash) return conflict(delivery)
    const result = await this.#before(until, run.finished)
    if (result === timedOut) return inFlight
    if (!result.handled && isCopy) return failed
    // The handlers have decided: the store's answer is waited for as long as there is time, and changes nothing.
    await this.#before(until, run.told, this.#settings.acceptTimeoutMs)
    if (!result.handled) return { decision: 'handler-failed' }
    return { decision: isCopy ? 'duplicate' : 'accepted', response: result.response }
  }

  async #begin(delivery: Delivery, until: number): Promise<HandledRun | Decision> {
    const { dedupe, leaseMs, concurrency } = this.#settings
    const { id, bodyHash } = delivery
    if (this.#isClosed) return closed
    if (this.#runs.size + this.#claiming >= concurrency) return { decision: 'handlers-busy' }
    let claim: Claim | typeof timedOut
    this.#claiming++
    try {
      claim = await this.#inTime(until, dedupe.claim(id, { bodyHash, leaseMs }), (late) => {
        if (late.status === 'claimed') return dedupe.release(id, late.token)
      })
    } catch (error) {
      return { decision: 'dedupe-failed', error }
    } finally {
      this.#claiming--
      this.#noneClaiming.release()
    }
    if (claim === timedOut) return { decision: 'dedupe-timeout' }
    if (claim?.status === 'conflict') return conflict(delivery)
    if (claim?.status !== 'claimed') return toDecision(claim)
    if (this.#isClosed) return this.#giveBack(id, claim.token)
    return this.#start(delivery, claim.token)
  }

  /** A close did not wait for the claim: what handlers need may be closed by now. */
  #giveBack(id: string, token: string): Decision {
    // Where the store does not take it, the lease runs out.
    ;(async () => this.#settings.dedupe.release(id, token))().catch(() => {})
    return closed
  }

  #start(delivery: Delivery, token: string): HandledRun {
    const { id } = delivery
    const run = startRun(delivery, token, this.#settings)
    this.#runs.set(id, run)
    void run.finished.then(({ handled }) => {
      if (!handled) this.#pauseAfter(id)
    })
    void run.settled.then(() => this.#runs.delete(id))
    return run
  }

  /** A captured request whose handler fails would else run it as fast as it is sent. */
  #pauseAfter(id: string): void {
    const { clock } = this.#settings
    this.#failed.set(id, clock.monotonic() + failurePauseMs)
    clock.schedule(failurePauseMs, () => this.#failed.delete(id))
  }

  #pauseOf(id: string): number {
    return (this.#failed.get(id) ?? 0) - this.#settings.clock.monotonic()
  }

  /** A call that answers after its deadline is given to `late`. */
  async #inTime<T>(
    until: number,
    call: Awaitable<T>,
    late: (value: T) => Awaitable<void>,
  ): Promise<T | typeof timedOut> {
    if (!isPromiseLike(call)) return call
    const promise = Promise.resolve(call)
    const value = await this.#before(until, promise, this.#settings.acceptTimeoutMs)
    if (value === timedOut) promise.then(late).then(undefined, () => {})
    return value
  }

  /** No wait is longer than what is left of the answer's budget, nor, but for handlers, than a call may take. */
  #before<T>(
    until: number,
    promise: Promise<T>,
    mostMs = Number.POSITIVE_INFINITY,
  ): Promise<T | typeof timedOut> {
    const { clock } = this.#settings
    return withDeadline(promise, Math.max(0, Math.min(mostMs, until - clock.monotonic())), clock)
  }

  start(): void {}

  async onIdle(): Promise<void> {
    while (this.#runs.size + this.#claiming > 0) {
      if (this.#claiming > 0) await this.#noneClaiming.wait()
      await Promise.all([...this.#runs.values()].map(({ settled }) => settled))
    }
  }

  async close(timeoutMs: number): Promise<void> {
    await withDeadline(this.onIdle(), timeoutMs, this.#settings.clock)
    this.#isClosed = true
    for (const run of this.#runs.values()) run.abandon()
  }
}

/** Nobody registered is not done: the sender's retry may find a handler. */
function unhandled({ type }: Delivery): Decision {
  const remedy = `Nothing handles '${type}': register a handler, or say handle: 'all' to answer 200 without one`
  return { decision: 'unhandled', error: new Error(remedy) }
}

/** Nothing keeps it: the operator hears of it, with what it takes to find the request again. */
function conflict({ type, id, bodyHash }: Delivery): Decision {
  const error = new Error(
    `Another body came under the idempotency key of ${type} ${id}, and nothing keeps it (SHA-256 ${bodyHash})`,
  )
  return { decision: 'conflict', error }
}

/** The decision where the claim is another's. Any other answer of a store is a failure: it proves nothing. */
function toDecision(claim: Exclude<Claim, Claimed>): Decision {
  switch (claim?.status) {
    case 'committed':
      return { decision: 'duplicate', response: claim.result }
    case 'full':
      return { decision: 'dedupe-full' }
    case 'in-flight':
      return inFlight
    default:
      return { decision: 'dedupe-failed', error: new TypeError('The dedupe store answered no claim') }
  }
}
