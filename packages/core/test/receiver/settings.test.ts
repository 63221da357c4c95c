import { describe, expect, it, vi } from 'vitest'
import {
  createReceiver,
  type Inbox,
  lruDedupe,
  memoryInbox,
  systemClock,
  type TimeRule,
} from '../../src/index.ts'
import { toSettings } from '../../src/receiver/settings.ts'
import {
  checkRetention,
  checkTolerance,
  minRetentionMs,
  provesTime,
  toOffsetSeconds,
  toTolerance,
} from '../../src/receiver/tolerance.ts'
import { acme, paid, signed } from '../support/acme.ts'
import { manualClock, settled } from '../support/clock.ts'

const dayMs = 86_400_000
const event = { of: 'event', format: 'rfc3339', required: true, signed: true } as const
const attempt = { ...event, of: 'attempt' } as const
const now = Date.parse('2025-12-10T15:30:00Z')
const at = (ms: number) => new Date(now + ms).toISOString()
const inboxOf = (changes: Partial<Inbox>): Inbox => Object.assign(memoryInbox(), changes)

describe('the settings of a receiver', () => {
  it('are these where nothing is said', () => {
    expect(toSettings(acme(), { inbox: memoryInbox() })).toMatchObject({
      path: '/webhooks/acme',
      endpoint: 'acme',
      handlesAll: false,
      closeTimeoutMs: 10_000,
      acknowledging: { ack: 'accepted', work: true, concurrency: 10, retry: {} },
      observers: [],
      tracer: undefined,
      tolerance: { pastMs: 300_000, futureMs: 60_000 },
      minRetentionMs: 360_000,
      maxBodyBytes: 1_048_576,
      maxBytesInFlight: 67_108_864,
      ipAllowlist: undefined,
      bodyTimeoutMs: 3_000,
      acceptTimeoutMs: 800,
      ackTimeoutMs: 4_500,
      handlerTimeoutMs: 60_000,
      maxPayloadValues: 20_000,
      orderingKey: undefined,
      keepHeaders: [],
      onStale: 'refuse',
      clock: systemClock,
    })
  })

  it("are these under ack: 'handled' where nothing is said", () => {
    expect(toSettings(acme(), { ack: 'handled' }).acknowledging).toMatchObject({
      ack: 'handled',
      concurrency: 100,
      leaseMs: 10_000,
      dedupe: { claim: expect.any(Function) },
    })
  })

  it('are what is said', () => {
    const [inbox, dedupe, observer, orderingKey] = [memoryInbox(), lruDedupe(), () => {}, () => 'k']
    const said = {
      path: '/hooks',
      endpoint: 'acme-2',
      closeTimeoutMs: 1,
      maxBodyBytes: 2,
      maxBytesInFlight: 3,
      bodyTimeoutMs: 4,
      acceptTimeoutMs: 5,
      ackTimeoutMs: 6,
      handlerTimeoutMs: 7,
      maxPayloadValues: 8,
    }
    const accepted = { inbox, work: false, retry: { attempts: 3 }, concurrency: 9 }
    expect(
      toSettings(acme(), {
        ...said,
        ...accepted,
        observer,
        handle: 'all',
        orderingKey,
        onStale: 'keep',
        keepHeaders: ['X-Id'],
        ipAllowlist: ['192.0.2.0/24'],
        tolerance: { pastMs: 2_000, futureMs: 0 },
      }),
    ).toMatchObject({
      ...said,
      observers: [observer],
      handlesAll: true,
      orderingKey,
      onStale: 'keep',
      keepHeaders: ['x-id'],
      ipAllowlist: expect.any(Function),
      tolerance: { pastMs: 2_000, futureMs: 0 },
      minRetentionMs: 2_000,
      acknowledging: { ack: 'accepted', ...accepted },
    })
    const handled = { dedupe, concurrency: 9, leaseMs: 100 }
    expect(toSettings(acme(), { ack: 'handled', ...handled }).acknowledging).toEqual({
      ack: 'handled',
      ...handled,
    })
  })

  it.each<[string, Partial<Inbox>, 'keep' | 'refuse']>([
    ['a durable inbox', { durability: 'durable' }, 'keep'],
    ['a volatile one', { durability: 'volatile' }, 'refuse'],
    ['a volatile one with durable idempotency keys', { idempotencyKeys: 'durable' }, 'refuse'],
  ])('keep what is stale where that lasts: %s', (_, changes, onStale) => {
    expect(toSettings(acme(), { inbox: inboxOf(changes) }).onStale).toBe(onStale)
  })

  it.each<[string, Partial<Inbox>, number]>([
    ['a durable inbox', { durability: 'durable', idempotencyKeys: undefined as never }, 7 * dayMs - 60_000],
    ['durable keys of a volatile one', { idempotencyKeys: 'durable' }, 7 * dayMs - 60_000],
    ['volatile keys of a durable one', { durability: 'durable', idempotencyKeys: 'volatile' }, 300_000],
    ['a month', { idempotencyKeys: 'durable', retentionMs: 30 * dayMs }, 30 * dayMs - 60_000],
  ])(
    'take a time for fresh for as long as idempotency keys outlive the process: %s',
    (_, changes, pastMs) => {
      expect(toSettings(acme(), { inbox: inboxOf(changes) }).tolerance.pastMs).toBe(pastMs)
    },
  )

  it('have their defaults on the clock that is given', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const clock = manualClock()
    const { acknowledging } = toSettings(acme(), { ack: 'handled', clock })
    if (acknowledging.ack !== 'handled') return expect.unreachable()
    const { dedupe } = acknowledging
    const lease = { bodyHash: 'hash', leaseMs: 1_000 }
    expect(await dedupe.claim('k', lease)).toMatchObject({ status: 'claimed' })
    await clock.advance(1_001)
    expect(await dedupe.claim('k', lease)).toMatchObject({ status: 'claimed' })
    let runs = 0
    const failing = createReceiver(acme(), {
      clock,
      on: { 'order.paid': () => (++runs === 1 ? Promise.reject(new Error('no')) : undefined) },
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    })
    await failing.receive(signed({ ...paid, at: new Date(clock.now()).toISOString() }))
    await settled()
    expect(await failing.inbox?.stats()).toMatchObject({ waiting: 0, delayed: 1 })
    await clock.advance(1_000)
    expect(runs).toBe(2)
    await failing.close({ timeoutMs: 0 })
  })

  it('shrink deadlines that nobody gave with the budget of the answer', () => {
    const of = (ackTimeoutMs: number) => toSettings(acme(), { ack: 'handled', ackTimeoutMs })
    expect(of(1_000)).toMatchObject({ bodyTimeoutMs: 1_000, acceptTimeoutMs: 800 })
    expect(of(30_000)).toMatchObject({ bodyTimeoutMs: 3_000, acceptTimeoutMs: 800 })
  })
})

describe('a tolerance', () => {
  const durable = (retentionMs?: number) => ({ isDurable: true, retentionMs })

  it.each<[string, Parameters<typeof toTolerance>, object]>([
    ['nothing known', [{}], { pastMs: 300_000, futureMs: 60_000 }],
    ['a volatile memory', [{}, event], { pastMs: 300_000, futureMs: 60_000 }],
    ['the time of each attempt', [{}, attempt, durable()], { pastMs: 300_000, futureMs: 60_000 }],
    ['no time', [{}, undefined, durable()], { pastMs: 300_000, futureMs: 60_000 }],
    ['a durable memory', [{}, event, durable()], { pastMs: 7 * dayMs - 60_000, futureMs: 60_000 }],
    ['a short memory', [{}, event, durable(60_500)], { pastMs: 1_000, futureMs: 60_000 }],
    ['a long memory', [{ futureMs: 0 }, event, durable(30 * dayMs)], { pastMs: 30 * dayMs, futureMs: 0 }],
    [
      'what is given',
      [{ pastMs: 30 * dayMs, futureMs: 30 * dayMs }, event, durable(30 * dayMs)],
      { pastMs: 30 * dayMs, futureMs: 30 * dayMs },
    ],
    [
      'what is given beside a short memory',
      [{ pastMs: 7 * dayMs, futureMs: 7 * dayMs }, event, durable(1)],
      { pastMs: 7 * dayMs, futureMs: 7 * dayMs },
    ],
  ])('is, with %s', (_, given, tolerance) => {
    expect(toTolerance(...given)).toEqual(tolerance)
  })

  it.each([
    [{ pastMs: 999 }, `tolerance.pastMs must be a whole number from 1000 to ${7 * dayMs}, not 999`],
    [
      { pastMs: 7 * dayMs + 1 },
      `tolerance.pastMs must be a whole number from 1000 to ${7 * dayMs}, not 604800001`,
    ],
    [{ futureMs: -1 }, `tolerance.futureMs must be a whole number from 0 to ${7 * dayMs}, not -1`],
    [
      { futureMs: 7 * dayMs + 1 },
      `tolerance.futureMs must be a whole number from 0 to ${7 * dayMs}, not 604800001`,
    ],
  ])('is refused beyond its bounds: %o', (given, message) => {
    expect(() => toTolerance(given)).toThrow(new TypeError(message))
  })

  const window = { pastMs: 300_000, futureMs: 60_000 }
  it.each<[string, Partial<TimeRule> | undefined, number | undefined, number]>([
    ['no time is stated', undefined, undefined, 7 * dayMs],
    ['the time may be left out', { required: false }, undefined, 7 * dayMs],
    [
      'anybody can state it, and the sender retries for longer',
      { signed: false },
      30 * dayMs,
      30 * dayMs + 60_000,
    ],
    ['no time is stated, and the sender retries for 7 days', undefined, 7 * dayMs, 7 * dayMs + 60_000],
    ["the time is the event's", {}, undefined, 360_000],
    ["the time is the event's, and the sender retries", {}, 400_000, 460_000],
    ["the time is the event's, and the sender retries for less", {}, 1_000, 360_000],
    ["the time is the attempt's", { of: 'attempt' }, undefined, 7 * dayMs],
    ["the time is the attempt's, and the sender retries", { of: 'attempt' }, 1_000, 361_000],
    ["the time is the attempt's, and the sender retries no more", { of: 'attempt' }, 0, 360_000],
  ])('makes idempotency keys last where %s', (_, rule, retriesForMs, lastMs) => {
    const time = rule && { ...event, ...rule }
    const limits = retriesForMs === undefined ? undefined : { retriesForMs }
    expect(minRetentionMs(window, time, limits)).toBe(lastMs)
  })

  it('makes idempotency keys last until a last attempt is answered, as long as the sender waits for that', () => {
    const limits = { retriesForMs: 30 * dayMs, ackTimeoutMs: 15_000 }
    expect(minRetentionMs(window, undefined, limits)).toBe(30 * dayMs + 15_000)
    expect(minRetentionMs(window, event, limits)).toBe(30 * dayMs + 15_000)
  })

  it('longer than 7 days makes idempotency keys last as long, whatever proves the time', () => {
    const wide = { pastMs: 7 * dayMs, futureMs: dayMs }
    for (const time of [event, attempt, { ...event, signed: false }])
      expect(minRetentionMs(wide, time, undefined)).toBe(8 * dayMs)
  })

  it('needs an inbox that remembers for as long', () => {
    const check = (neededMs: number, retentionMs: number | undefined) => () =>
      checkRetention(window, neededMs, { isDurable: true, retentionMs })
    expect(check(1_000, undefined)).not.toThrow()
    expect(check(1_000, 360_000)).not.toThrow()
    expect(check(30 * dayMs, 7 * dayMs)).not.toThrow()
    expect(check(400_000, 399_999)).toThrow(
      new TypeError(
        "The inbox remembers idempotency keys for 399999 ms, less than the 400000 ms in which a copy may come and be fresh. Raise its retentionMs, narrow tolerance, or state the provider's limits.retriesForMs",
      ),
    )
    expect(check(1_000, 359_999)).toThrow('less than the 360000 ms')
    expect(check(30 * dayMs, 7 * dayMs - 1)).toThrow('less than the 604800000 ms')
  })
})

describe('a time', () => {
  const window = { pastMs: 1_000, futureMs: 500 }

  it('is proven where it is required and signed', () => {
    const proofs = [undefined, event, { ...event, required: false }, { ...event, signed: false }].map(
      provesTime,
    )
    expect(proofs).toEqual([false, true, false, false])
  })

  it.each<[string, unknown, object]>([
    ['at the end of the past', at(-1_000), { occurredAt: new Date(now - 1_000) }],
    ['before it', at(-1_001), { code: 'time-past' }],
    ['at the end of the future', at(500), { occurredAt: new Date(now + 500) }],
    ['after it', at(501), { code: 'time-future' }],
    ['that is none', 'noon', { code: 'time-malformed' }],
    ['that is missing', undefined, { code: 'time-missing' }],
  ])('%s is judged so', (_, time, judgement) => {
    expect(checkTolerance(time, event, window, now)).toEqual(judgement)
  })

  it('may be missing where it is not required, and is not looked at where none is stated', () => {
    expect(checkTolerance(undefined, { ...event, required: false }, window, now)).toStrictEqual({
      occurredAt: undefined,
    })
    expect(checkTolerance('noon', undefined, window, now)).toStrictEqual({ occurredAt: undefined })
  })

  it('may be in any of several formats', () => {
    const rule = { ...event, format: ['unix-seconds', 'unix-ms'] } as const
    for (const time of [now / 1_000, now])
      expect(checkTolerance(time, rule, window, now)).toEqual({ occurredAt: new Date(now) })
    expect(checkTolerance(at(0), rule, window, now)).toEqual({ code: 'time-malformed' })
  })

  it.each([
    [0, 0],
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [-1, -1],
    [-1_000, -1],
    [-1_001, -2],
  ])('that is %i ms off is off by %i s', (ms, seconds) => {
    expect(toOffsetSeconds(at(ms), event, now)).toBe(seconds)
  })

  it('that cannot be read is off by nothing that is known', () => {
    expect(toOffsetSeconds('noon', event, now)).toBeUndefined()
  })
})
