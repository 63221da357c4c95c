import { describe, expect, it } from 'vitest'
import { fallbackInbox } from '../../../src/inbox/fallback/fallback-inbox.ts'
import type { AcceptOptions, ConsumeOptions } from '../../../src/inbox/inbox.ts'
import type { Observation } from '../../../src/model/observation.ts'
import {
  about,
  accepting,
  closing,
  consume,
  create,
  delivery,
  SmallInbox,
  until,
} from '../../support/small-inbox.ts'

describe('forwarding', () => {
  it('takes a copy that the primary got meanwhile for what it is', async () => {
    const { primary, fallback, inbox } = create()
    const { consumer, handled } = consume(inbox)
    primary.health = 'rejects'
    await inbox.accept(delivery('a'), accepting)
    primary.health = 'up'
    await primary.accept(delivery('a'), accepting)
    await primary.accept(delivery('b', 'other'), accepting)
    await fallback.accept(delivery('b'), accepting)
    consumer.start()
    await until(() => fallback.waiting.length + fallback.leased === 0 && handled.length === 2)
    await consumer.onIdle()
    expect(handled).toEqual(['a', 'b'])
  })

  it('tells the primary what it was told of a conflict', async () => {
    const { primary, inbox } = create()
    const { consumer } = consume(inbox)
    primary.health = 'rejects'
    const [unsigned, signed] = [
      { ...accepting, keepsConflict: false, conflictMessage: 'Another type' },
      { ...accepting, conflictMessage: 'Another type' },
    ]
    await inbox.accept(delivery('unsigned'), unsigned)
    await inbox.accept(delivery('signed'), signed)
    await inbox.accept(delivery('usual'), accepting)
    const told = new Map<string, AcceptOptions>()
    const accept = primary.accept.bind(primary)
    primary.accept = (one, options) => (told.set(one.id, options), accept(one, options))
    primary.health = 'up'
    consumer.start()
    await until(() => primary.held.size === 3)
    expect(Object.fromEntries(told)).toEqual({ unsigned, signed, usual: accepting })
  })

  it('drains what an earlier process left behind, for at least as long as is promised', async () => {
    const primary = new SmallInbox({ retentionMs: 7_000 })
    const fallback = new SmallInbox()
    await fallback.accept(delivery('a'), accepting)
    const { consumer, handled } = consume(fallbackInbox(primary, fallback))
    consumer.start()
    await until(() => handled.length === 1)
    expect(primary.retentions).toEqual([7_000])
  })

  it('drains what an earlier process left behind where nobody handles here, from the first accept on', async () => {
    const [primary, fallback] = [new SmallInbox(), new SmallInbox()]
    await fallback.accept(delivery('left'), accepting)
    const inbox = fallbackInbox(primary, fallback)
    expect(await inbox.accept(delivery('a'), accepting)).toBe('accepted')
    expect(await inbox.accept(delivery('b'), accepting)).toBe('accepted')
    await until(() => primary.held.has('left'))
    expect(fallback.waiting).toEqual([])
    await inbox.close()
  })

  it('spends no attempts while the primary is away, and tries it alone now and then', async () => {
    const { primary, fallback, inbox } = create()
    primary.health = 'rejects'
    for (const id of ['a', 'b', 'c', 'd']) await inbox.accept(delivery(id), accepting)
    const { calls } = primary
    await until(() => primary.calls >= calls + 3)
    expect(fallback.leased).toBe(4)
    expect(fallback.delayed).toBe(0)
    await inbox.close()
    await until(() => fallback.delayed > 0)
  })

  it('is not held up by one that the primary never takes', async () => {
    const { primary, inbox } = create()
    const { consumer, handled } = consume(inbox)
    primary.poison = 'bad'
    consumer.start()
    primary.health = 'rejects'
    for (const id of ['bad', 'a', 'b']) await inbox.accept(delivery(id), accepting)
    primary.health = 'up'
    await until(() => handled.length === 2)
    expect(await inbox.accept(delivery('c'), accepting)).toBe('accepted')
    await until(() => handled.includes('c'))
  })

  it('stops waiting when it is closed', async () => {
    const { primary, fallback, inbox } = create()
    const { consumer } = consume(inbox)
    primary.health = 'rejects'
    for (const id of ['a', 'b', 'c', 'd']) await inbox.accept(delivery(id), accepting)
    await until(() => fallback.leased === 4)
    await consumer.close(closing)
    expect(fallback.waiting).toHaveLength(4)
  })

  it('tells what dies in the fallback, and not that it forwarded', async () => {
    const { primary, fallback, inbox } = create()
    const observations: Observation[] = []
    primary.health = 'full'
    await inbox.accept(delivery('a'), accepting)
    consume(inbox, observations)
    const dead: Observation = {
      type: 'dead',
      ...about(delivery('a')),
      reason: 'closed',
      attempt: 1,
      error: undefined,
    }
    const { observer } = fallback.consumers.get('p') as ConsumeOptions
    observer(dead)
    observer({ type: 'handled', ...about(delivery('a')), attempt: 1, handlers: 0 })
    expect(observations).toEqual([dead])
  })

  it('tells nobody when nobody listens', async () => {
    const { primary, fallback, inbox } = create()
    primary.health = 'full'
    await inbox.accept(delivery('a'), accepting)
    const { observer, retry } = fallback.consumers.get('p') as ConsumeOptions
    expect(() => observer({ type: 'dropped', ...about(delivery('a')) })).not.toThrow()
    expect(retry).toMatchObject({ attempts: 1_000 })
    await inbox.close()
  })
})

describe('the two together', () => {
  it('sum their figures, and close both', async () => {
    const { primary, fallback, inbox } = create()
    await primary.accept(delivery('a'), accepting)
    await fallback.accept(delivery('a'), accepting)
    await fallback.accept(delivery('b'), accepting)
    expect(await inbox.stats()).toEqual({
      waiting: 3,
      leased: 0,
      delayed: 0,
      dead: 0,
      oldestAgeMs: 20,
      types: [],
    })
    await inbox.close()
    expect([primary.closed, fallback.closed]).toEqual([true, true])
  })

  it('promise what both can keep', () => {
    const volatile = new SmallInbox({ durability: 'volatile' })
    const week = new SmallInbox({ retentionMs: 7 })
    const day = new SmallInbox({ retentionMs: 1 })
    expect(fallbackInbox(week, day)).toMatchObject({ durability: 'durable', ordered: false, retentionMs: 1 })
    expect(fallbackInbox(week, volatile)).toMatchObject({ durability: 'volatile', retentionMs: 7 })
    expect(fallbackInbox(volatile, day)).toMatchObject({ durability: 'volatile', retentionMs: 1 })
    expect(fallbackInbox(volatile, new SmallInbox()).retentionMs).toBeUndefined()
  })

  it('must be two, with options that are known', () => {
    const one = new SmallInbox()
    expect(() => fallbackInbox(one, one)).toThrow('another inbox')
    expect(() => fallbackInbox(one, new SmallInbox(), { primaryTimeoutMs: 0 })).toThrow(TypeError)
    expect(() => fallbackInbox(one, new SmallInbox(), { timeout: 1 } as object)).toThrow(TypeError)
  })

  it('are each consumed once for a provider', () => {
    const { inbox } = create()
    consume(inbox)
    expect(() => consume(inbox)).toThrow(TypeError)
  })
})
