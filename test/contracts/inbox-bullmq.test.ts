import { bullmqInbox } from '@acuse/bullmq'
import { inboxContract } from '@acuse/core/contracts'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../support/redis.ts'

let redis: OwnRedis
let count = 0

beforeAll(async () => {
  redis = await startDurableRedis()
})
afterAll(() => redis.stop())

describe('bullmqInbox keeps the contract of an inbox', () => {
  const cases = inboxContract(
    () => {
      const name = `contract-${++count}`
      const open = () => bullmqInbox({ connection: redis.url, name, retentionMs: 1_000 })
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
  for (const { name, run } of cases) it(name, run)
})
