import { fallbackInbox, memoryInbox } from '@acuse/core'
import { inboxContract } from '@acuse/core/testing'
import { describe } from 'vitest'
import { createMachine } from '../support/machine.ts'
import { registerCases } from './register-cases.ts'

const without = {
  orderingKey: 'what spilt may come behind what the primary took meanwhile',
  reopen: 'the two of this test are volatile',
  giveBack: 'the two of this test are volatile',
  retain: 'the two of this test forget what is handled',
  crash: 'the two of this test are volatile',
}

describe('fallbackInbox keeps the contract of an inbox', () => {
  const cases = inboxContract(() => {
    const machine = createMachine()
    const clock = machine.startProcess()
    const inbox = fallbackInbox(memoryInbox({ clock }), memoryInbox({ clock }), { clock })
    return {
      inbox,
      bounded: (maxDeliveries) =>
        fallbackInbox(memoryInbox({ maxDeliveries: maxDeliveries - 1 }), memoryInbox({ maxDeliveries: 1 })),
      setClock: machine.setClock,
      dispose: () => inbox.close({ timeoutMs: 100 }),
    }
  }, without)
  registerCases(cases)
})
