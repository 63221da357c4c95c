import { describe, expect, it } from 'vitest'
import { apiKey, type Logger, memoryInbox, UnrecoverableError } from '../../src/index.ts'
import { acmeSchemas, bench, incoming, paid, secret, signed } from '../support/acme.ts'
import { manualClock, settled } from '../support/clock.ts'
import { lettersOf } from '../support/letters.ts'

describe('a handler', () => {
  it('that takes longer than handlerTimeoutMs has failed, and its signal is aborted', async () => {
    const { receiver, clock, observations } = bench({ handlerTimeoutMs: 1_000 })
    const aborted: AbortSignal[] = []
    receiver.on('order.paid', (_, { signal }) => {
      aborted.push(signal, signal)
      return new Promise(() => {})
    })
    await receiver.receive(signed(paid))
    await clock.advance(1_000)
    expect(aborted[0]).toBe(aborted[1])
    expect(aborted[0]?.aborted).toBe(true)
    expect(observations.at(-1)).toMatchObject({
      type: 'retried',
      error: {
        message: expect.stringMatching(/^Handler 'order\.paid\/[\w-]{8}' did not finish within 1000 ms$/),
      },
    })
  })

  it('is told when close() gives up on it', async () => {
    const { receiver, clock } = bench()
    const aborted: AbortSignal[] = []
    receiver.on('order.paid', (_, { signal }) => {
      aborted.push(signal)
      return new Promise(() => {})
    })
    await receiver.receive(signed(paid))
    await settled()
    const closed = receiver.close({ timeoutMs: 100 })
    await clock.advance(100)
    await closed
    expect(aborted[0]?.aborted).toBe(true)
  })

  it('is not kept waiting by a schema that lists 500 000 wrong items: the payload is a dead letter that says why', async () => {
    let asked = 0
    const validate = (value: unknown) => {
      asked++
      return { value: value as never }
    }
    const counting = { '~standard': { version: 1 as const, vendor: 'test', validate } }
    const events = { ...acmeSchemas, 'order.paid': counting }
    const { receiver, observations } = bench({ maxPayloadValues: 1_000 }, { events })
    const handled: unknown[] = []
    receiver.on('order.paid', ({ payload }) => handled.push(payload))
    await receiver.receive(signed({ ...paid, id: 'many', items: Array(500_000).fill(1) }))
    await settled()
    expect([asked, handled]).toEqual([0, []])
    expect(observations.at(-1)).toMatchObject({
      type: 'dead',
      reason: 'schema-mismatch',
      error: { message: expect.stringContaining('more than 1000 values (maxPayloadValues)') },
    })
    await receiver.receive(signed({ ...paid, id: 'few', items: Array(900).fill(1) }))
    await settled()
    expect([asked, handled.length]).toEqual([1, 1])
  })

  it('that throws UnrecoverableError, ours or another of that name, dead-letters the delivery at once', async () => {
    for (const error of [
      new UnrecoverableError('no'),
      Object.assign(new Error('no'), { name: 'UnrecoverableError' }),
    ]) {
      const { receiver, observations } = bench()
      receiver.on('order.paid', () => Promise.reject(error))
      await receiver.receive(signed(paid))
      await settled()
      expect(observations.at(-1)).toMatchObject({ type: 'dead', reason: 'unrecoverable', attempt: 1, error })
    }
  })

  it('that completed does not run again when a dead letter is redriven', async () => {
    const { receiver } = bench()
    const ran: string[] = []
    let broken = true
    receiver.on('*', () => ran.push('done'))
    receiver.on('order.paid', () => {
      ran.push('broken')
      if (broken) throw new UnrecoverableError('no')
    })
    await receiver.receive(signed(paid))
    await settled()
    broken = false
    expect(await receiver.inbox?.deadLetters.redrive({ provider: 'acme' })).toBe(1)
    await settled()
    expect(ran).toEqual(['done', 'broken', 'broken'])
  })

  it('may be given a name, which no other of its events may have', async () => {
    const { receiver, observations } = bench({ handlerTimeoutMs: 1 })
    receiver.on('order.paid', () => {}, { name: 'books' })
    expect(() => receiver.on('*', () => {}, { name: 'books' })).toThrow(
      "Two handlers of one event are named 'books'",
    )
    receiver.on('user-created', () => {}, { name: 'books' })
    receiver.onUnknown(() => {}, { name: 'other' })
    await receiver.receive(signed(paid))
    await settled()
    expect(observations.at(-1)).toMatchObject({ type: 'handled', handlers: 1 })
  })

  it('logs through the receiver, each line with its event', async () => {
    const lines: [string, object, string][] = []
    const write = (level: string) => (details: object, message: string) =>
      lines.push([level, details, message])
    const logger = {
      debug: () => {},
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    } as Logger
    const { receiver } = bench({ logger })
    receiver.on('order.paid', (_, { log, id }) => log.info({ id, total: 12 }, 'booked'))
    await receiver.receive(signed(paid))
    await settled()
    expect(lines).toEqual([
      [
        'info',
        {
          provider: 'acme',
          event: 'order.paid',
          id: expect.stringMatching(/^.{22}$/),
          attempt: 1,
          requestId: expect.any(String),
          total: 12,
        },
        'booked',
      ],
    ])
  })

  it('registered late, before anything is handed out, gets what waited', async () => {
    const clock = manualClock()
    const inbox = memoryInbox({ clock })
    const first = bench({ clock, inbox, on: {} })
    const ran: string[] = []
    first.receiver.on('order.paid', () => ran.push('one'))
    first.receiver.on('order.paid', () => ran.push('two'))
    await first.receiver.receive(signed(paid))
    await settled()
    expect(ran).toEqual(['one', 'two'])
  })
})

describe('orderingKey', () => {
  const event = (n: number, customer: string) => ({ ...paid, id: `o-${n}`, customer })

  it('handles events of one key one at a time, in order of arrival, and others meanwhile', async () => {
    const ran: string[] = []
    const { receiver, clock } = bench({
      orderingKey: ({ payload }) => (payload as { customer: string }).customer,
      retry: { minDelayMs: 1_000 },
    })
    let fail = true
    receiver.on('order.paid', async ({ payload }) => {
      ran.push(payload.id)
      await settled()
      if (payload.id === 'o-1' && fail) throw new Error('not yet')
    })
    for (const [n, customer] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'b'],
      [4, 'a'],
    ] as const)
      await receiver.receive(signed(event(n, customer)))
    await clock.advance(500)
    expect(ran).toEqual(['o-1', 'o-3'])
    expect(await receiver.inbox?.stats()).toMatchObject({ waiting: 2, delayed: 1 })
    fail = false
    await clock.advance(1_000)
    await clock.advance(100)
    expect(ran).toEqual(['o-1', 'o-3', 'o-1', 'o-2', 'o-4'])
    expect(await receiver.inbox?.stats()).toMatchObject({ waiting: 0, delayed: 0 })
  })

  it('that is behind a dead one comes all the same, and one that waits is dead when close() gives up', async () => {
    const ran: string[] = []
    const { receiver, clock } = bench({ orderingKey: () => 'all' })
    receiver.on('order.paid', ({ payload }) => {
      ran.push(payload.id)
      if (payload.id === 'o-1') throw new UnrecoverableError('no')
      return new Promise(() => {})
    })
    for (const n of [1, 2, 3]) await receiver.receive(signed(event(n, 'a')))
    await settled()
    expect(ran).toEqual(['o-1', 'o-2'])
    const closed = receiver.close({ timeoutMs: 100 })
    await clock.advance(100)
    await closed
    const letters = await lettersOf(receiver.inbox)
    expect(letters.map(({ reason }) => reason)).toEqual(['unrecoverable', 'closed', 'closed'])
    expect(await receiver.inbox?.stats()).toMatchObject({ waiting: 0, leased: 0, dead: 3 })
  })

  it('that fails or answers no text loses nothing: the event comes in any order, and the log says so', async () => {
    for (const orderingKey of [
      () => 5 as never,
      () => {
        throw new Error('no customer')
      },
    ]) {
      const errors: string[] = []
      const silent = () => {}
      const logger = {
        debug: silent,
        info: silent,
        warn: silent,
        error: (_: object, m: string) => errors.push(m),
      }
      const { receiver, observations } = bench({ orderingKey, logger, handle: 'all' })
      expect(await receiver.receive(signed(paid))).toMatchObject({ status: 200 })
      await settled()
      expect(observations.at(-1)).toMatchObject({ type: 'handled' })
      expect(errors).toEqual([expect.stringMatching(/orderingKey failed: (TypeError|Error): /)])
    }
  })

  it('leaves those without a key in any order, and needs an inbox that keeps order', async () => {
    const { receiver, observations } = bench({ orderingKey: () => undefined, handle: 'all' })
    await receiver.receive(signed(paid))
    await settled()
    expect(observations.at(-1)).toMatchObject({ type: 'handled' })
    const inbox = Object.assign(Object.create(memoryInbox()), { ordered: false })
    expect(() => bench({ orderingKey: () => 'k', inbox })).toThrow(
      'orderingKey needs an inbox that keeps order',
    )
    expect(() => bench({ orderingKey: 'customer' as never })).toThrow('orderingKey must be a function')
  })
})

describe('keepHeaders', () => {
  it('stores the named headers with a delivery, and no other', async () => {
    const { receiver } = bench({ handle: 'all', keepHeaders: ['X-Request-Id', 'x-none', 'via'] })
    const headers = ['X-Request-ID', 'r-1', 'Via', 'a', 'Via', 'b', 'Cookie', 'secret']
    await receiver.receive(signed({ ...paid, amount: 'wrong' }, headers))
    await settled()
    const [letter] = await lettersOf(receiver.inbox)
    expect(letter?.delivery.headers).toEqual({ 'x-request-id': 'r-1', via: 'a, b' })
  })

  it('takes names of headers only', () => {
    expect(() => bench({ keepHeaders: ['a b'] })).toThrow('wrong: a b')
    expect(() => bench({ keepHeaders: 'via' as never })).toThrow('keepHeaders must list names')
    expect(() => bench({ keepHeaders: [7] as never })).toThrow('wrong: 7')
  })

  it('refuses headers that carry credentials, which would lie in every dead letter', () => {
    for (const name of ['Authorization', 'Proxy-Authorization', 'Cookie'])
      expect(() => bench({ keepHeaders: ['via', name] })).toThrow(`leave out '${name.toLowerCase()}'`)
    const keyed = apiKey({ key: secret, header: 'X-Acme-Key' })
    expect(() => bench({ keepHeaders: ['X-ACME-KEY'] }, { scheme: keyed })).toThrow("leave out 'x-acme-key'")
    expect(() => bench({ keepHeaders: ['via'] }, { scheme: keyed })).not.toThrow()
    // A signature proves one body, and whoever reads the dead letter has that.
    expect(() => bench({ keepHeaders: ['X-Acme-Signature'] })).not.toThrow()
  })

  it('asks a scheme of another hand that does not sign the body which header carries the key', () => {
    const { headers: _, ...scheme } = apiKey({ key: secret, header: 'X-Acme-Key' })
    expect(() => bench({ keepHeaders: ['via'] }, { scheme })).toThrow("list it in 'headers' of the scheme")
    expect(() => bench({}, { scheme })).not.toThrow()
    const listed = { ...scheme, headers: ['X-Acme-Key'] }
    expect(() => bench({ keepHeaders: ['x-acme-key'] }, { scheme: listed })).toThrow('leave out')
  })
})

describe("onStale: 'keep'", () => {
  const stale = { ...paid, at: '2025-12-10T15:00:00Z' }

  it('keeps an authentic stale delivery as a dead letter, answers 401 all the same, and claims nothing', async () => {
    const { receiver, codes, observations } = bench({ onStale: 'keep' })
    receiver.on('order.paid', () => expect.unreachable())
    expect(await receiver.receive(signed(stale))).toMatchObject({
      status: 401,
      body: '{"error":"unauthorized"}',
    })
    expect(await receiver.receive(signed(stale))).toMatchObject({ status: 401 })
    expect(codes()).toEqual(['time-past', 'time-past'])
    const letters = await lettersOf(receiver.inbox, { reason: 'stale' })
    expect(letters).toMatchObject([
      { attempt: 0, failures: [{ message: 'Error: It was authentic, and not fresh' }] },
    ])
    expect(observations.filter(({ type }) => type === 'dead')).toHaveLength(1)
  })

  it('is answered within acceptTimeoutMs when the inbox does not answer', async () => {
    const inbox = Object.assign(Object.create(memoryInbox()), {
      deadLetter: () => new Promise(() => {}),
      consume: () => ({ start() {}, onIdle: async () => {}, close: async () => {} }),
    })
    const { receiver, clock, observations } = bench({ onStale: 'keep', inbox })
    const outcome = Promise.resolve(receiver.receive(signed(stale)))
    await clock.advance(800)
    expect((await outcome).status).toBe(401)
    expect(observations.at(-1)).toMatchObject({
      code: 'time-past',
      error: { message: 'The inbox did not keep it within 800 ms' },
    })
  })

  it('has what the body left of the budget, and no more', async () => {
    const inbox = Object.assign(Object.create(memoryInbox()), {
      deadLetter: () => new Promise(() => {}),
      consume: () => ({ start() {}, onIdle: async () => {}, close: async () => {} }),
    })
    const { receiver, clock, codes } = bench({ onStale: 'keep', inbox, ackTimeoutMs: 3_500 })
    const request = signed(stale)
    const slow = () =>
      new Promise<Uint8Array>((resolve) => clock.schedule(2_900, () => resolve(request.body)))
    const outcome = receiver.handle(incoming(request, { read: slow }))
    await clock.advance(3_499)
    expect(codes()).toEqual([])
    await clock.advance(1)
    expect(codes()).toEqual(['time-past'])
    expect((await outcome).status).toBe(401)
  })

  it('refuses all the same when the inbox fails or the receiver is closed', async () => {
    const inbox = Object.assign(Object.create(memoryInbox()), {
      deadLetter: () => {
        throw new Error('disk')
      },
      consume: () => ({ start() {}, onIdle: async () => {}, close: async () => {} }),
      close: async () => {},
    })
    const { receiver, observations } = bench({ onStale: 'keep', inbox })
    expect((await receiver.receive(signed(stale))).status).toBe(401)
    expect(observations.at(-1)).toMatchObject({ code: 'time-past', error: { message: 'disk' } })
    await receiver.close()
    expect((await receiver.receive(signed(stale))).status).toBe(503)
    expect(() => bench({ onStale: 'drop' as never })).toThrow("onStale must be 'refuse' or 'keep'")
  })
})

describe('dead letters in memory', () => {
  it('are listed in pages, by time of death, and redriven at a rate', async () => {
    const { receiver, clock } = bench()
    let broken = true
    const at: number[] = []
    receiver.on('order.paid', () => {
      if (broken) throw new UnrecoverableError('no')
      at.push(clock.monotonic())
    })
    for (let n = 1; n <= 5; n++) {
      await receiver.receive(signed({ ...paid, id: `o-${n}` }))
      await clock.advance(1_000)
    }
    const letters = receiver.inbox?.deadLetters
    const first = await letters?.list({ limit: 2 })
    expect(first?.letters).toHaveLength(2)
    const second = await letters?.list({ limit: 3, after: first?.next as string })
    expect(second).toMatchObject({ letters: [{}, {}, {}], next: undefined })
    const third = first?.letters[1]?.diedAt.getTime() ?? 0
    const fromThird = new Date(third + 1)
    expect((await letters?.list({ diedFrom: fromThird }))?.letters).toHaveLength(3)
    expect((await letters?.list({ diedBefore: fromThird }))?.letters).toHaveLength(2)
    await expect(letters?.list({ limit: 0 })).rejects.toThrow('limit')
    await expect(letters?.redrive({ all: true }, { perSecond: 0 })).rejects.toThrow('perSecond')

    broken = false
    const before = clock.monotonic()
    const redriven = letters?.redrive({ all: true }, { perSecond: 2 })
    await clock.advance(3_000)
    expect(await redriven).toBe(5)
    await settled()
    expect(at.map((each) => each - before)).toEqual([0, 500, 1_000, 1_500, 2_000])
    expect(await letters?.redrive('nobody')).toBe(0)
  })
})
