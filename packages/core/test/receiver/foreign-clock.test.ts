import { describe, expect, it } from 'vitest'
import { backoffMs, toRetryPolicy } from '../../src/inbox/retry-policy.ts'
import { type Clock, memoryInbox, systemClock } from '../../src/index.ts'
import { checkClock, sturdyClock } from '../../src/lib/check-clock.ts'
import { bench, incoming, paid, signed, startAt } from '../support/acme.ts'
import { answers, misconfigured, smallInbox } from '../support/answers.ts'
import { manualClock, settled } from '../support/clock.ts'
import { schemeOf } from '../support/schemes.ts'
import { watchUnhandled } from '../support/unhandled.ts'

watchUnhandled()

const handled = { ack: 'handled', inbox: undefined as never } as const

describe('a clock that fails', () => {
  const broken: Record<string, Partial<Record<keyof Clock, unknown>>> = {
    'has no time': { now: () => Number.NaN },
    'throws for the time': { now: () => expect.unreachable() },
    'answers a date for the time': { now: () => new Date() },
    'has no steady time': { monotonic: () => undefined },
    'throws for the steady time': { monotonic: () => expect.unreachable() },
  }

  for (const [what, calls] of Object.entries(broken)) {
    it(`because it ${what} is 500, in either level, and nothing rejects`, async () => {
      for (const options of [{}, handled]) {
        const clock = { ...manualClock(), ...calls } as Clock
        const { outcomes, lines } = await answers({}, { clock, ...options })
        for (const outcome of outcomes)
          expect(outcome).toMatchObject({ ...misconfigured, code: 'receiver-failed' })
        expect(lines).toHaveLength(2)
      }
    })
  }

  it('to schedule leaves the deadlines to this machine', async () => {
    const clock = { ...systemClock, schedule: () => expect.unreachable() }
    let ran = 0
    const { receiver } = bench(
      { clock, ...handled, tolerance: { pastMs: 7 * 86_400_000 } },
      { time: undefined as never },
    )
    receiver.on('order.paid', async () => {
      ran++
      throw new Error('no')
    })
    expect(await receiver.handle(incoming(signed(paid)))).toMatchObject({
      status: 500,
      code: 'handler-failed',
    })
    expect(ran).toBe(1)
  })

  it('after the handlers failed takes nothing with it', async () => {
    let fails = false
    const inner = manualClock()
    const monotonic = () => (fails ? Number.NaN : inner.monotonic())
    const { receiver } = bench({ clock: { ...inner, monotonic }, ...handled })
    receiver.on('order.paid', () => {
      fails = true
      throw new Error('no')
    })
    expect(await receiver.handle(incoming(signed(paid)))).toMatchObject({ code: 'handler-failed' })
    await settled()
  })

  it('cancels what it can, and runs nothing that was cancelled', async () => {
    const cancelled: string[] = []
    const { schedule } = checkClock({ ...systemClock, schedule: () => () => void cancelled.push('a') })
    schedule(1, () => {})()
    const tasks: (() => void)[] = []
    const vague = checkClock({ ...systemClock, schedule: (_, task) => tasks.push(task) as never })
    vague.schedule(1, () => cancelled.push('never'))()
    for (const task of tasks) task()
    expect(cancelled).toEqual(['a'])
  })

  it('because it runs a task twice, or at once, runs it once, and after the call that scheduled it', async () => {
    const ran: string[] = []
    const hasty = checkClock({ ...systemClock, schedule: (_, task) => (task(), task()) as never })
    await new Promise<void>((resolve) => {
      hasty.schedule(1_000, () => {
        ran.push('task')
        resolve()
      })
      ran.push('scheduled')
    })
    hasty.schedule(1_000, () => ran.push('cancelled'))()
    await new Promise<void>((resolve) => hasty.schedule(1_000, resolve))
    expect(ran).toEqual(['scheduled', 'task'])
  })

  it('because it answers what cannot be looked at leaves the deadline as it is', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const { schedule } = checkClock({
      ...systemClock,
      schedule: (delayMs, task) => (systemClock.schedule(delayMs, task), proxy) as never,
    })
    await new Promise<void>((resolve) => schedule(0, resolve))
  })

  it('with promises that reject ends nothing', async () => {
    const reject = (): never => Promise.reject(new Error('no')) as never
    const { schedule } = checkClock({ now: reject, monotonic: reject, schedule: reject })
    schedule(1, () => {})
    const { outcomes } = await answers({}, { clock: { now: reject, monotonic: reject, schedule: reject } })
    for (const outcome of outcomes) expect(outcome).toMatchObject(misconfigured)
  })

  it('for what a date cannot hold is 500, before anything is accepted', async () => {
    for (const at of [1e300, -1e300, 8.64e15 + 1e3]) {
      const { outcomes } = await answers({}, { clock: { ...systemClock, now: () => at } })
      for (const outcome of outcomes) expect(outcome).toMatchObject(misconfigured)
    }
  })

  it('is this machine for what runs behind an answer', () => {
    expect(sturdyClock()).toBe(systemClock)
    const broken = sturdyClock({
      now: expect.unreachable,
      monotonic: () => Number.NaN,
      schedule: () => expect.unreachable(),
    })
    expect(broken.now()).toBeGreaterThan(Date.parse(startAt))
    expect(broken.monotonic()).toBeGreaterThan(0)
    const right = sturdyClock({ ...systemClock, now: () => 7 })
    expect(right.now()).toBe(7)
  })
})

describe('an inbox whose clock or chance fails', () => {
  it('handles what it accepted, and closes', async () => {
    const inner = manualClock()
    let fails = false
    const monotonic = (): number => (fails ? expect.unreachable() : inner.monotonic())
    const now = (): number => (fails ? expect.unreachable() : inner.now())
    const clock = { ...inner, now, monotonic }
    const { receiver, observations } = bench({
      clock,
      inbox: memoryInbox({ clock, random: () => expect.unreachable() }),
    })
    receiver.on('order.paid', (_, { attempt }) => {
      if (attempt === 1) throw new Error('no')
    })
    expect(await receiver.handle(incoming(signed(paid)))).toMatchObject({ status: 200 })
    fails = true
    await settled()
    await inner.advance(1_000)
    expect(observations.map(({ type }) => type)).toEqual(['accepted', 'retried', 'handled'])
    await receiver.close({ timeoutMs: 0 })
  })

  it('waits for the whole bound where chance is none', async () => {
    const policy = toRetryPolicy({ minDelayMs: 8 })
    for (const random of [
      () => expect.unreachable(),
      () => Symbol('x'),
      () => Promise.reject(new Error('no')),
    ])
      expect(backoffMs(1, policy, random as never)).toBe(8)
  })
})

describe('lines of a minute on a clock that fails', () => {
  it('are told, and nothing is thrown where nobody catches it', async () => {
    const tasks: (() => void)[] = []
    let fails = false
    const monotonic = (): number => (fails ? expect.unreachable() : 0)
    const schedule = (_: number, task: () => void) => (tasks.push(task), () => {})
    const lines: string[] = []
    const note = (_: object, message: string): void => void lines.push(message)
    const logger = { debug: () => {}, info: note, warn: note, error: note }
    const { receiver } = bench(
      { clock: { now: Date.now, monotonic, schedule }, inbox: smallInbox(), logger },
      { scheme: schemeOf({ verify: () => 'signature-mismatch' }) },
    )
    for (let times = 0; times < 3; times++) await receiver.receive(signed(paid))
    fails = true
    for (const task of tasks) task()
    expect(lines).toHaveLength(2)
  })
})
