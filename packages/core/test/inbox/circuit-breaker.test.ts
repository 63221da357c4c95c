import { describe, expect, it } from 'vitest'
import { createCircuitBreaker } from '../../src/inbox-kit.ts'
import { manualClock } from '../support/clock.ts'

function setUp() {
  const clock = manualClock()
  const breaker = createCircuitBreaker({ name: 'Redis', timeoutMs: 500, failures: 5, probeMs: 500, clock })
  let probes = 0
  let up = false
  const probe = async (): Promise<void> => {
    probes++
    if (!up) throw new Error('still down')
  }
  const fail = () => breaker.run(() => Promise.reject(new Error('refused')), probe).catch(String)
  const setUpTo = (value: boolean) => {
    up = value
  }
  return { clock, breaker, probe, fail, setUpTo, probes: () => probes }
}

describe('the circuit breaker', () => {
  it('does not construct with options that cannot be used', () => {
    const usual = { name: 'Redis', timeoutMs: 500, failures: 5, probeMs: 500, clock: manualClock() }
    for (const [wrong, message] of [
      [{ timeoutMs: 0 }, /timeoutMs must be a whole number from 1/],
      [{ failures: Number.NaN }, /failures must be a whole number/],
      [{ probeMs: -1 }, /probeMs must be a whole number from 1/],
      [{ name: 7 }, /name must be text, not 7/],
      [{ clock: {} }, /clock/],
      [{ failuresToOpen: 5 }, /has no option 'failuresToOpen'/],
    ] as const)
      expect(() => createCircuitBreaker({ ...usual, ...wrong } as never)).toThrow(message)
  })

  it('hands on what a call gives, and what it throws, at once or later', async () => {
    const { breaker, probe } = setUp()
    expect(await breaker.run(async () => 5, probe)).toBe(5)
    const thrower = () => {
      throw new Error('at once')
    }
    await expect(breaker.run(thrower, probe)).rejects.toThrow('at once')
  })

  it('rejects a call that does not answer in time', async () => {
    const { breaker, probe, clock } = setUp()
    const call = breaker.run(() => new Promise(() => {}), probe).catch(String)
    await clock.advance(500)
    expect(await call).toBe('Error: Redis did not answer within 500 ms')
  })

  it('opens after five failures in a row, not before, and refuses at once without making the call', async () => {
    const { breaker, fail, probe } = setUp()
    for (let n = 0; n < 4; n++) await fail()
    await breaker.run(async () => 1, probe)
    for (let n = 0; n < 4; n++) await fail()
    expect(breaker.isOpen).toBe(false)
    await fail()
    expect(breaker.isOpen).toBe(true)
    let called = false
    const refused = breaker.run(async () => {
      called = true
    }, probe)
    await expect(refused).rejects.toThrow('Redis does not answer; it is probed every 500 ms')
    expect(called).toBe(false)
  })

  it('probes every 500 ms while it is open, and closes when a probe succeeds', async () => {
    const { breaker, fail, clock, setUpTo, probes, probe } = setUp()
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map(fail))
    await clock.advance(1_600)
    expect(probes()).toBe(3)
    setUpTo(true)
    await clock.advance(500)
    expect(breaker.isOpen).toBe(false)
    expect(await breaker.run(async () => 'back', probe)).toBe('back')
    await clock.advance(5_000)
    expect(probes()).toBe(4)
    for (let n = 0; n < 4; n++) await fail()
    expect(breaker.isOpen).toBe(false)
  })

  it('probes no more once it is closed for good', async () => {
    const { breaker, fail, clock, probes } = setUp()
    for (let n = 0; n < 5; n++) await fail()
    breaker.close()
    await clock.advance(5_000)
    expect(probes()).toBe(0)
    const late = setUp()
    const slow = late.breaker.run(() => new Promise(() => {}), late.probe).catch(String)
    for (let n = 0; n < 4; n++) await late.fail()
    late.breaker.close()
    await late.clock.advance(500)
    await slow
    await late.clock.advance(5_000)
    expect(late.probes()).toBe(0)
    expect(late.clock.scheduled).toBe(0)
  })

  it('without a probe lets one call through every 500 ms, alone, and closes when it succeeds', async () => {
    const { breaker, clock } = setUp()
    let calls = 0
    const call = (succeeds: boolean) =>
      breaker
        .run(async () => {
          calls++
          await Promise.resolve()
          if (!succeeds) throw new Error('refused')
        })
        .then(() => 'ok', String)
    for (let n = 0; n < 5; n++) await call(false)
    expect([breaker.isOpen, calls]).toEqual([true, 5])
    await clock.advance(499)
    expect(await call(true)).toMatch('does not answer')
    await clock.advance(1)
    expect(breaker.isOpen).toBe(false)
    const [trial, other] = [call(false), call(true)]
    expect(breaker.isOpen).toBe(true)
    expect(await trial).toBe('Error: refused')
    expect(await other).toMatch('does not answer')
    expect(await call(true)).toMatch('does not answer')
    await clock.advance(500)
    expect(await call(true)).toBe('ok')
    expect(await call(true)).toBe('ok')
    expect([breaker.isOpen, calls]).toEqual([false, 8])
  })
})
