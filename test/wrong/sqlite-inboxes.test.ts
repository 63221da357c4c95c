import type { ContractCase } from '@acuse/core/testing'
import { describe, expect, it } from 'vitest'
import { sqliteCases } from '../contracts/inbox-sqlite.ts'
import { failingCases } from './failing-cases.ts'
import { type WrongSqliteInbox, wrongSqliteInboxes } from './wrong-sqlite-inboxes.ts'

const severalInstances = ['reopen', 'share', 'giveBack', 'crash', 'clock']
/** One case waits for two leases that run out one after the other. */
const longestTicks = 30

/** The cases that no memory inbox can show to be worth their while: the others are in inboxes.test.ts. */
function casesOf(wrong?: WrongSqliteInbox['wrong']): readonly ContractCase[] {
  return sqliteCases(wrong).filter(({ needs }) => needs.some((ability) => severalInstances.includes(ability)))
}

describe('the suite of inboxes that outlive their instances', () => {
  it('passes the inbox that the wrong ones are made of', async () => {
    expect(await failingCases(casesOf(), longestTicks)).toEqual([])
  })

  for (const { fault, wrong, failsAt } of wrongSqliteInboxes) {
    it(`fails one that ${fault}`, async () => {
      expect(await failingCases(casesOf(wrong), longestTicks)).toEqual([...failsAt].sort())
    })
  }
})
