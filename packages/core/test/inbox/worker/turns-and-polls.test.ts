import { describe, expect, it } from 'vitest'
import { Polls } from '../../../src/inbox/worker/polls.ts'
import { Turns } from '../../../src/inbox/worker/turns.ts'
import type { Awaitable } from '../../../src/index.ts'
import { manualClock, settled } from '../../support/clock.ts'
import { sharedTable } from '../../support/shared-source.ts'

describe('a turn', () => {
  /** What acts, and a clock that a test moves. */
  function bench() {
    let now = 1_000
    const acted: string[] = []
    const turns = new Turns({ ...manualClock(), monotonic: () => now }, () => acted.push('turn'))
    return {
      acted,
      turns,
      pass: (ms: number) => {
        now += ms
      },
    }
  }
  const microtasks = () => Promise.resolve()

  it('that is asked for later comes once, after this turn of the event loop', async () => {
    const { acted, turns } = bench()
    turns.later()
    turns.later()
    turns.soon()
    await microtasks()
    expect(acted).toEqual([])
    await settled()
    expect(acted).toEqual(['turn'])
    turns.later()
    await settled()
    expect(acted).toEqual(['turn', 'turn'])
  })

  it('that is asked for soon comes once, within this turn of the event loop', async () => {
    const { acted, turns } = bench()
    turns.soon()
    turns.soon()
    expect(acted).toEqual([])
    await microtasks()
    expect(acted).toEqual(['turn'])
    turns.soon()
    await microtasks()
    expect(acted).toEqual(['turn', 'turn'])
    await settled()
    expect(acted).toEqual(['turn', 'turn'])
  })

  it('waits for the next turn of the event loop where this one has taken 5 ms', async () => {
    const { acted, turns, pass } = bench()
    turns.soon()
    await microtasks()
    pass(4)
    turns.soon()
    await microtasks()
    expect(acted).toHaveLength(2)
    pass(1)
    turns.soon()
    await microtasks()
    expect(acted).toHaveLength(2)
    await settled()
    expect(acted).toHaveLength(3)
    pass(60_000)
    turns.soon()
    await microtasks()
    expect(acted).toHaveLength(4)
  })
})

describe('polls of shared storage', () => {
  function bench(nextDueAt: () => Awaitable<number | undefined> = () => undefined) {
    const clock = manualClock()
    const startedAt = clock.now()
    const times: number[] = []
    const polls = new Polls({ pollMs: 1_000, nextDueAt }, clock, () => times.push(clock.monotonic()))
    return { clock, polls, times, startedAt }
  }

  it('come at once, and at regular times from then on, until they are stopped', async () => {
    const { clock, polls, times } = bench()
    polls.now()
    await clock.advance(2_500)
    expect(times).toEqual([0, 1_000, 2_000])
    polls.stop()
    polls.within(10)
    await clock.advance(2_000)
    expect(times).toHaveLength(3)
    expect(clock.scheduled).toBe(0)
  })

  it('come sooner where a delay is over sooner, and no later for one that is over later', async () => {
    const { clock, polls, times } = bench()
    polls.now()
    polls.within(300)
    polls.within(400)
    polls.within(5_000)
    await clock.advance(1_300)
    expect(times).toEqual([0, 300, 1_300])
    expect(clock.scheduled).toBe(1)
  })

  it('come when the next delay in the storage is over', async () => {
    let dueAt = 0
    const { clock, polls, times, startedAt } = bench(() => dueAt)
    dueAt = startedAt + 250
    polls.now()
    await clock.advance(1_250)
    expect(times).toEqual([0, 250, 1_250])
  })

  it.each<[string, (now: number) => Awaitable<number | undefined>]>([
    ['what is due already', (now) => now],
    ['what was due long ago', (now) => now - 60_000],
    ['nothing that is delayed', () => undefined],
    ['storage that is away', () => Promise.reject(new Error('away'))],
    [
      'storage that throws',
      () => {
        throw new Error('away')
      },
    ],
  ])('come no sooner for %s', async (_, nextDueAt) => {
    let ask = (): Awaitable<number | undefined> => undefined
    const { clock, polls, times } = bench(() => ask())
    ask = () => nextDueAt(clock.now())
    polls.now()
    await clock.advance(999)
    expect(times).toEqual([0])
    await clock.advance(1)
    expect(times).toEqual([0, 1_000])
  })
})

describe('the silence of shared storage', () => {
  it('is not known before the first poll', () => {
    const polls = new Polls({ pollMs: 100, nextDueAt: () => undefined }, manualClock(), () => {})
    expect(polls.silentMs).toBeUndefined()
  })

  it('begins with the last answer to a poll, is not known before the first poll, and never ends while it fails', async () => {
    const { clock, faults, work } = sharedTable()
    const worker = work()
    await clock.advance(1_500)
    expect(worker.silentMs?.()).toBe(500)
    faults.set(
      'nextDueAt',
      Array.from({ length: 10 }, () => new Error('away')),
    )
    await clock.advance(5_000)
    expect(worker.silentMs?.()).toBe(5_500)
    faults.delete('nextDueAt')
    await clock.advance(1_000)
    expect(worker.silentMs?.()).toBe(500)
    await worker.close({ timeoutMs: 0 })
  })
})
