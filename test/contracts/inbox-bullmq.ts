import { bullmqInbox } from '@acuse/bullmq'
import { type ContractCase, inboxContract } from '@acuse/core/contracts'

let count = 0

/** The suite on a Redis whose URL is known when a case runs. */
export function bullmqCases(url: () => string): readonly ContractCase[] {
  return inboxContract(
    () => {
      const name = `contract-${++count}`
      const open = () => bullmqInbox({ connection: url(), name, retentionMs: 1_000 })
      const inboxes = [open()]
      return {
        inbox: inboxes[0] as (typeof inboxes)[number],
        reopen() {
          const inbox = open()
          inboxes.push(inbox)
          return inbox
        },
        async dispose() {
          for (const inbox of inboxes) await inbox.close({ timeoutMs: 100 })
        },
      }
    },
    { orderKey: 'BullMQ has no queues with keys' },
  )
}
