import type { Clock } from '../../model/clock.ts'
import type { Observer } from '../../model/observation.ts'
import { isHandled } from '../handled-types.ts'
import type { HandledTypes } from '../inbox.ts'
import { type RetryPolicy, toRetryPolicy } from '../retry-policy.ts'
import { LateLeases } from './late-leases.ts'
import type { LateLease, LeasedDelivery, SharedLeases } from './lease-source.ts'
import { tellReturned } from './observations.ts'
import { toReturned } from './returning.ts'
import type { Running } from './running.ts'

/** Dependencies of a lease keeper. */
export interface LeaseKeeperSetup<Leased extends LeasedDelivery> {
  readonly shared: SharedLeases<Leased>
  readonly running: ReadonlySet<Running<Leased>>
  readonly retry: RetryPolicy
  readonly handles: () => HandledTypes
  readonly observer: Observer
  readonly clock: Clock
  /** Something was taken back, and is ready. */
  readonly onReady: () => void
}

const renewAgainMs = 200
const maxBatch = 250

/**
 * Renews a worker's own leases, and takes back those that nobody renews. It never takes back its own: they are late
 * because this process stood still or the storage was locked, and not because a process died.
 */
export class LeaseKeeper<Leased extends LeasedDelivery> {
  readonly #setup: LeaseKeeperSetup<Leased>
  readonly #lateLeases: LateLeases
  #isLooking = false
  #cancelRenew = (): void => {}
  #isStopped = false

  constructor(setup: LeaseKeeperSetup<Leased>) {
    this.#setup = setup
    this.#lateLeases = new LateLeases(setup.clock, setup.shared.pollMs)
  }

  start(): void {
    this.#renewLater(this.#setup.shared.leaseMs / 3)
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelRenew()
  }

  /** A look at the leases of all processes; those that nobody renews are taken back. */
  async reclaim(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      if ((await this.#late()).length > 0) {
        // Who cannot write now cannot know that others could.
        await this.#renew()
        await this.#takeBack(this.#lateLeases.look(await this.#late()))
      } else this.#lateLeases.look([])
    } catch {
      // The storage is busy, or away: nobody could renew.
      this.#lateLeases.forget()
    } finally {
      this.#isLooking = false
    }
  }

  async #late(): Promise<readonly LateLease[]> {
    const { shared, running } = this.#setup
    return shared.late([...running].map(({ leased }) => leased))
  }

  /** A part at a time: accepts wait for none of it long. */
  async #takeBack(abandoned: readonly LateLease[]): Promise<void> {
    for (let at = 0; at < abandoned.length; at += maxBatch) {
      const part = abandoned.slice(at, at + maxBatch)
      await this.#takePart(part, abandoned.length).catch(async () => {
        // Where one of them cannot be written, the others can.
        await Promise.allSettled(part.map((one) => this.#takePart([one], abandoned.length)))
      })
    }
  }

  async #takePart(part: readonly LateLease[], together: number): Promise<void> {
    const { shared, observer, onReady } = this.#setup
    const error = new Error('Its process died or stalled: the lease ran out')
    const taken = await shared.takeBack(part, (leased) =>
      toReturned(leased, { error, retry: this.#retryOf(leased), together }),
    )
    for (const { leased, returned } of taken) tellReturned(observer, leased, returned, error)
    onReady()
  }

  /** Who does not handle a delivery does not know how many attempts it may have: the usual ones at least. */
  #retryOf({ delivery }: Leased): RetryPolicy {
    const { handles, retry } = this.#setup
    if (isHandled(handles(), delivery.type)) return retry
    const { attempts, crashes } = toRetryPolicy()
    return {
      ...retry,
      attempts: Math.max(attempts, retry.attempts),
      crashes: Math.max(crashes, retry.crashes),
    }
  }

  #renewLater(delayMs: number): void {
    const { clock, shared } = this.#setup
    if (this.#isStopped) return
    this.#cancelRenew()
    this.#cancelRenew = clock.schedule(delayMs, () => {
      this.#renewLater(shared.leaseMs / 3)
      this.#renew().catch(() => this.#renewLater(Math.min(renewAgainMs, shared.leaseMs / 3)))
    })
  }

  async #renew(): Promise<void> {
    const { shared, running } = this.#setup
    const held = [...running]
    const renewed = await shared.renew(held.map(({ leased }) => leased))
    for (const [at, one] of held.entries()) {
      // Settled meanwhile, or lost.
      if (renewed[at] === false && running.has(one)) one.giveUp(lostError())
    }
  }
}

function lostError(): Error {
  return new Error('The lease ran out and is taken: the result will not count')
}
