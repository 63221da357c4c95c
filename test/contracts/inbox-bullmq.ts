import { bullmqInbox } from '@acuse/bullmq'
import { type ContractCase, inboxContract } from '@acuse/core/testing'
import { reopenable } from './reopenable.ts'

let count = 0

/** The suite on a Redis whose URL is known when a case runs. */
export function bullmqCases(url: () => string): readonly ContractCase[] {
  return inboxContract(
    () => {
      const name = `contract-${++count}`
      // It is not about deadlines, and other tests make the disk busy.
      const options = { connection: url(), timeoutMs: 5_000 }
      return reopenable(
        () => bullmqInbox({ ...options, name, retentionMs: 1_000 }),
        (maxDeliveries) => bullmqInbox({ ...options, name: `${name}-bounded`, maxDeliveries }),
      )
    },
    { orderingKey: 'BullMQ has no queues with keys' },
  )
}
