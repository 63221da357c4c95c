import { memoryInbox } from '@acuse/core'
import { type ContractCase, inboxContract } from '@acuse/core/testing'
import { describe, expect, it } from 'vitest'
import { createMachine } from '../support/machine.ts'
import { failingCases } from './failing-cases.ts'
import { maxIdempotencyKeys, wrongAccepts } from './wrong-accepts.ts'
import { wrongClocks } from './wrong-clocks.ts'
import { wrongEnds } from './wrong-ends.ts'
import { wrongHandling } from './wrong-handling.ts'
import type { WrongInbox } from './wrong-inbox.ts'
import { wrongLists } from './wrong-lists.ts'

const without = {
  reopen: 'it is volatile',
  giveBack: 'it is volatile',
  crash: 'it is volatile',
  retain: 'it is volatile',
}

/** The case of what a handler may throw computes for a second, and tells none of these faults. */
const slow = 'keeps as a dead letter what fails with whatever a handler throws, and handles what is beside it'

function casesOf(create: WrongInbox['wrong']): readonly ContractCase[] {
  const cases = inboxContract(() => {
    const machine = createMachine()
    const inbox = create({ maxIdempotencyKeys, clock: machine.startProcess() })
    return {
      inbox,
      bounded: (maxDeliveries) => create({ maxIdempotencyKeys, maxDeliveries }),
      setClock: machine.setClock,
      dispose: () => inbox.close({ timeoutMs: 0 }),
    }
  }, without)
  return cases.filter(({ name, leftOut }) => leftOut === undefined && name !== slow)
}

describe('the suite of inboxes', () => {
  it('passes the inbox that the wrong ones are made of', async () => {
    expect(await failingCases(casesOf(memoryInbox))).toEqual([])
  })

  for (const { fault, wrong, failsAt, mayFailAt = [] } of [
    ...wrongAccepts,
    ...wrongHandling,
    ...wrongEnds,
    ...wrongClocks,
    ...wrongLists,
  ]) {
    it(`fails one that ${fault}`, async () => {
      const failing = await failingCases(casesOf(wrong))
      expect(failing.filter((name) => !mayFailAt.includes(name))).toEqual([...failsAt].sort())
    })
  }

  it('passes no case that is left out, whoever runs it', async () => {
    const without = { order: 'it hands out in no order' }
    const cases = inboxContract(() => expect.unreachable(), without).filter(
      ({ leftOut }) => leftOut !== undefined,
    )
    expect(cases.length).toBeGreaterThan(0)
    for (const { run } of cases)
      await expect(run()).rejects.toThrow('It is left out: it hands out in no order')
  })
})
