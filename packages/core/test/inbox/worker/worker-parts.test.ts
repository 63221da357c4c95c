import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { toRetryPolicy } from '../../../src/inbox/retry-policy.ts'
import { isIdleNow } from '../../../src/inbox/worker/is-idle-now.ts'
import { LateLeases } from '../../../src/inbox/worker/late-leases.ts'
import { UnwritableError } from '../../../src/inbox/worker/lease-source.ts'
import { atOnceAfter, PossiblePoison } from '../../../src/inbox/worker/possible-poison.ts'
import { giveBack, toReturned, toUnused } from '../../../src/inbox/worker/returning.ts'
import { Running } from '../../../src/inbox/worker/running.ts'
import { manualClock } from '../../support/clock.ts'
import { delivery } from '../../support/memory-inbox.ts'

const leased = { delivery: delivery('a'), attempt: 3, completed: ['sendMail'] }

describe('how many that ended together may run at once the next time', () => {
  it.each([
    ['half of them', undefined, 5, 2, 3],
    ['8 of many where two ends are left', undefined, 100, 2, 8],
    ['64 of many where three ends are left', undefined, 200, 3, 64],
    ['half of those that could', 3, 10, 2, 2],
    ['half of those that did', 10, 3, 2, 2],
    ['one where one could', 1, 10, 2, 1],
    ['one where it ran alone and more ends are allowed by now', 0, 1, 2, 1],
    ['none beside it where one end is left', undefined, 10, 1, 0],
    ['none beside it where no end is left', undefined, 10, 0, 0],
  ] as const)('is %s', (_, before, together, left, atOnce) => {
    expect(atOnceAfter(before, together, left)).toBe(atOnce)
  })
})

describe('the possible poison messages that run', () => {
  it('are counted, and the least of their bounds is the one of all', () => {
    const poison = new PossiblePoison()
    expect([poison.count, poison.atOnce]).toEqual([0, Number.POSITIVE_INFINITY])
    for (const atOnce of [8, 2, 2, undefined]) poison.add(atOnce)
    expect([poison.count, poison.atOnce]).toEqual([3, 2])
    poison.remove(2)
    poison.remove(undefined)
    expect([poison.count, poison.atOnce]).toEqual([2, 2])
    poison.remove(2)
    expect([poison.count, poison.atOnce]).toEqual([1, 8])
  })
})

describe('a lease that ended without a result', () => {
  const error = new Error('It ended')
  const retry = toRetryPolicy({ attempts: 6, crashes: 4 })

  it('in an orderly close counts an attempt and no crash, and leaves a possible poison message what it was', () => {
    const ending = { error, retry, together: undefined }
    const waiting = { status: 'waiting', attempt: 3, crashes: 0, atOnce: undefined, error }
    expect(toReturned(leased, ending)).toEqual(waiting)
    expect(toReturned({ ...leased, crashes: 2, atOnce: 4 }, ending)).toEqual({
      ...waiting,
      crashes: 2,
      atOnce: 4,
    })
  })

  it('with its process is a possible poison message', () => {
    expect(toReturned(leased, { error, retry, together: 4 })).toEqual({
      status: 'waiting',
      attempt: 3,
      crashes: 1,
      atOnce: 2,
      error,
    })
  })

  it.each([
    ['its attempts are used up', { attempt: 6 }, undefined, 0],
    ['its crashes are used up', { crashes: 3 }, 1, 4],
    ['more crashes are used up than are allowed by now', { crashes: 9 }, 1, 10],
  ] as const)('is a dead letter when %s', (_, changes, together, crashes) => {
    expect(toReturned({ ...leased, ...changes }, { error, retry, together })).toEqual({
      status: 'dead',
      reason: 'attempts-used-up',
      crashes,
      error,
    })
  })

  it('runs alone the last time that it may end so', () => {
    const last = { error, retry, together: 8 }
    expect(toReturned({ ...leased, crashes: 2 }, last)).toMatchObject({ atOnce: 0 })
    expect(toReturned({ ...leased, attempt: 5 }, last)).toMatchObject({ atOnce: 0 })
    expect(toReturned({ ...leased, crashes: 1 }, last)).toMatchObject({ atOnce: 4 })
  })

  it('for which no handler ran counts nothing', () => {
    const unused = { status: 'waiting', attempt: 2, crashes: 0, atOnce: undefined, error: undefined }
    expect(toUnused(leased)).toEqual(unused)
    expect(toUnused({ ...leased, crashes: 2, atOnce: 0 })).toEqual({ ...unused, crashes: 2, atOnce: 0 })
  })

  it('runs out where it cannot be given back', async () => {
    const away = { giveBack: () => Promise.reject(new Error('away')) }
    expect(await giveBack(away, [{ leased, returned: toUnused(leased) }])).toEqual([])
  })
})

describe('leases of others', () => {
  const lease = { id: 'a', dueAt: Date.parse('2025-12-10T15:30:00Z'), leaseMs: 3_000 }
  const watch = (pollMs = 1_000) => {
    const clock = manualClock()
    return { clock, late: new LateLeases(clock, pollMs) }
  }

  it('are abandoned when they stayed as they are for half of their length', async () => {
    const { clock, late } = watch()
    expect(late.look([lease])).toEqual([])
    await clock.advance(1_000)
    expect(late.look([lease])).toEqual([])
    await clock.advance(499)
    expect(late.look([lease])).toEqual([])
    await clock.advance(1)
    expect(late.look([lease])).toEqual([lease])
  })

  it('are seen for two polls at most of a time in which this process stood still', async () => {
    const { clock, late } = watch(700)
    late.look([lease])
    await clock.advance(60_000)
    expect(late.look([lease])).toEqual([])
    await clock.advance(100)
    expect(late.look([lease])).toEqual([lease])
  })

  it('are watched anew when they were renewed, were gone, or nobody could renew', async () => {
    const { clock, late } = watch()
    const passing = async () => {
      await clock.advance(1_000)
      return late.look([lease])
    }
    await passing()
    late.look([{ ...lease, dueAt: lease.dueAt - 1 }])
    expect(await passing()).toEqual([])
    expect(await passing()).toEqual([])
    late.look([])
    expect(await passing()).toEqual([])
    expect(await passing()).toEqual([])
    late.forget()
    expect(await passing()).toEqual([])
    expect(await passing()).toEqual([])
    expect(await passing()).toEqual([lease])
  })

  it.each([
    [0, true],
    [1, false],
    [3_000, false],
    [3_001, true],
  ])('that end in %i ms are abandoned: %o', async (inMs, isAbandoned) => {
    const { clock, late } = watch()
    const other = { ...lease, dueAt: lease.dueAt + 1_500 + inMs }
    late.look([other])
    await clock.advance(1_500)
    expect(late.look([other])).toEqual(isAbandoned ? [other] : [])
  })
})

describe('a delivery in hand', () => {
  it('is given up for the first reason, which its signal tells, whenever it is asked for', () => {
    for (const isEarly of [true, false]) {
      const running = new Running(leased, {})
      if (isEarly) expect(running.signal.aborted).toBe(false)
      expect(running.isGivenUp).toBe(false)
      const first = new Error('first')
      running.giveUp(first)
      running.giveUp(new Error('second'))
      expect(running.isGivenUp).toBe(true)
      expect(running.signal.reason).toBe(first)
      expect(running.signal).toBe(running.signal)
    }
  })

  it('knows its attempt and its handlers that have completed, and has a signal that nobody listens to', () => {
    const running = new Running(leased, {})
    expect([running.attempt, running.completed]).toEqual([3, ['sendMail']])
    expect(running.signal.aborted).toBe(false)
    expect(getEventListeners(running.signal, 'abort')).toEqual([])
  })
})

describe('a store', () => {
  const handles = { except: [] }
  const thrown = () => {
    throw new Error('away')
  }

  it.each<[string, () => boolean | Promise<boolean>, boolean]>([
    ['says so', () => true, true],
    ['says that something is left', () => false, false],
    ['says so later', async () => true, true],
    ['says later that something is left', async () => false, false],
    ['throws', thrown, false],
    ['rejects', () => Promise.reject(new Error('away')), false],
  ])('that %s is taken for idle as it says, and for busy where it cannot say', async (_, isIdle, is) => {
    expect(await isIdleNow({ isIdle }, handles)).toBe(is)
  })

  it('that answers at once is answered for at once', () => {
    expect(isIdleNow({ isIdle: () => true }, handles)).toBe(true)
  })
})

describe('an error of what cannot be written', () => {
  it('has a name of its own, and a cause', () => {
    const cause = new Error('too big')
    expect(new UnwritableError('It does not fit', { cause })).toMatchObject({
      name: 'UnwritableError',
      message: 'It does not fit',
      cause,
    })
  })
})
