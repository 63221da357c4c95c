import type { Clock } from '../../model/clock.ts'
import type { ConsumeOptions, Consumer, Handle } from '../inbox.ts'
import type { LeasedDelivery } from './lease-source.ts'
import type { Place } from './places.ts'

/** Dependencies of a worker, beside its source. */
export interface WorkerOptions
  extends Pick<ConsumeOptions, 'handles' | 'concurrency' | 'retry' | 'observer'> {
  /** Handles a delivery. */
  readonly handle: Handle
  /** The inbox's clock. */
  readonly clock: Clock
  /** Jitter of the retries, 0 to 1. Default `Math.random`. */
  readonly random?: () => number
  /** Called once, when it is closed. */
  readonly onClosed?: () => void
}

/** A consumer that its store wakes. */
export interface Worker<Leased extends LeasedDelivery = LeasedDelivery> extends Consumer {
  /** Something may be ready, or gone: leases in this turn of the event loop where processes share the storage, else in the next. */
  wake(): void
  /**
   * A place for a delivery of this type that is about to be accepted here, so that the store can write it down as leased
   * at once; `undefined` where none is free, something else waits, or it is not handled.
   */
  reserve(type: string): Place<Leased> | undefined
}
