import type { Clock } from '../../model/clock.ts'
import type { ConsumeOptions, Consumer, Handle } from '../inbox.ts'

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
export interface Worker extends Consumer {
  /** Something may be ready, or gone: leases in this turn of the event loop where processes share the storage, else in the next. */
  wake(): void
}
