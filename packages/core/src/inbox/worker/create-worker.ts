import { checkConcurrency } from '../concurrency.ts'
import type { LeasedDelivery, LeaseSource } from './lease-source.ts'
import { SourceWorker } from './source-worker.ts'
import type { Worker, WorkerOptions } from './worker.ts'

/**
 * For inboxes: the worker of one endpoint. It leases what is ready, runs it, writes down the outcome until that is
 * written, and tells of it. Where processes share the storage it renews its leases, takes back those that nobody renews, and keeps
 * possible poison messages apart.
 * @throws TypeError when `concurrency` or `retry` cannot be used
 * @example
 * import { systemClock } from '@acuse/core'
 * import { type ConsumeOptions, createWorker, type Handle, type LeaseSource } from '@acuse/core/inbox-kit'
 *
 * const consume = (source: LeaseSource, handle: Handle, options: ConsumeOptions) =>
 *   createWorker(source, { ...options, handle, clock: systemClock })
 */
export function createWorker<Leased extends LeasedDelivery>(
  source: LeaseSource<Leased>,
  options: WorkerOptions,
): Worker<Leased> {
  checkConcurrency(options.concurrency)
  return new SourceWorker(source, options)
}
