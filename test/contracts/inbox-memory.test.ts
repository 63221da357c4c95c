import { memoryInbox } from '@acuse/core'
import { inboxContract } from '@acuse/core/testing'
import { describe } from 'vitest'
import { registerCases } from './register-cases.ts'

const without = {
  reopen: 'it is volatile',
  giveBack: 'it is volatile, so what is not finished at a close becomes a dead letter',
}

describe('memoryInbox keeps the contract of an inbox', () => {
  const cases = inboxContract(() => {
    const inbox = memoryInbox()
    return {
      inbox,
      bounded: (maxDeliveries) => memoryInbox({ maxDeliveries }),
      dispose: () => inbox.close({ timeoutMs: 100 }),
    }
  }, without)
  registerCases(cases)
})
