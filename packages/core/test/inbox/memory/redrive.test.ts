import { describe, expect, it } from 'vitest'
import { type DedupeStore, lruDedupe, memoryInbox } from '../../../src/index.ts'
import {
  accept,
  consume,
  deadLetterAll,
  delivery,
  otherBodyOf,
  succeed,
} from '../../../src/testing/inbox-subject.ts'

const letterOf = ({ id, bodyHash }: { id: string; bodyHash: string }) => `${id}.${bodyHash}`

/** The same, over promises. */
function later(store: DedupeStore): DedupeStore {
  return {
    claim: async (...args) => store.claim(...args),
    extend: async (...args) => store.extend(...args),
    commit: async (...args) => store.commit(...args),
    release: async (...args) => store.release(...args),
  }
}

describe('a redrive in memory', () => {
  it('fills up to 80 % of maxDeliveries, says how many, and leaves the others dead', async () => {
    const inbox = memoryInbox({ maxDeliveries: 10 })
    for (let round = 0; round < 2; round++)
      await deadLetterAll(
        inbox,
        Array.from({ length: 10 }, () => delivery()),
      )
    expect(await inbox.deadLetters.redrive({ all: true })).toBe(8)
    expect(await inbox.stats()).toMatchObject({ waiting: 8, dead: 12 })
    expect(await accept(inbox, delivery())).toBe('accepted')
    const { consumer, handed } = consume(inbox, succeed)
    await consumer.onIdle()
    expect(handed).toHaveLength(9)
  })

  it('fills up to 80 % of maxBytes, and takes one that is larger when nothing else is there', async () => {
    const inbox = memoryInbox({ maxBytes: 1_000 })
    const [large, small] = [delivery({ body: new Uint8Array(900) }), delivery({ body: new Uint8Array(10) })]
    await deadLetterAll(inbox, [large])
    await deadLetterAll(inbox, [small])
    expect(await inbox.deadLetters.redrive(small.id)).toBe(1)
    expect(await inbox.deadLetters.redrive(large.id)).toBe(0)
    const { consumer } = consume(inbox, succeed)
    await consumer.onIdle()
    expect(await inbox.deadLetters.redrive(large.id)).toBe(1)
  })

  it('hands out the copy of a conflict under an id of its own, and leaves the dead original alone', async () => {
    const inbox = memoryInbox()
    const one = delivery()
    const other = otherBodyOf(one)
    await deadLetterAll(inbox, [one])
    expect(await accept(inbox, other)).toBe('conflict')
    expect(await inbox.deadLetters.redrive(letterOf(other))).toBe(1)
    const error = new Error('still')
    const { handed, consumer } = consume(inbox, async () => ({
      status: 'dead',
      reason: 'unrecoverable',
      error,
    }))
    await consumer.onIdle()
    expect(handed.map(({ id }) => id)).toEqual([letterOf(other)])
    expect((await inbox.deadLetters.list()).letters.map(({ id }) => id)).toEqual([one.id, letterOf(other)])
  })
})

for (const [name, dedupe] of [
  ['at once', () => lruDedupe()],
  ['later', () => later(lruDedupe())],
] as const) {
  describe(`a stale delivery in memory, with a store that answers ${name}`, () => {
    it('is not kept when its idempotency key was accepted, and is when it was not, or with another body', async () => {
      const inbox = memoryInbox({ dedupe: dedupe() })
      const [one, two] = [delivery(), delivery()]
      await accept(inbox, one)
      await inbox.deadLetter(one, 'stale')
      expect((await inbox.stats()).dead).toBe(0)
      await inbox.deadLetter(two, 'stale')
      await inbox.deadLetter(otherBodyOf(one), 'stale')
      expect((await inbox.stats()).dead).toBe(2)
      expect(await accept(inbox, two)).toBe('accepted')
    })

    it('that is redriven claims its idempotency key, and is dropped when that was accepted meanwhile', async () => {
      const inbox = memoryInbox({ dedupe: dedupe() })
      const [one, two] = [delivery(), delivery()]
      for (const each of [one, two]) await inbox.deadLetter(each, 'stale')
      await accept(inbox, two)
      expect(await inbox.deadLetters.redrive({ reason: 'stale' })).toBe(1)
      expect(await accept(inbox, one)).toBe('duplicate')
      const { handed, consumer } = consume(inbox, succeed)
      await consumer.onIdle()
      expect(handed.map(({ id }) => id).sort()).toEqual([one.id, two.id].sort())
      expect((await inbox.stats()).dead).toBe(0)
    })

    it('stays dead when another body was accepted under its idempotency key', async () => {
      const inbox = memoryInbox({ dedupe: dedupe() })
      const one = delivery()
      await inbox.deadLetter(one, 'stale')
      await accept(inbox, otherBodyOf(one))
      expect(await inbox.deadLetters.redrive(letterOf(one))).toBe(0)
      expect(await inbox.deadLetters.get(letterOf(one))).toMatchObject({ reason: 'stale' })
    })
  })
}
