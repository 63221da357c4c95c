import { describe, expect, it } from 'vitest'
import { checkDeliveryQuery } from '../../src/inbox/delivery-query.ts'
import { ClaimCommits } from '../../src/inbox/memory/claim-commits.ts'
import { toDeadLetter } from '../../src/inbox/memory/dead-letters.ts'
import { toEntry } from '../../src/inbox/memory/queue-owner.ts'
import { TypeCounts } from '../../src/inbox/type-counts.ts'
import { lruDedupe } from '../../src/index.ts'
import { delivery } from '../../src/testing/inbox-subject.ts'
import { bench } from '../support/acme.ts'
import { manualClock } from '../support/clock.ts'

describe('the counts of types', () => {
  it('are in order of endpoint, provider and type, whatever came first', () => {
    const counts = new TypeCounts()
    for (const type of ['c', 'a', 'b', 'a']) counts.add('waiting', { endpoint: 'e', provider: 'p', type })
    expect(counts.types().map(({ type, waiting }) => [type, waiting])).toEqual([
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ])
  })
})

describe('the place of a page', () => {
  it('is text that an inbox gave, or none', () => {
    expect(checkDeliveryQuery({ after: 'place' }).after).toBe('place')
    expect(checkDeliveryQuery({}).after).toBeUndefined()
    for (const after of [7, null, {}])
      expect(() => checkDeliveryQuery({ after: after as never })).toThrow(
        "after must be the 'next' of an earlier page",
      )
  })
})

describe('an idempotency key that is being decided', () => {
  it('keeps its own endpoint from rest, and no other', () => {
    const hanging = { ...lruDedupe(), commit: () => new Promise<boolean>(() => {}) }
    const commits = new ClaimCommits(hanging, manualClock(), () => 'accepted')
    void commits.commit(delivery(), 'token', 1_000)
    expect(commits.isUndecided(delivery().endpoint)).toBe(true)
    expect(commits.isUndecided('another')).toBe(false)
  })

  it('is committed once, however often its holder says so, with a result too', async () => {
    const store = lruDedupe()
    const claim = await store.claim('k', { bodyHash: 'f', leaseMs: 1_000 })
    const token = claim.status === 'claimed' ? claim.token : ''
    for (let n = 0; n < 2; n++)
      expect(await store.commit('k', token, { retentionMs: 60_000, result: '{}' })).toBe(true)
    expect(await store.commit('k', 'another', { retentionMs: 60_000 })).toBe(false)
    expect(await store.commit('nobody', token, { retentionMs: 60_000 })).toBe(false)
  })
})

describe('a dead letter', () => {
  it('of a delivery that no attempt was made of has no message', () => {
    const letter = toDeadLetter('id', toEntry(delivery()), 'closed', new Date(0))
    expect(letter).toMatchObject({ message: '', failures: [], attempt: 0 })
  })
})

describe('a receiver', () => {
  it('closes as often as it is told to', async () => {
    const { receiver } = bench()
    receiver.work()
    await receiver.close()
    await receiver.close()
    expect((await receiver.inbox?.stats())?.waiting).toBe(0)
  })
})
