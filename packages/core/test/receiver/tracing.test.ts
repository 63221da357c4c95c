import { describe, expect, it } from 'vitest'
import { memoryInbox, type ReceiverOptions } from '../../src/index.ts'
import type { Delivery } from '../../src/model/delivery.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import type { Tracer } from '../../src/receiver/tracer.ts'
import { type AcmeEvents, bench, incoming, paid, signed, startAt } from '../support/acme.ts'
import { settled } from '../support/clock.ts'

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const idle: Tracer = { receive: (_, run) => run(), process: (_, run) => run() }

describe('observations of a delivery', () => {
  it('have its request id, its endpoint and their numbers, from the door to the last attempt', async () => {
    const { receiver, observations, clock } = bench({ endpoint: 'shop', retry: { attempts: 2 } })
    receiver.on('order.paid', () => Promise.reject(new Error('no')), { name: 'books' })
    await clock.advance(90_000)
    await receiver.receive(signed(paid, ['X-Request-Id', 'r-1']))
    await settled()
    await clock.advance(2_000)
    const named = { provider: 'acme', endpoint: 'shop', event: 'order.paid', requestId: 'r-1' }
    const id = expect.stringMatching(/^.{22}$/)
    const failed = { ...named, id, handler: 'books', durationMs: 0, error: new Error('no') }
    expect(observations).toEqual([
      { type: 'accepted', ...named, id, keyId: 'default', durationMs: 0, signedAgoMs: 90_000 },
      { type: 'retried', ...failed, attempt: 1, lagMs: 0, delayMs: 1_000 },
      { type: 'dead', ...failed, attempt: 2, lagMs: 1_000, reason: 'attempts-used-up' },
    ])
  })

  it('of a copy have the request of that copy', async () => {
    const { receiver, observations } = bench()
    await receiver.receive(signed(paid, ['X-Request-Id', 'r-1']))
    await receiver.receive(signed(paid, ['X-Request-Id', 'r-2']))
    const one = { provider: 'acme', keyId: 'default', durationMs: 0, signedAgoMs: 0 }
    expect(observations).toMatchObject([
      { type: 'accepted', requestId: 'r-1', ...one },
      { type: 'duplicate', requestId: 'r-2', ...one },
    ])
  })

  it('that is authentic and refused have its key, and what is left of the time for which its sender retries', async () => {
    const inbox = memoryInbox({ maxDeliveries: 1 })
    const { receiver, observations, clock } = bench({ inbox }, { limits: { retriesForMs: 31_000 } })
    receiver.on('order.paid', () => new Promise(() => {}))
    await receiver.receive(signed(paid))
    const second = signed({ ...paid, id: 'o-2' }, ['X-Request-Id', 'r-2'])
    await clock.advance(10_000)
    await receiver.receive(second)
    await clock.advance(30_000)
    await receiver.receive(second)
    const refused = {
      type: 'rejected',
      code: 'inbox-full',
      keyId: 'default',
      requestId: 'r-2',
      durationMs: 0,
    }
    expect(observations.filter(({ type }) => type === 'rejected')).toMatchObject([
      { ...refused, retriesLeftMs: 21_000 },
      { ...refused, retriesLeftMs: 0 },
    ])
  })

  it('that is refused unproven have the name of its request too', async () => {
    const { receiver, observations } = bench()
    await receiver.handle(incoming(signed(paid, ['X-Acme-Signature', '0', 'X-Request-Id', 'r-1'])))
    expect(observations).toMatchObject([
      { type: 'rejected', endpoint: 'acme', requestId: 'r-1', durationMs: 0 },
    ])
  })

  it('reach each of several observers, whatever the first does', async () => {
    const seen: string[] = []
    const { receiver } = bench({
      observer: [
        () => {
          throw new Error('broken')
        },
        ({ type }) => seen.push(type),
      ],
    })
    await receiver.receive(signed(paid))
    expect(seen).toEqual(['accepted'])
  })

  it('are on the lines that a handler writes, and in its context', async () => {
    const lines: object[] = []
    const silent = (): void => {}
    const logger = {
      debug: silent,
      info: (details: object) => lines.push(details),
      warn: silent,
      error: silent,
    }
    const { receiver } = bench({ logger: logger as never })
    const ids: unknown[] = []
    receiver.on('order.paid', (_, { log, requestId, headers }) => {
      log.info({}, 'booked')
      ids.push(requestId, headers['x-request-id'])
    })
    await receiver.receive(signed(paid, ['X-Request-Id', 'r-1']))
    await settled()
    expect(lines).toContainEqual(expect.objectContaining({ attempt: 1, requestId: 'r-1' }))
    expect(ids).toEqual(['r-1', 'r-1'])
  })
})

describe('a tracer', () => {
  function traced(tracer: Partial<Tracer>, options: ReceiverOptions<AcmeEvents> = {}) {
    const made = bench({ tracer: { ...idle, ...tracer }, ...options } as ReceiverOptions<AcmeEvents>)
    const handled: (string | undefined)[] = []
    made.receiver.on('order.paid', (_, { headers }) => handled.push(headers['traceparent']))
    return { ...made, handled }
  }

  it.each(['accepted', 'handled'] as const)(
    'runs around a request and around its attempt, and its place in the trace is kept between, with ack: %s',
    async (ack) => {
      const steps: unknown[] = []
      const { receiver, handled } = traced(
        {
          receive: async ({ provider, endpoint, request }, run) => {
            steps.push([
              'receive',
              provider,
              endpoint,
              request.method,
              request.headers.values('x-request-id'),
            ])
            const { kind } = await run({ traceparent })
            steps.push(kind)
          },
          process: async ({ delivery, attempt, isReplay }, run) => {
            steps.push(['process', delivery.headers['traceparent'], attempt, isReplay])
            const { status } = await run()
            steps.push(status)
          },
        },
        { ack } as ReceiverOptions<AcmeEvents>,
      )
      expect(await receiver.handle(incoming(signed(paid, ['x-request-id', 'r'])))).toMatchObject({
        status: 200,
      })
      await settled()
      expect(handled).toEqual([traceparent])
      expect(steps).toHaveLength(4)
      expect(steps).toEqual(
        expect.arrayContaining([
          ['receive', 'acme', 'acme', 'POST', ['r']],
          'accepted',
          ['process', traceparent, 1, false],
          'done',
        ]),
      )
    },
  )

  it('runs around bytes in hand too', async () => {
    const outcomes: Outcome[] = []
    const { receiver } = traced({ receive: async (_, run) => outcomes.push(await run()) })
    const outcome = await receiver.receive(signed(paid))
    await settled()
    expect(outcomes).toEqual([outcome])
  })

  it.each<[string, Tracer['receive'] & Tracer['process']]>([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['never runs it', () => undefined],
    ['runs it twice', (_: unknown, run: () => unknown) => [run(), run()]],
    [
      'runs it and throws',
      (_: unknown, run: () => unknown) => {
        run()
        throw new Error('no')
      },
    ],
    ['runs it later', (_: unknown, run: () => unknown) => Promise.resolve().then(run)],
  ])('that %s changes no answer and no handling', async (_, tracing) => {
    const { receiver, handled, codes, observations } = traced({ receive: tracing, process: tracing })
    expect(await receiver.handle(incoming(signed(paid, ['traceparent', traceparent])))).toMatchObject({
      status: 200,
    })
    await settled()
    expect(handled).toEqual([traceparent])
    expect(codes()).toEqual([])
    expect(observations.map(({ type }) => type)).toEqual(['accepted', 'handled'])
  })

  it('that is none is refused when the receiver is made', () => {
    for (const tracer of [{}, null, { receive: idle.receive }, () => {}])
      expect(() => bench({ tracer: tracer as never })).toThrow(
        'tracer must have the methods receive and process',
      )
  })

  it('is not needed for the place in a trace that a request states to be kept', async () => {
    const kept: Delivery[] = []
    const inbox = memoryInbox()
    const accept = inbox.accept.bind(inbox)
    const keeping = Object.assign(inbox, {
      accept: (delivery: Delivery, options: never) => {
        kept.push(delivery)
        return accept(delivery, options)
      },
    })
    const { receiver } = bench({ inbox: keeping })
    await receiver.receive(signed(paid, ['traceparent', traceparent, 'tracestate', 'a=1']))
    expect(kept.map(({ headers }) => headers)).toEqual([
      { 'x-request-id': '4bf92f3577b34da6a3ce929d0e0e4736', traceparent, tracestate: 'a=1' },
    ])
    expect(kept.map(({ occurredAt }) => occurredAt)).toEqual([new Date(startAt)])
  })
})
