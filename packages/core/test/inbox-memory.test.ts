import { describe, expect, it } from 'vitest'
import { toDeliveryId, toFingerprint } from '../src/delivery.ts'
import { backoffMs, toRetryPolicy } from '../src/inbox/backoff.ts'
import { Fifo } from '../src/inbox/fifo.ts'
import { settle } from '../src/inbox/settle.ts'
import {
  type ConsumeOptions,
  type Delivery,
  type Handle,
  type HandleResult,
  memoryInbox,
  type Signal,
  systemClock,
} from '../src/index.ts'
import { manualClock, settled } from './support/clock.ts'
import { lettersOf } from './support/letters.ts'

const minRetentionMs = 600_000
const done: HandleResult = { status: 'done', handlers: 1 }

function delivery(name: string, body = name, provider = 'acme'): Delivery {
  const bytes = Buffer.from(body)
  return {
    id: toDeliveryId(provider, 'order.paid', [name]),
    endpoint: provider,
    provider,
    type: 'order.paid',
    fingerprint: toFingerprint(bytes),
    keyId: 'default',
    occurredAt: undefined,
    receivedAt: new Date('2025-12-10T15:30:00Z'),
    headers: {},
    orderKey: undefined,
    body: bytes,
  }
}

function bench(options: Parameters<typeof memoryInbox>[0] = {}) {
  const clock = manualClock()
  const signals: Signal[] = []
  const inbox = memoryInbox({ clock, random: () => 1, ...options })
  const accept = (each: Delivery) => inbox.accept(each, { minRetentionMs })
  const consume = (handle: Handle, changes: Partial<ConsumeOptions> = {}) => {
    const consumer = inbox.consume(handle, {
      endpoint: 'acme',
      handles: () => ({ except: [] }),
      concurrency: 10,
      retry: {},
      observer: (signal) => signals.push(signal),
      ...changes,
    })
    consumer.start()
    return consumer
  }
  const types = (): string[] => signals.map(({ type }) => type)
  return { clock, signals, types, inbox, accept, consume }
}

describe('memoryInbox', () => {
  it('accepts a delivery once, and hands it out once', async () => {
    const { accept, consume, types, inbox } = bench()
    const handled: string[] = []
    expect(accept(delivery('a'))).toBe('accepted')
    expect(accept(delivery('a'))).toBe('duplicate')
    expect(await inbox.stats()).toMatchObject({ waiting: 1, leased: 0, delayed: 0, dead: 0 })
    consume(async ({ body }) => {
      handled.push(Buffer.from(body).toString())
      return done
    })
    await settled()
    expect(accept(delivery('a'))).toBe('duplicate')
    expect(handled).toEqual(['a'])
    expect(types()).toEqual(['handled'])
    expect(await inbox.stats()).toEqual({
      waiting: 0,
      leased: 0,
      delayed: 0,
      dead: 0,
      oldestAgeMs: 0,
      types: [],
    })
  })

  it('keeps a conflicting copy as a dead letter, once, in both orders', async () => {
    for (const [first, second] of [
      ['one', 'two'],
      ['two', 'one'],
    ]) {
      const { accept, consume, inbox, types } = bench()
      consume(async () => done)
      expect(accept(delivery('a', first))).toBe('accepted')
      expect(accept(delivery('a', second))).toBe('conflict')
      expect(accept(delivery('a', second))).toBe('conflict')
      const [letter, ...more] = await lettersOf(inbox, { reason: 'conflict' })
      expect(more).toEqual([])
      expect(Buffer.from(letter?.delivery.body ?? []).toString()).toBe(second)
      expect(types()).toEqual(['dead'])
    }
  })

  it('tries a failed delivery again with growing waits, and buries it when its attempts are used up', async () => {
    const { accept, consume, clock, signals, inbox } = bench()
    const error = new Error('the accountant is out')
    const attempts: number[] = []
    consume(
      async (_, { attempt }) => {
        attempts.push(attempt)
        return { status: 'failed', error, completed: [] }
      },
      { retry: { attempts: 4, minDelayMs: 1_000, maxDelayMs: 3_000 } },
    )
    await accept(delivery('a'))
    await clock.advance(0)
    expect(await inbox.stats()).toMatchObject({ delayed: 1 })
    await clock.advance(10_000)
    expect(attempts).toEqual([1, 2, 3, 4])
    expect(signals).toMatchObject([
      { type: 'retried', attempt: 1, delayMs: 1_000, error },
      { type: 'retried', attempt: 2, delayMs: 2_000 },
      { type: 'retried', attempt: 3, delayMs: 3_000 },
      { type: 'dead', attempt: 4, reason: 'attempts-used-up', error },
    ])
    expect(accept(delivery('a'))).toBe('duplicate')
  })

  it('takes a throw of the handle for a failure', async () => {
    const { accept, consume, types } = bench()
    consume(async () => {
      throw new Error('no')
    })
    await accept(delivery('a'))
    await settled()
    expect(types()).toEqual(['retried'])
  })

  it('hands out no more at once than its concurrency, in order of arrival', async () => {
    const { accept, consume, inbox } = bench()
    const running: string[] = []
    const release: (() => void)[] = []
    consume(
      async ({ body }) => {
        running.push(Buffer.from(body).toString())
        await new Promise<void>((resolve) => release.push(resolve))
        return done
      },
      { concurrency: 2 },
    )
    for (const name of ['a', 'b', 'c']) await accept(delivery(name))
    await settled()
    expect(running).toEqual(['a', 'b'])
    expect(await inbox.stats()).toMatchObject({ waiting: 1, leased: 2 })
    release[0]?.()
    await settled()
    expect(running).toEqual(['a', 'b', 'c'])
  })

  it('keeps up with a burst when handlers return at once, however small the concurrency', async () => {
    const { accept, consume, inbox } = bench()
    consume(async () => done)
    for (let n = 0; n < 1_000; n++) await accept(delivery(`burst-${n}`))
    await settled()
    expect((await inbox.stats()).waiting).toBe(0)
  })

  it('lets the loop turn between handlers that take the thread', async () => {
    const { accept, consume, inbox } = bench({ clock: systemClock })
    consume(async () => {
      for (const until = performance.now() + 2; performance.now() < until; );
      return done
    })
    for (let n = 0; n < 200; n++) await accept(delivery(`slow-${n}`))
    await settled()
    expect((await inbox.stats()).waiting).toBeGreaterThan(50)
  })

  it('hands each endpoint its own deliveries, and refuses a second consumer of one', async () => {
    const { accept, consume, inbox } = bench()
    const handled: string[] = []
    consume(async ({ provider }) => (handled.push(provider), done))
    consume(async ({ provider }) => (handled.push(provider), done), { endpoint: 'other' })
    await accept(delivery('a'))
    await accept(delivery('a', 'a', 'other'))
    await settled()
    expect(handled.sort()).toEqual(['acme', 'other'])
    expect(() => consume(async () => done)).toThrow("'acme' is consumed already")
    expect((await inbox.stats()).oldestAgeMs).toBe(0)
  })

  it('tells the age of the oldest delivery that is not handled', async () => {
    const { accept, consume, clock, inbox } = bench()
    consume(async () => ({ status: 'failed', error: 1, completed: [] }), { retry: { minDelayMs: 60_000 } })
    await accept(delivery('a'))
    await clock.advance(5_000)
    await accept(delivery('b'))
    expect((await inbox.stats()).oldestAgeMs).toBe(5_000)
  })

  it('is full at its bound of deliveries, takes nothing then, and takes the retry when there is room', async () => {
    const { accept, consume } = bench({ maxDeliveries: 2 })
    await accept(delivery('a'))
    await accept(delivery('b'))
    expect(accept(delivery('c'))).toBe('full')
    expect(accept(delivery('a'))).toBe('duplicate')
    consume(async () => done)
    await settled()
    expect(accept(delivery('c'))).toBe('accepted')
  })

  it('is full at its bound of bytes, and at its bound of identities', () => {
    const bytes = bench({ maxBytes: 10 })
    expect(bytes.accept(delivery('a', '0123456789'))).toBe('accepted')
    expect(bytes.accept(delivery('b', '0'))).toBe('full')
    const identities = bench({ maxIdentities: 1 })
    expect(identities.accept(delivery('a'))).toBe('accepted')
    expect(identities.accept(delivery('b'))).toBe('full')
  })

  it.each<[string, HandleResult]>([
    ['handled', done],
    ['dead', { status: 'dead', reason: 'unrecoverable', error: new Error('no'), completed: [] }],
  ])(
    'has its bytes back when a delivery is %s: a thousand times its bound passes through',
    async (_, result) => {
      const { accept, consume, inbox } = bench({ maxBytes: 10, maxDeadLetters: 1 })
      consume(async () => result)
      for (let n = 0; n < 1_000; n++) {
        expect(accept(delivery(`d${n}`, '0123456789'))).toBe('accepted')
        await Promise.resolve()
        await settled()
      }
      expect(await inbox.stats()).toMatchObject({ waiting: 0, leased: 0 })
    },
  )

  it('signals once when it passes 80 % of a bound, and again after it was below', async () => {
    const { accept, consume, signals, types } = bench({ maxDeliveries: 5 })
    let finish: (() => void)[] = []
    consume(async () => {
      await new Promise<void>((resolve) => finish.push(resolve))
      return done
    })
    for (const name of ['a', 'b', 'c', 'd', 'e']) await accept(delivery(name))
    expect(signals).toEqual([{ type: 'pressure', provider: 'acme', resource: 'deliveries', used: 0.8 }])
    await settled()
    for (const each of finish) each()
    finish = []
    await settled()
    for (const name of ['f', 'g', 'h', 'i']) await accept(delivery(name))
    expect(types().filter((type) => type === 'pressure')).toHaveLength(2)
  })

  it('lets dead letters make room for live deliveries and newer dead ones, and signals each', async () => {
    const { accept, consume, clock, signals, inbox } = bench({ maxDeadLetters: 2, maxBytes: 10 })
    consume(async () => ({ status: 'dead', reason: 'schema-mismatch', error: new Error('x') }))
    for (const name of ['a', 'b', 'c']) await accept(delivery(name, `${name}00`))
    await clock.advance(0)
    const left = async () =>
      (await lettersOf(inbox)).map(({ delivery: { body } }) => Buffer.from(body).toString())
    expect(await left()).toEqual(['b00', 'c00'])
    expect(accept(delivery('d', '0123456'))).toBe('accepted')
    expect(await left()).toEqual(['c00'])
    expect(signals.filter(({ type }) => type === 'dropped')).toHaveLength(2)
    await clock.advance(0)
    expect(await left()).toEqual(['c00', '0123456'])
  })

  it('lists, gets, redrives and discards dead letters', async () => {
    const { accept, consume, inbox } = bench()
    let result: HandleResult = { status: 'dead', reason: 'schema-mismatch', error: new Error('x') }
    const handled: number[] = []
    consume(async (_, { attempt }) => (handled.push(attempt), result))
    await accept(delivery('a'))
    await accept(delivery('b'))
    await settled()
    const { deadLetters } = inbox
    const [a, b] = await lettersOf(inbox, { provider: 'acme', type: 'order.paid', reason: 'schema-mismatch' })
    expect(await lettersOf(inbox, { provider: 'other' })).toEqual([])
    expect(await lettersOf(inbox, { type: 'other' })).toEqual([])
    expect(await lettersOf(inbox, { reason: 'conflict' })).toEqual([])
    expect(await deadLetters.get(a?.id as string)).toBe(a)
    expect(await deadLetters.get('nobody')).toBeUndefined()

    result = done
    expect(await deadLetters.redrive(a?.id as string)).toBe(1)
    expect(await deadLetters.redrive(a?.id as string)).toBe(0)
    await settled()
    expect(handled).toEqual([1, 1, 1])
    expect(await deadLetters.discard(b?.id as string)).toBe(1)
    expect(await deadLetters.discard(b?.id as string)).toBe(0)
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 0 })
  })

  it('stays within its bounds when a redriven letter finds the inbox filled', async () => {
    const { accept, consume, inbox, signals } = bench({ maxBytes: 4 })
    const result: HandleResult = { status: 'dead', reason: 'schema-mismatch', error: new Error('x') }
    let finish: () => void = () => {}
    let hold = false
    consume(async () => {
      if (hold)
        await new Promise<void>((resolve) => {
          finish = resolve
        })
      return result
    })
    await accept(delivery('a', '123'))
    await settled()
    const [letter] = await lettersOf(inbox)
    hold = true
    await inbox.deadLetters.redrive(letter?.id as string)
    await settled()
    expect(accept(delivery('b', '12'))).toBe('full')
    finish()
    await settled()
    expect(await lettersOf(inbox)).toHaveLength(1)
    expect(accept(delivery('a', 'conflict: longer than the inbox'))).toBe('conflict')
    expect(await lettersOf(inbox)).toEqual([])
    expect(signals.filter(({ type }) => type === 'dropped')).toHaveLength(2)
  })

  it('drains on close: what waits and what is delayed gets its attempt now', async () => {
    const { accept, consume, clock, signals, inbox } = bench()
    let fail = true
    consume(async ({ body }) =>
      fail || Buffer.from(body).toString() === 'b' ? { status: 'failed', error: 1, completed: [] } : done,
    )
    await accept(delivery('a'))
    await accept(delivery('b'))
    await clock.advance(0)
    fail = false
    await accept(delivery('c'))
    await inbox.close()
    expect(signals).toMatchObject([
      { type: 'retried' },
      { type: 'retried' },
      { type: 'handled', attempt: 1 },
      { type: 'handled', attempt: 2 },
      { type: 'dead', reason: 'closed', attempt: 2 },
    ])
    expect(() => accept(delivery('d'))).toThrow('closed')
    expect(clock.scheduled).toBe(0)
  })

  it('gives up on what does not finish in time, says so, and takes no late result', async () => {
    const { accept, consume, clock, signals, inbox } = bench()
    let finish: () => void = () => {}
    const consumer = consume(
      async () => {
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        return done
      },
      { concurrency: 1 },
    )
    await accept(delivery('a'))
    await accept(delivery('b'))
    await settled()
    const closed = consumer.close({ timeoutMs: 500 })
    await clock.advance(500)
    await closed
    finish()
    await settled()
    expect(signals).toMatchObject([
      { type: 'dead', reason: 'closed' },
      { type: 'dead', reason: 'closed' },
    ])
    expect(await inbox.stats()).toMatchObject({ leased: 0, waiting: 0, dead: 2 })
  })

  it.each<[string, HandleResult]>([
    ['done', done],
    ['failed', { status: 'failed', error: new Error('late'), completed: [] }],
    ['dead', { status: 'dead', reason: 'unrecoverable', error: new Error('late'), completed: [] }],
  ])(
    'takes no late %s for what it gave up on: it is dead once, and its bytes are free once',
    async (_, late) => {
      const { accept, consume, clock, types, inbox } = bench({ maxBytes: 10, maxDeadLetters: 1 })
      let finish: (result: HandleResult) => void = () => {}
      const consumer = consume(() => new Promise<HandleResult>((resolve) => (finish = resolve)))
      await accept(delivery('a', '01234567'))
      await settled()
      const closed = consumer.close({ timeoutMs: 500 })
      await clock.advance(500)
      await closed
      finish(late)
      await clock.advance(10_000)
      expect(types().filter((type) => type !== 'pressure')).toEqual(['dead'])
      // Were its bytes free twice, two of these would find room.
      expect(accept(delivery('b', '01234567'))).toBe('accepted')
      expect(accept(delivery('c', '01234567'))).toBe('full')
      expect(await inbox.stats()).toMatchObject({ waiting: 1, leased: 0 })
    },
  )

  it('closes at once when there is nothing to do', async () => {
    const { inbox, accept } = bench()
    await accept(delivery('a'))
    await inbox.close()
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 1 })
  })

  it('does not construct with options that cannot be used', () => {
    expect(() => memoryInbox({ maxDeliveries: 0 })).toThrow('maxDeliveries')
    expect(() => memoryInbox({ maxBytes: -1 })).toThrow('maxBytes')
    expect(() => memoryInbox({ maxDeadLetters: Number.NaN })).toThrow('maxDeadLetters')
    expect(() => memoryInbox({ maxIdentities: 2 ** 40 })).toThrow('maxEntries')
    expect(() => memoryInbox({ maxItems: 1 } as never)).toThrow("no option 'maxItems'")
    expect(memoryInbox()).toMatchObject({ durability: 'volatile', retentionMs: undefined })
  })
})

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

describe('Fifo', () => {
  it('gives out what came in, in order, over many times its first size', () => {
    const fifo = new Fifo<number>()
    const out: (number | undefined)[] = []
    expect(fifo.shift()).toBeUndefined()
    for (let item = 0; item < 1_000; item++) {
      fifo.push(item)
      if (item % 3 === 0) out.push(fifo.shift())
    }
    expect(fifo.peek()).toBe(out.length)
    while (fifo.size > 0) out.push(fifo.shift())
    expect(out).toEqual(Array.from({ length: 1_000 }, (_, item) => item))
    expect(fifo.shift()).toBeUndefined()
    expect(fifo.peek()).toBeUndefined()
  })
})
