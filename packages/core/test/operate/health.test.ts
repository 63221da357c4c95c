import { describe, expect, it } from 'vitest'
import type { Consumer, Inbox, InboxStats } from '../../src/inbox/inbox.ts'
import { createReceiver, memoryInbox } from '../../src/index.ts'
import { type HealthReport, health } from '../../src/operate.ts'
import { acme, bench } from '../support/acme.ts'
import { manualClock } from '../support/clock.ts'

const stats: InboxStats = { waiting: 0, leased: 0, delayed: 0, dead: 0, oldestAgeMs: 0, types: [] }
const codes = ({ reasons }: HealthReport) => reasons.map(({ code }) => code)

/** A receiver that works, on an inbox whose answers a test decides, and its health. */
function stage(options: Parameters<typeof health>[1] = {}) {
  const clock = manualClock()
  const own = memoryInbox({ clock })
  const answers = { stats: async () => stats, silentMs: undefined as (() => number) | undefined, asked: 0 }
  const inbox: Inbox = {
    ...own,
    durability: own.durability,
    ordered: own.ordered,
    retentionMs: own.retentionMs,
    deadLetters: own.deadLetters,
    accept: (...given) => own.accept(...given),
    deadLetter: (...given) => own.deadLetter(...given),
    close: (...given) => own.close(...given),
    stats: () => {
      answers.asked++
      return answers.stats()
    },
    consume(handle, given): Consumer {
      const consumer = own.consume(handle, given)
      return {
        start: () => consumer.start(),
        onIdle: () => consumer.onIdle(),
        unhandled: () => consumer.unhandled(),
        close: (closing) => consumer.close(closing),
        silentMs: () => answers.silentMs?.(),
      }
    },
  }
  const receiver = createReceiver(acme(), { inbox, clock })
  receiver.work()
  return { clock, inbox, answers, receiver, probes: health(receiver, { clock, ...options }) }
}

describe('health', () => {
  it('is live and ready, without a reason, where all is well', async () => {
    const { probes } = stage()
    expect(await probes.check()).toEqual({ live: true, ready: true, reasons: [] })
  })

  it('is not ready before anybody called work(), and says so', async () => {
    const { receiver, clock } = bench()
    const probes = health({ receiver }, { clock })
    const report = await probes.check()
    expect(report).toMatchObject({ live: true, ready: false })
    expect(report.reasons).toMatchObject([
      { code: 'worker-not-started', endpoint: 'acme', message: expect.stringContaining('call work()') },
    ])
    receiver.work()
    await clock.advance(1_000)
    expect(await probes.check()).toMatchObject({ ready: true, reasons: [] })
  })

  it('asks no work of a receiver that only accepts, or that answers when it handled', async () => {
    const clock = manualClock()
    const accepting = createReceiver(acme(), { inbox: memoryInbox(), work: false, clock })
    const handling = createReceiver(acme(), { ack: 'handled', clock })
    expect(await health([accepting, handling], { clock }).check()).toMatchObject({ ready: true, reasons: [] })
  })

  it('is live and not ready from the moment of a close, whatever was known a moment before', async () => {
    const { probes, receiver } = stage()
    expect(await probes.check()).toMatchObject({ ready: true })
    const closed = receiver.close()
    expect(await probes.check()).toMatchObject({
      live: true,
      ready: false,
      reasons: [{ code: 'closing', endpoint: 'acme', stops: 'ready' }],
    })
    await closed
  })

  it('is live and not ready while the inbox fails', async () => {
    const { probes, answers } = stage()
    answers.stats = async () => {
      throw new Error('connect ECONNREFUSED')
    }
    const report = await probes.check()
    expect(report).toMatchObject({ live: true, ready: false })
    expect(report.reasons).toMatchObject([
      { code: 'inbox-unreachable', message: expect.stringContaining('ECONNREFUSED') },
    ])
  })

  it('hears of an inbox that hangs in time, and does not ask it again until its answer must be lost', async () => {
    const { probes, answers, clock } = stage({ checkTimeoutMs: 500 })
    let answerLate = (_: InboxStats): void => {}
    const late = new Promise<InboxStats>((resolve) => {
      answerLate = resolve
    })
    answers.stats = () => late
    const first = probes.check()
    await clock.advance(500)
    expect(await first).toMatchObject({
      live: true,
      ready: false,
      reasons: [{ code: 'inbox-timeout', bound: 500 }],
    })
    await clock.advance(1_000)
    const second = probes.check()
    await clock.advance(500)
    expect(codes(await second)).toEqual(['inbox-timeout'])
    expect(answers.asked).toBe(1)
    answers.stats = () => new Promise(() => {})
    await clock.advance(30_000)
    const third = probes.check()
    answerLate(stats)
    await clock.advance(500)
    expect(codes(await third)).toEqual(['inbox-timeout'])
    expect(answers.asked).toBe(2)
    answers.stats = async () => stats
    await clock.advance(30_000)
    expect(codes(await probes.check())).toEqual([])
    expect(answers.asked).toBe(3)
  })

  it('asks an inbox that receivers share once a second, however many ask', async () => {
    const { answers, clock, inbox, receiver } = stage()
    const other = createReceiver(acme(), { inbox, clock, endpoint: 'other', work: false })
    const probes = health([receiver, other], { clock })
    await Promise.all([probes.check(), probes.check(), probes.check()])
    expect(answers.asked).toBe(1)
    await clock.advance(999)
    await probes.check()
    expect(answers.asked).toBe(1)
    await clock.advance(1)
    await probes.check()
    expect(answers.asked).toBe(2)
  })

  it('is not ready when the oldest delivery is older than the bound, where one is set', async () => {
    const { probes, answers, clock, receiver } = stage({ maxWaitingMs: 60_000 })
    answers.stats = async () => ({ ...stats, oldestAgeMs: 60_001 })
    expect(await probes.check()).toMatchObject({
      live: true,
      ready: false,
      reasons: [{ code: 'waiting-too-long', oldestAgeMs: 60_001, bound: 60_000 }],
    })
    expect(await health(receiver, { clock }).check()).toMatchObject({ ready: true })
  })

  it('is not live when the inbox answers and has not answered the worker for long', async () => {
    const { probes, answers, clock } = stage({ maxSilentMs: 10_000 })
    answers.silentMs = () => clock.monotonic()
    for (let at = 0; at <= 10_000; at += 5_000) {
      expect(await probes.check()).toMatchObject({ live: true, ready: true })
      await clock.advance(5_000)
    }
    expect(await probes.check()).toMatchObject({
      live: false,
      ready: false,
      reasons: [{ code: 'worker-silent', stops: 'live', silentMs: 15_000, bound: 10_000 }],
    })
  })

  it('does not blame a worker for an inbox that was away until now, or may have been', async () => {
    const { probes, answers, clock } = stage({ maxSilentMs: 10_000 })
    answers.silentMs = () => clock.monotonic()
    await probes.check()
    answers.stats = async () => {
      throw new Error('away')
    }
    await clock.advance(9_000)
    expect(codes(await probes.check())).toEqual(['inbox-unreachable'])
    answers.stats = async () => stats
    await clock.advance(9_000)
    expect(codes(await probes.check())).toEqual([])
    await clock.advance(10_001)
    expect(codes(await probes.check())).toEqual([])
  })

  it('tells what the inbox itself says is wrong, and is ready where that is only a warning', async () => {
    const { receiver, inbox, clock } = stage()
    const message = 'told'
    const asked: number[] = []
    inbox.checkHealth = async ({ minFreeBytes }) => {
      asked.push(minFreeBytes)
      return {
        oldestAgeMs: 0,
        problems: [
          { code: 'disk-nearly-full', stopsReady: true, message, freeBytes: 10 },
          { code: 'primary-unreachable', stopsReady: false, message },
        ],
      }
    }
    const report = await health(receiver, { clock, minFreeBytes: 20 }).check()
    expect(asked).toEqual([20])
    expect(report).toEqual({
      live: true,
      ready: false,
      reasons: [
        { code: 'disk-nearly-full', stops: 'ready', message, freeBytes: 10, bound: 20, endpoint: 'acme' },
        { code: 'primary-unreachable', stops: 'nothing', message, endpoint: 'acme' },
      ],
    })
  })

  it('tells changes to onChange, once each, and is not disturbed when that throws', async () => {
    const told: string[][] = []
    const { probes, answers, clock } = stage({
      onChange: (report) => {
        told.push(codes(report))
        throw new Error('of the program')
      },
    })
    const look = async () => {
      await clock.advance(1_000)
      return probes.check()
    }
    await look()
    answers.stats = async () => Promise.reject(new Error('away'))
    await look()
    expect(await look()).toMatchObject({ ready: false })
    answers.stats = async () => stats
    await look()
    expect(told).toEqual([['inbox-unreachable'], []])
  })

  it.each([undefined, {}, [], [undefined], { receiver: {} }])('refuses %s, which is no receiver', (given) => {
    expect(() => health(given as never)).toThrow(/^health must be given/)
  })

  it.each([
    [{ checkTimeoutMs: 0 }, 'checkTimeoutMs'],
    [{ maxWaitingMs: 0 }, 'maxWaitingMs'],
    [{ maxSilentMs: 999 }, 'maxSilentMs'],
    [{ minFreeBytes: -1 }, 'minFreeBytes'],
    [{ details: 'yes' }, 'details'],
    [{ livePath: 'healthz' }, 'livePath'],
    [{ livePath: '/same', readyPath: '/same' }, 'two paths'],
    [{ max: 1 }, "no option 'max'"],
  ])('refuses %o', (options, said) => {
    const { receiver } = stage()
    expect(() => health(receiver, options as never)).toThrow(said)
  })
})
