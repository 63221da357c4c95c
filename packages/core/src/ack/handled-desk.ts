import type { Claim, Claimed, DedupeStore } from '../dedupe/store.ts'
import type { Delivery } from '../delivery.ts'
import { isHandled } from '../inbox/handled-types.ts'
import type { HandledTypes } from '../inbox/inbox.ts'
import type { Clock } from '../lib/clock.ts'
import { timedOut, withDeadline } from '../lib/deadline.ts'
import { type Awaitable, isPromiseLike } from '../lib/options.ts'
import { pause } from '../lib/pace.ts'
import type { Decision, Desk } from './desk.ts'
import { type HandledRun, type RunSettings, startRun } from './handled-run.ts'
import { pollMs } from './poll.ts'

/** What a handled desk works with. */
export interface HandledDeskSettings extends RunSettings {
  readonly dedupe: DedupeStore
  /** The longest wait for one call of the store. */
  readonly acceptTimeoutMs: number
  readonly leaseMs: number
  readonly handles: () => HandledTypes
  readonly clock: Clock
}

/**
 * `ack: 'handled'`: the answer says that the handlers succeeded. Nothing is stored but the identity; a failure
 * frees it, and the sender's retry is the durability.
 */
export class HandledDesk implements Desk {
  readonly isAcceptOnly = false
  readonly #settings: HandledDeskSettings
  /** By the delivery's id. */
  readonly #runs = new Map<string, HandledRun>()

  constructor(settings: HandledDeskSettings) {
    this.#settings = settings
  }

  async accept(delivery: Delivery, until: number): Promise<Decision> {
    if (!isHandled(this.#settings.handles(), delivery.type)) return unhandled(delivery)
    const { clock } = this.#settings
    for (let turn = 0; ; turn++) {
      if (clock.monotonic() >= until) return 'in-flight'
      const other = this.#runs.get(delivery.id)
      const run = other ?? (await this.#begin(delivery))
      if (run === 'in-flight') {
        await pause(Math.min(pollMs(turn), until - clock.monotonic()), clock)
      } else if (typeof run === 'string' || 'decision' in run) return run
      else {
        const decision = await this.#collect(run, delivery, until, run === other)
        if (decision !== 'failed') return decision
        // The copy that was waited for has failed: it is this one's turn.
      }
    }
  }

  /** What a run comes to, for the copy that began it or for another. */
  async #collect(
    run: HandledRun,
    delivery: Delivery,
    until: number,
    isCopy: boolean,
  ): Promise<Decision | 'failed'> {
    if (run.fingerprint !== delivery.fingerprint) return 'conflict'
    const { clock } = this.#settings
    const result = await withDeadline(run.finished, Math.max(0, until - clock.monotonic()), clock)
    if (result === timedOut) return 'in-flight'
    if (!result.handled) return isCopy ? 'failed' : 'handler-failed'
    return { decision: isCopy ? 'duplicate' : 'accepted', response: result.response }
  }

  async #begin(delivery: Delivery): Promise<HandledRun | Decision> {
    const { dedupe, leaseMs } = this.#settings
    const { id, fingerprint } = delivery
    let claim: Claim | typeof timedOut
    try {
      claim = await this.#inTime(dedupe.claim(id, { fingerprint, leaseMs }), (late) => {
        if (late.status === 'claimed') return dedupe.release(id, late.token)
      })
    } catch (error) {
      return { decision: 'dedupe-failed', error }
    }
    if (claim === timedOut) return 'dedupe-timeout'
    if (claim?.status !== 'claimed') return toDecision(claim)
    const run = startRun(delivery, claim.token, this.#settings)
    this.#runs.set(id, run)
    void run.settled.then(() => this.#runs.delete(id))
    return run
  }

  /** A call that answers after its deadline is given to `late`. */
  async #inTime<T>(call: Awaitable<T>, late: (value: T) => Awaitable<void>): Promise<T | typeof timedOut> {
    if (!isPromiseLike(call)) return call
    const promise = Promise.resolve(call)
    const value = await withDeadline(promise, this.#settings.acceptTimeoutMs, this.#settings.clock)
    if (value === timedOut) promise.then(late).then(undefined, () => {})
    return value
  }

  start(): void {}

  async atRest(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all([...this.#runs.values()].map(({ settled }) => settled))
  }

  async close(timeoutMs: number): Promise<void> {
    if ((await withDeadline(this.atRest(), timeoutMs, this.#settings.clock)) !== timedOut) return
    for (const run of this.#runs.values()) run.abandon()
  }
}

/** Nobody registered is not done: the sender's retry may find a handler. */
function unhandled({ type }: Delivery): Decision {
  const remedy = `Nothing handles '${type}': register a handler, or say handle: 'all' to answer 200 without one`
  return { decision: 'unhandled', error: new Error(remedy) }
}

/** What another's claim means; a store that answers none of these vouches for nothing. */
function toDecision(claim: Exclude<Claim, Claimed>): Decision {
  switch (claim?.status) {
    case 'committed':
      return { decision: 'duplicate', response: claim.result }
    case 'full':
      return 'dedupe-full'
    case 'conflict':
    case 'in-flight':
      return claim.status
    default:
      return { decision: 'dedupe-failed', error: new TypeError('The dedupe store answered no claim') }
  }
}
