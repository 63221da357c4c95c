import { describe, expect, it } from 'vitest'
import { backoffMs, toRetryPolicy } from '../../src/inbox/retry-policy.ts'
import { settle } from '../../src/inbox/settle.ts'

describe('backoff', () => {
  it('doubles up to its bound, with full jitter', () => {
    const policy = toRetryPolicy({ minDelayMs: 1_000, maxDelayMs: 60_000 })
    expect([1, 2, 3, 6, 7, 1_000].map((attempt) => backoffMs(attempt, policy, () => 1))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ])
    expect(backoffMs(3, policy, () => 0)).toBe(0)
    expect(backoffMs(3, policy, () => 0.5)).toBe(2_000)
    expect(backoffMs(3, policy)).toBeLessThanOrEqual(4_000)
  })

  it('stays within its bounds at every attempt, and for a random number that is none', () => {
    const none = toRetryPolicy({ minDelayMs: 0 })
    const most = toRetryPolicy({ minDelayMs: 86_400_000, maxDelayMs: 7 * 86_400_000 })
    for (const attempt of [1, 41, 1_000, 2_000]) {
      expect(backoffMs(attempt, none, () => 1)).toBe(0)
      expect(backoffMs(attempt + 3, most, () => 1)).toBe(7 * 86_400_000)
    }
    for (const random of [Number.NaN, -1, 2]) expect(backoffMs(2, toRetryPolicy(), () => random)).toBe(2_000)
  })

  it('spans at least 24 hours by default: of 10 000 schedules none is shorter', () => {
    const policy = toRetryPolicy()
    const scheduleMs = (random: () => number): number => {
      let sumMs = 0
      for (let attempt = 1; ; attempt++) {
        const settled = settle({ status: 'failed', error: 1, completed: [] }, attempt, policy, random)
        if (settled.status !== 'retry') return sumMs
        sumMs += settled.delayMs
      }
    }
    expect(scheduleMs(() => 0.5) / 3_600_000).toBeCloseTo(39.1, 1)
    for (let n = 0; n < 10_000; n++) expect(scheduleMs(Math.random)).toBeGreaterThan(24 * 3_600_000)
  })

  it('ends with an attempt that has no number', () => {
    const failed = { status: 'failed', error: 1, completed: ['a'] } as const
    expect(settle(failed, Number.NaN, toRetryPolicy())).toMatchObject({ reason: 'attempts-used-up' })
  })

  it('has defaults, and refuses what cannot be used', () => {
    expect(toRetryPolicy()).toEqual({
      attempts: 90,
      crashes: 10,
      minDelayMs: 1_000,
      maxDelayMs: 3_600_000,
    })
    expect(() => toRetryPolicy({ attempts: 0 })).toThrow('retry.attempts')
    for (const crashes of [0, 1.5, 1_001, Number.NaN])
      expect(() => toRetryPolicy({ crashes })).toThrow('retry.crashes must be a whole number from 1 to 1000')
    expect(() => toRetryPolicy({ minDelayMs: 10, maxDelayMs: 9 })).toThrow(
      'retry.maxDelayMs must be a whole number from 10',
    )
    expect(() => toRetryPolicy({ retries: 3 } as never)).toThrow("retry has no option 'retries'")
  })
})
