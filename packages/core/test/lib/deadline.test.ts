import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/index.ts'
import { timedOut, withDeadline } from '../../src/lib/deadline.ts'
import { manualClock } from '../support/clock.ts'

describe('withDeadline', () => {
  it('answers with the value, the rejection, or that time ran out, and leaves no timer', async () => {
    const clock = manualClock()
    expect(await withDeadline(Promise.resolve(1), 10, clock)).toBe(1)
    await expect(withDeadline(Promise.reject(new Error('no')), 10, clock)).rejects.toThrow('no')
    expect(clock.scheduled).toBe(0)
    const late = withDeadline(new Promise(() => {}), 10, clock)
    await clock.advance(10)
    expect(await late).toBe(timedOut)
  })

  it('drops a rejection that comes too late', async () => {
    const clock = manualClock()
    let reject: (error: Error) => void = () => {}
    const late = withDeadline(
      new Promise((_, no) => {
        reject = no
      }),
      10,
      clock,
    )
    await clock.advance(10)
    reject(new Error('late'))
    expect(await late).toBe(timedOut)
  })
})

describe('systemClock', () => {
  it('tells wall and monotonic time, and runs what is scheduled unless it is cancelled', async () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000)
    const before = systemClock.monotonic()
    const ran: string[] = []
    const cancel = systemClock.schedule(1, () => ran.push('cancelled'))
    cancel()
    await new Promise<void>((resolve) => systemClock.schedule(2, () => resolve()))
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(ran).toEqual([])
    expect(systemClock.monotonic()).toBeGreaterThan(before)
  })
})

describe('a deadline on a clock that fails', () => {
  it('rejects with what the clock threw, whatever becomes of the promise', async () => {
    const clock = {
      ...systemClock,
      schedule: () => {
        throw new Error('no timers')
      },
    }
    for (const promise of [Promise.resolve('late'), Promise.reject(new Error('late'))]) {
      await expect(withDeadline(promise, 10, clock)).rejects.toThrow('no timers')
    }
  })
})
