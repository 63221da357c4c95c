import type { Clock } from '@acuse/core'
import { withDeadline } from '@acuse/core/inbox-kit'
import type { RunningLease } from './lease.ts'
import type { HeldJob } from './lease-scripts.ts'

/** Dependencies of renewing. */
export interface KeeperSetup {
  readonly clock: Clock
  readonly leaseMs: number
  /** Renews; returns the jobs whose lease is another's. */
  readonly renew: (jobs: readonly HeldJob[]) => Promise<readonly string[]>
  readonly onError: (error: unknown) => void
}

const renewalsInLease = 5
const chunk = 500

/**
 * Renews the leases of what runs here, by the monotonic clock: BullMQ does it by the wall clock, and takes a
 * renewal that is late in a busy process for a loss.
 */
export class LeaseKeeper {
  readonly #setup: KeeperSetup
  readonly #everyMs: number
  readonly #leases = new Map<string, RunningLease>()
  #isRenewing = false
  #isClosed = false
  #cancel = () => {}

  constructor(setup: KeeperSetup) {
    this.#setup = setup
    this.#everyMs = setup.leaseMs / renewalsInLease
  }

  get size(): number {
    return this.#leases.size
  }

  get(jobId: string): RunningLease | undefined {
    return this.#leases.get(jobId)
  }

  all(): Iterable<RunningLease> {
    return this.#leases.values()
  }

  add(lease: RunningLease): void {
    this.#leases.set(lease.jobId, lease)
    if (this.#leases.size === 1) this.#renewLater()
  }

  remove(lease: RunningLease): void {
    this.#leases.delete(lease.jobId)
    if (this.#leases.size === 0) this.#cancel()
  }

  /** Whether a lease is this process's, now. */
  async holds(lease: RunningLease): Promise<boolean> {
    const lost = await this.#setup.renew([lease])
    return lost.length === 0
  }

  /** Whatever is left runs out. */
  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  #renewLater(): void {
    this.#cancel()
    if (this.#isClosed) return
    this.#cancel = this.#setup.clock.schedule(this.#everyMs, () => void this.#renewAll())
  }

  async #renewAll(): Promise<void> {
    const { clock, leaseMs, onError } = this.#setup
    try {
      // One that is not answered yet is sent when Redis is back, and is enough.
      if (!this.#isRenewing) await withDeadline(this.#renewOnce(), this.#everyMs, clock)
    } catch (error) {
      onError(error)
    }
    // With Redis away nobody says that the lease ran out: it does so here, too.
    const now = clock.monotonic()
    for (const lease of this.#leases.values()) {
      if (now + this.#everyMs >= lease.renewedAt + leaseMs) lease.lost()
    }
    if (this.#leases.size > 0) this.#renewLater()
  }

  async #renewOnce(): Promise<void> {
    this.#isRenewing = true
    try {
      const all = [...this.#leases.values()]
      for (let from = 0; from < all.length; from += chunk) await this.#renew(all.slice(from, from + chunk))
    } finally {
      this.#isRenewing = false
    }
  }

  async #renew(leases: readonly RunningLease[]): Promise<void> {
    const { clock, renew } = this.#setup
    const now = clock.monotonic()
    const tokens = leases.map(({ token }) => token)
    const lost = new Set(await renew(leases))
    for (const [at, lease] of leases.entries()) {
      if (!lost.has(lease.jobId)) lease.renewedAt = Math.max(lease.renewedAt, now)
      // Not one that was leased anew meanwhile.
      else if (lease.token === tokens[at]) lease.lost()
    }
  }
}
