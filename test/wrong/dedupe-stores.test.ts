import { dedupeStoreContract } from '@acuse/core/testing'
import { describe, expect, it } from 'vitest'
import { failingCases } from './failing-cases.ts'
import { wrongStores, wrongSubject } from './wrong-dedupe-stores.ts'

describe('the suite of dedupe stores', () => {
  it('passes the store that the wrong ones are made of', async () => {
    expect(await failingCases(dedupeStoreContract(() => wrongSubject(() => ({}))))).toEqual([])
  })

  for (const { fault, wrong, failsAt } of wrongStores) {
    it(`fails one that ${fault}`, async () => {
      expect(await failingCases(dedupeStoreContract(() => wrongSubject(wrong)))).toEqual(failsAt)
    })
  }
})
