import { describe, expect, it } from 'vitest'
import { spillInbox } from '../src/inbox/fallback/fallback-inbox.ts'
import type { ConsumeOptions } from '../src/inbox/inbox.ts'
import type { Signal } from '../src/model/observation.ts'
import {
  about,
  accepting,
  closing,
  consume,
  create,
  delivery,
  SmallInbox,
  until,
} from './support/small-inbox.ts'

describe('forwarding', () => {
  it('takes a copy that the primary got meanwhile for what it is', async () => {
    const { primary, spare, inbox } = create()
    const { consumer, handled } = consume(inbox)
    primary.health = 'rejects'
    await inbox.accept(delivery('a'), accepting)
    primary.health = 'up'
    await primary.accept(delivery('a'), accepting)
    await primary.accept(delivery('b', 'other'), accepting)
    await spare.accept(delivery('b'), accepting)
    consumer.start()
    await until(() => spare.waiting.length + spare.leased === 0 && handled.length === 2)
    await consumer.atRest()
    expect(handled).toEqual(['a', 'b'])
  })

  it('drains what an earlier process left behind, for at least as long as is promised', async () => {
    const primary = new SmallInbox({ retentionMs: 7_000 })
    const spare = new SmallInbox()
    await spare.accept(delivery('a'), accepting)
    const { consumer, handled } = consume(spillInbox(primary, spare))
    consumer.start()
    await until(() => handled.length === 1)
    expect(primary.retentions).toEqual([7_000])
  })

  it('spends no attempts while the primary is away, and tries it alone now and then', async () => {
    const { primary, spare, inbox } = create()
    primary.health = 'rejects'
    for (const id of ['a', 'b', 'c', 'd']) await inbox.accept(delivery(id), accepting)
    const { calls } = primary
    await until(() => primary.calls >= calls + 3)
    expect(spare.leased).toBe(4)
    expect(spare.delayed).toBe(0)
    await inbox.close()
    await until(() => spare.delayed > 0)
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
    const { primary, spare, inbox } = create()
    const { consumer } = consume(inbox)
    primary.health = 'rejects'
    for (const id of ['a', 'b', 'c', 'd']) await inbox.accept(delivery(id), accepting)
    await until(() => spare.leased === 4)
    await consumer.close(closing)
    expect(spare.waiting).toHaveLength(4)
  })

  it('tells what dies in the spare, and not that it forwarded', async () => {
    const { primary, spare, inbox } = create()
    const signals: Signal[] = []
    primary.health = 'full'
    await inbox.accept(delivery('a'), accepting)
    consume(inbox, signals)
    const dead: Signal = {
      type: 'dead',
      ...about(delivery('a')),
      reason: 'closed',
      attempt: 1,
      error: undefined,
    }
    const { observer } = spare.consumers.get('p') as ConsumeOptions
    observer(dead)
    observer({ type: 'handled', ...about(delivery('a')), attempt: 1, handlers: 0 })
    expect(signals).toEqual([dead])
  })

  it('tells nobody when nobody listens', async () => {
    const { primary, spare, inbox } = create()
    primary.health = 'full'
    await inbox.accept(delivery('a'), accepting)
    const { observer, retry } = spare.consumers.get('p') as ConsumeOptions
    expect(() => observer({ type: 'dropped', ...about(delivery('a')) })).not.toThrow()
    expect(retry).toMatchObject({ attempts: 1_000 })
    await inbox.close()
  })
})

describe('the two together', () => {
  it('sum their figures, and close both', async () => {
    const { primary, spare, inbox } = create()
    await primary.accept(delivery('a'), accepting)
    await spare.accept(delivery('a'), accepting)
    await spare.accept(delivery('b'), accepting)
    expect(await inbox.stats()).toEqual({
      waiting: 3,
      leased: 0,
      delayed: 0,
      dead: 0,
      oldestAgeMs: 20,
      types: [],
    })
    await inbox.close()
    expect([primary.closed, spare.closed]).toEqual([true, true])
  })

  it('promise what both can keep', () => {
    const volatile = new SmallInbox({ durability: 'volatile' })
    const week = new SmallInbox({ retentionMs: 7 })
    const day = new SmallInbox({ retentionMs: 1 })
    expect(spillInbox(week, day)).toMatchObject({ durability: 'durable', ordered: false, retentionMs: 1 })
    expect(spillInbox(week, volatile)).toMatchObject({ durability: 'volatile', retentionMs: 7 })
    expect(spillInbox(volatile, day)).toMatchObject({ durability: 'volatile', retentionMs: 1 })
    expect(spillInbox(volatile, new SmallInbox()).retentionMs).toBeUndefined()
  })

  it('must be two, with options that are known', () => {
    const one = new SmallInbox()
    expect(() => spillInbox(one, one)).toThrow('another inbox')
    expect(() => spillInbox(one, new SmallInbox(), { primaryTimeoutMs: 0 })).toThrow(TypeError)
    expect(() => spillInbox(one, new SmallInbox(), { timeout: 1 } as object)).toThrow(TypeError)
  })

  it('are each consumed once for a provider', () => {
    const { inbox } = create()
    consume(inbox)
    expect(() => consume(inbox)).toThrow(TypeError)
  })
})
