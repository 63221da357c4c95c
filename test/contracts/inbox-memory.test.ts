import { memoryInbox } from '@acuse/core'
import { inboxContract } from '@acuse/core/testing'
import { describe } from 'vitest'
import { createMachine } from '../support/machine.ts'
import { registerCases } from './register-cases.ts'

const without = {
  reopen: 'it is volatile',
  giveBack: 'it is volatile, so what is not finished at a close becomes a dead letter',
  retain: 'it forgets what is handled',
  crash: 'it is volatile: what its process held is gone',
}

describe('memoryInbox keeps the contract of an inbox', () => {
  const cases = inboxContract(() => {
    const machine = createMachine()
    const inbox = memoryInbox({ clock: machine.startProcess() })
    return {
      inbox,
      bounded: (maxDeliveries) => memoryInbox({ maxDeliveries }),
      setClock: machine.setClock,
      dispose: () => inbox.close({ timeoutMs: 100 }),
    }
  }, without)
  registerCases(cases)
})
