import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Observation } from '../../../src/model/observation.ts'
import { accepting, consume, create, delivery, type Health, until } from '../../support/small-inbox.ts'

describe('accepting with a fallback', () => {
  it('leaves the fallback alone while the primary answers', async () => {
    const { primary, fallback, inbox } = create()
    expect(await inbox.accept(delivery('a'), accepting)).toBe('accepted')
    expect(await inbox.accept(delivery('a'), accepting)).toBe('duplicate')
    expect(await inbox.accept(delivery('a', 'other'), accepting)).toBe('conflict')
    primary.health = 'in-flight'
    expect(await inbox.accept(delivery('b'), accepting)).toBe('in-flight')
    expect([primary.calls, fallback.calls]).toEqual([4, 0])
  })

  it('tells the observer of the accept once when the fallback takes over, and once when the primary is back', async () => {
    const { primary, inbox } = create()
    const observations: Observation[] = []
    const options = { ...accepting, observer: (one: Observation) => observations.push(one) }
    await inbox.accept(delivery('a'), options)
    primary.health = 'full'
    for (const id of ['b', 'c']) await inbox.accept(delivery(id), options)
    // Who passes no observer is told nothing, and changes nothing for who does.
    await inbox.accept(delivery('d'), accepting)
    primary.health = 'up'
    for (const id of ['e', 'f']) await inbox.accept(delivery(id), options)
    const about = { type: 'fallback', provider: 'p', endpoint: 'p' }
    expect(observations).toEqual([
      { ...about, inUse: true },
      { ...about, inUse: false },
    ])
  })

  it.each<Health>(['rejects', 'hangs', 'late', 'full'])(
    'accepts when the primary %s, and hands out once when it is well again',
    async (health) => {
      const { primary, fallback, inbox } = create()
      const { consumer, handled } = consume(inbox)
      consumer.start()
      primary.health = health
      expect(await inbox.accept(delivery('a'), accepting)).toBe('accepted')
      expect(await inbox.accept(delivery('a'), accepting)).toBe('duplicate')
      primary.health = 'up'
      await until(() => handled.length === 1)
      await consumer.onIdle()
      await sleep(100)
      expect(handled).toEqual(['a'])
      expect(fallback.dead).toEqual([])
      expect(await inbox.accept(delivery('a'), accepting)).toBe('duplicate')
    },
  )

  it('waits for a primary that is away only until that is known, and comes back to it by itself', async () => {
    const { primary, fallback, inbox } = create()
    // Figures cost what waits, and say nothing of writes: nobody asks for them to see whether it is back.
    primary.stats = () => new Promise(() => {})
    primary.health = 'hangs'
    for (const id of ['a', 'b', 'c']) await inbox.accept(delivery(id), accepting)
    const asked = primary.calls
    for (const id of ['d', 'e', 'f']) expect(await inbox.accept(delivery(id), accepting)).toBe('accepted')
    expect(primary.calls).toBe(asked)
    expect(primary.held.size).toBe(0)
    primary.health = 'up'
    await until(() => primary.held.size === 6)
    const { calls } = fallback
    expect(await inbox.accept(delivery('g'), accepting)).toBe('accepted')
    expect(fallback.calls).toBe(calls)
    await inbox.close()
  })

  it('fails only when both do', async () => {
    const { primary, fallback, inbox } = create()
    primary.health = 'rejects'
    fallback.health = 'full'
    expect(await inbox.accept(delivery('a'), accepting)).toBe('full')
    fallback.health = 'rejects'
    await expect(inbox.accept(delivery('a'), accepting)).rejects.toThrow('away')
    await expect(inbox.deadLetter(delivery('a'), 'stale')).rejects.toThrow('away')
    fallback.health = 'up'
    await inbox.deadLetter(delivery('a'), 'stale')
    await inbox.close()
    await expect(inbox.accept(delivery('a'), accepting)).rejects.toThrow('closed')
  })

  it('dead-letters in the primary when it can', async () => {
    const { primary, fallback, inbox } = create()
    await inbox.deadLetter(delivery('a'), 'stale')
    expect([primary.deadLettered, fallback.deadLettered]).toEqual([['a'], []])
  })
})
