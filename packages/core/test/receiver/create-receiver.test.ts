import { describe, expect, it, vi } from 'vitest'
import { acme, bench, bytesOf, incoming, paid, signed } from '../support/acme.ts'
import { settled } from '../support/clock.ts'
import { inboxThat } from '../support/receiving.ts'

const body = bytesOf(paid)

describe('a receiver that reads a body', () => {
  it('says how large it may be, how long it may take, and whose time counts', async () => {
    const { receiver, clock } = bench({ maxBodyBytes: 500, bodyTimeoutMs: 200 })
    const asked: object[] = []
    const read = (options: { clock: { monotonic(): number } }) => {
      const { clock: given, ...limits } = options
      asked.push({ ...limits, at: given.monotonic() })
      return body
    }
    await clock.advance(70)
    await receiver.handle(incoming(signed(body), { read: read as never }))
    expect(asked).toEqual([{ maxBytes: 500, timeoutMs: 200, take: expect.any(Function), at: 70 }])
  })

  it('refuses what is no bytes, with the fault in the observation', async () => {
    const { receiver, observations } = bench()
    const exact = Uint8Array.from(body)
    const of = (read: unknown) => receiver.handle(incoming(signed(body), { read: (() => read) as never }))
    expect(await of(exact)).toMatchObject({ status: 200, close: false })
    for (const [wrong, found] of [
      [undefined, 'undefined'],
      [{}, 'object'],
      [[1], 'an array'],
      [exact.buffer, 'object'],
    ] as const) {
      expect(await of(wrong)).toMatchObject({ status: 500, close: true })
      expect(observations.at(-1)).toMatchObject({
        code: 'receiver-failed',
        error: new TypeError(`The adapter read ${found} for a body: it must be bytes`),
      })
    }
  })

  it('gives back the room of a body that was read, or was not', async () => {
    const { receiver } = bench({ maxBodyBytes: body.length, maxBytesInFlight: body.length })
    const taken: boolean[] = []
    const of = async (result: unknown) =>
      receiver.handle(
        incoming(signed(body), {
          read: (({ take }: { take: (bytes: number) => boolean }) => {
            taken.push(take(body.length), take(1))
            return result
          }) as never,
        }),
      )
    for (const result of ['body-timeout', undefined, body]) await of(result)
    expect(taken).toEqual([true, false, true, false, true, false])
  })

  it('holds the room of a body until it has answered', async () => {
    const { receiver } = bench({ maxBodyBytes: body.length, maxBytesInFlight: body.length })
    const takes: ((bytes: number) => boolean)[] = []
    const reads: ((body: Uint8Array) => void)[] = []
    const read = (({ take }: { take: (bytes: number) => boolean }) => {
      takes.push(take)
      return new Promise((resolve) => reads.push(resolve))
    }) as never
    const answers = [1, 2].map(() => receiver.handle(incoming(signed(body), { read })))
    await settled()
    const [first, second] = takes
    expect([first?.(body.length), second?.(1)]).toEqual([true, false])
    reads[0]?.(body)
    await answers[0]
    expect(second?.(1)).toBe(true)
    reads[1]?.(body)
    await answers[1]
  })

  it('closes the connection of a request that it refused by its head, or failed with', async () => {
    const { receiver } = bench()
    const of = (changes: object) => receiver.handle(incoming(signed(body), changes))
    expect(await of({ method: 'GET' })).toMatchObject({ status: 405, close: true })
    expect(await of({ read: () => Promise.reject(new Error('reset')) })).toMatchObject({
      status: 500,
      close: true,
    })
    expect(await of({})).toMatchObject({ status: 200, close: false })
  })
})

describe('a receiver of a provider that has something to say', () => {
  it('says it as a process warning, once for each message', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const warnings = [
      { code: 'ACME_ONE', message: 'The first thing that Acme says' },
      { code: 'ACME_TWO', message: 'The second thing that Acme says' },
    ]
    for (let times = 0; times < 2; times++) bench({}, { warnings })
    expect(warned.mock.calls).toEqual(warnings.map(({ code, message }) => [message, 'AcuseWarning', code]))
  })
})

describe('an authentic delivery that is stale and to be kept', () => {
  const late = signed({ ...paid, at: '2025-12-10T15:00:00Z' })
  const keeping = (deadLetter: () => unknown, ackTimeoutMs = 4_500) => {
    const made = bench({ onStale: 'keep', ackTimeoutMs })
    Object.assign(made.receiver.inbox ?? {}, { deadLetter })
    return made
  }
  const shared = {
    provider: 'acme',
    endpoint: 'acme',
    requestId: expect.any(String),
    durationMs: expect.any(Number),
  }
  const refused = {
    type: 'rejected',
    ...shared,
    keyId: 'default',
    status: 401,
    authentic: true,
    code: 'time-past',
  }
  const named = {
    ...refused,
    event: 'order.paid',
    seconds: expect.any(Number),
    id: expect.stringMatching(/^\S{22}$/),
  }

  it('is refused as one that is not kept, with its id', async () => {
    const kept: unknown[][] = []
    const { receiver, observations } = keeping((...args: unknown[]) => void kept.push(args))
    expect(await receiver.receive(late)).toMatchObject({ status: 401, code: 'time-past' })
    expect(observations).toEqual([named])
    expect(kept).toEqual([[expect.objectContaining({ type: 'order.paid', occurredAt: undefined }), 'stale']])
  })

  it.each([
    [4_500, 800],
    [300, 300],
  ])(
    'is refused within a budget of %i ms after %i ms where the inbox hangs, and the fault is told',
    async (budgetMs, waitMs) => {
      const { receiver, observations, clock } = keeping(() => new Promise(() => {}), budgetMs)
      await clock.advance(2_000)
      const outcome = Promise.resolve(receiver.receive(late))
      await clock.advance(waitMs - 1)
      expect(observations).toEqual([])
      await clock.advance(1)
      expect(await outcome).toMatchObject({ status: 401 })
      expect(observations).toEqual([
        { ...named, error: new Error(`The inbox did not keep it within ${waitMs} ms`) },
      ])
    },
  )

  const error = new Error('disk')
  it.each([
    [
      'throws',
      () => {
        throw error
      },
    ],
    ['rejects', () => Promise.reject(error)],
  ])('is refused where the inbox %s, and the fault is told', async (_, deadLetter) => {
    const { receiver, observations } = keeping(deadLetter)
    expect(await receiver.receive(late)).toMatchObject({ status: 401 })
    expect(observations).toEqual([{ ...named, error }])
  })
})

describe('a receiver whose key another endpoint takes', () => {
  it('says in its log which, and what to do; the same endpoint again says nothing', () => {
    const lines: unknown[][] = []
    const silent = () => {}
    const logger = {
      debug: silent,
      info: (...line: unknown[]) => void lines.push(line),
      warn: silent,
      error: silent,
    }
    const scheme = { ...acme().scheme, keyMarks: () => ['mark-1', 'mark-2'] }
    for (const endpoint of ['alpha', 'alpha', 'beta', 'gamma']) bench({ logger, endpoint }, { scheme })
    expect(lines.map(([details]) => details)).toEqual(
      ['beta', 'beta', 'gamma', 'gamma'].map((endpoint) => ({ endpoint, other: 'alpha' })),
    )
    expect(lines[0]?.[1]).toBe(
      "'alpha' and 'beta' take the same key, so that whoever captures a request of one can send it to the other. Agree on a key for each, or state in provider.tenantOf what must agree with the key",
    )
    const failing = { ...scheme, keyMarks: () => expect.unreachable() }
    expect(() => bench({ logger, endpoint: 'delta' }, { scheme: failing })).not.toThrow()
    for (const endpoint of ['epsilon', 'zeta'])
      bench({ logger, endpoint }, { scheme: { ...scheme, keyMarks: undefined as never } })
    expect(lines).toHaveLength(4)
  })
})

describe('the inbox of a receiver', () => {
  it('is started once, by the first request or by work(), and by no handler before', async () => {
    let starts = 0
    const start = () => void starts++
    const inbox = Object.assign(
      inboxThat(() => 'accepted'),
      {
        consume: () => ({ start, onIdle: async () => {}, close: async () => {} }),
      },
    )
    const { receiver } = bench({ inbox })
    receiver.on('order.paid', () => {})
    await settled()
    expect(starts).toBe(0)
    for (let times = 0; times < 2; times++) await receiver.handle(incoming(signed(body)))
    receiver.work()
    expect(starts).toBe(1)
    receiver.on('user-created', () => {})
    await settled()
    expect(starts).toBe(2)
  })

  it('is closed within a time that is checked', async () => {
    const { receiver } = bench()
    await expect(receiver.close({ timeout: 5 } as never)).rejects.toThrow(
      new TypeError("close options has no option 'timeout'. It has: timeoutMs"),
    )
    await expect(receiver.close({ timeoutMs: '5' as never })).rejects.toThrow(
      new TypeError('timeoutMs must be a whole number within its bounds, not string'),
    )
    await expect(receiver.close({ timeoutMs: -1 })).rejects.toThrow(
      new TypeError('timeoutMs must be a whole number from 0 to 86400000, not -1'),
    )
  })
})

describe('what a handler gets', () => {
  it('is what was sent, whatever code of the program did to the payload before', async () => {
    const spoil = (payload: object) => void Object.assign(payload, { amount: 99 })
    for (const [options, changes] of [
      [{}, {}],
      [{ orderingKey: ({ payload }: { payload: object }) => (spoil(payload), 'k') }, {}],
      [{}, { tenantOf: (payload: object) => (spoil(payload), 'default') }],
    ] as const) {
      const { receiver } = bench(options as never, changes)
      const seen: unknown[] = []
      receiver.on('order.paid', ({ payload }) => seen.push(payload))
      expect(await receiver.receive(signed(body))).toMatchObject({ status: 200 })
      await receiver.onIdle()
      expect(seen).toEqual([paid])
    }
  })
})
