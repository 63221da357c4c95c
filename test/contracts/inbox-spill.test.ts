import { memoryInbox, spillInbox } from '@acuse/core'
import { inboxContract } from '@acuse/core/testing'
import { describe, it } from 'vitest'

const without = {
  orderKey: 'what spilt may come behind what the primary took meanwhile',
  reopen: 'the two of this test are volatile',
  giveBack: 'the two of this test are volatile',
}

describe('spillInbox keeps the contract of an inbox', () => {
  const cases = inboxContract(() => {
    const inbox = spillInbox(memoryInbox(), memoryInbox())
    return { inbox, dispose: () => inbox.close({ timeoutMs: 100 }) }
  }, without)
  for (const { name, run } of cases) it(name, run)
})
