import { describe, expect, it } from 'vitest'
import {
  lruDedupe,
  memoryInbox,
  type Outcome,
  type ReceiverOptions,
  UnrecoverableError,
} from '../src/index.ts'
import { type AcmeEvents, acme, bench, paid, signed } from './support/acme.ts'
import { manualClock, settled } from './support/clock.ts'
import { remoteStore } from './support/stores.ts'

const options = { ack: 'handled', inbox: undefined } as unknown as ReceiverOptions<AcmeEvents>

function handledBench(changes: ReceiverOptions<AcmeEvents> = {}) {
  const clock = manualClock()
  const store = remoteStore(clock)
  const made = bench({ ...options, clock, dedupe: store, ...changes })
  return {
    ...made,
    clock,
    store,
    receive: async (payload: unknown = paid) => made.receiver.receive(signed(payload)),
  }
}

/** Handlers that finish when they are told to. */
function gate() {
  const open: ((value?: unknown) => void)[] = []
  const fail: ((error: Error) => void)[] = []
  const handler = () =>
    new Promise((resolve, reject) => {
      open.push(resolve)
      fail.push(reject)
    })
  return { open, fail, handler }
}

const statuses = (outcomes: readonly Outcome[]): number[] => outcomes.map(({ status }) => status)

describe("ack: 'handled'", () => {
  it('answers 200 when the handlers have succeeded, and a duplicate 200 without running them again', async () => {
    const { receiver, receive, signals } = handledBench()
    let runs = 0
    receiver.on('order.paid', async () => ++runs)
    expect(await receive()).toMatchObject({ status: 200, kind: 'accepted' })
    expect(await receive()).toMatchObject({ status: 200, kind: 'duplicate' })
    expect(runs).toBe(1)
    expect(signals.map(({ type }) => type)).toEqual(['handled', 'accepted', 'duplicate'])
    expect(receiver.inbox).toBeUndefined()
  })

  it('answers 500 when a handler failed, frees the identity, and lets the retry run', async () => {
    const { receiver, receive, signals, codes, store, clock } = handledBench()
    let runs = 0
    receiver.on('order.paid', () => {
      if (++runs === 1) throw new Error('the accountant is out')
    })
    expect(await receive()).toMatchObject({ status: 500, body: '{"error":"failed"}' })
    expect(store.calls).toEqual(['claim', 'release'])
    await clock.advance(1_000)
    expect(await receive()).toMatchObject({ status: 200, kind: 'accepted' })
    expect(runs).toBe(2)
    expect(codes()).toEqual(['handler-failed'])
    expect(signals[0]).toMatchObject({
      type: 'failed',
      attempt: 1,
      error: { message: 'the accountant is out' },
    })
  })

  it('answers 500 to what no retry can mend too: nothing here would keep it', async () => {
    const { receiver, receive } = handledBench()
    receiver.on('order.paid', () => {
      throw new UnrecoverableError('no such customer')
    })
    expect(await receive()).toMatchObject({ status: 500 })
    expect(await receive({ ...paid, id: 'o-2', amount: 'no number' })).toMatchObject({ status: 500 })
  })

  it('answers 500 to a rejection without an error, and when a schema fails instead of answering', async () => {
    const { receiver, receive } = handledBench()
    receiver.on('order.paid', () => Promise.reject(undefined))
    expect(await receive()).toMatchObject({ status: 500 })
    const validate = () => {
      throw new Error('the schema is broken')
    }
    const schema = { '~standard': { version: 1, vendor: 'acme', validate } } as const
    const broken = bench(
      { ...options, handle: 'all' },
      { events: { ...acme().events, 'order.paid': schema } },
    )
    expect(await broken.receiver.receive(signed(paid))).toMatchObject({ status: 500 })
  })

  it('answers 503 when handlers need longer than the budget, and gives their result to the retry', async () => {
    const { receiver, receive, clock, store, codes } = handledBench()
    const { open, handler } = gate()
    receiver.on('order.paid', handler)
    const first = receive()
    await clock.advance(4_500)
    expect(await first).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(codes()).toEqual(['in-flight'])
    await clock.advance(1_000)
    const second = receive()
    await clock.advance(1_000)
    open[0]?.()
    expect(await second).toMatchObject({ status: 200, kind: 'duplicate' })
    expect(open).toHaveLength(1)
    expect(store.calls).toEqual(['claim', 'extend', 'commit'])
  })

  it('runs a handler of 12 s once under the schedule of the sender, and delivers', async () => {
    const { receiver, receive, clock } = handledBench()
    let runs = 0
    receiver.on('order.paid', async () => {
      runs++
      await new Promise<void>((resolve) => clock.schedule(12_000, resolve))
    })
    const answers: number[] = []
    for (const waitMs of [0, 1_000, 2_000, 4_000, 8_000, 16_000]) {
      await clock.advance(waitMs)
      const answer = receive()
      await clock.advance(4_500)
      answers.push((await answer).status)
      if (answers.at(-1) === 200) break
    }
    expect(answers).toEqual([503, 503, 200])
    expect(runs).toBe(1)
  })

  it('has 50 parallel copies wait for the first, and none gets 200 before a run succeeded', async () => {
    const { receiver, receive, clock } = handledBench()
    let runs = 0
    let succeeded = 0
    receiver.on('order.paid', async () => {
      await new Promise<void>((resolve) => clock.schedule(50, resolve))
      if (++runs === 1) throw new Error('first')
      succeeded++
    })
    const copies = Array.from({ length: 50 }, () => receive())
    await clock.advance(2_000)
    const outcomes = await Promise.all(copies)
    expect(runs).toBe(2)
    expect(succeeded).toBe(1)
    expect(statuses(outcomes).filter((status) => status === 500)).toHaveLength(1)
    expect(statuses(outcomes).filter((status) => status === 200)).toHaveLength(49)
  })

  it('waits for a copy that another process handles, and collects its result', async () => {
    const clock = manualClock()
    const store = remoteStore(clock)
    const [one, other] = [handledBench({ clock, dedupe: store }), handledBench({ clock, dedupe: store })]
    const { open, handler } = gate()
    one.receiver.on('order.paid', handler)
    other.receiver.on('order.paid', () => expect.unreachable())
    const first = one.receive()
    await settled()
    const second = other.receive()
    await clock.advance(500)
    open[0]?.()
    await clock.advance(300)
    expect(statuses(await Promise.all([first, second]))).toEqual([200, 200])
    const third = other.receive({ ...paid, id: 'o-2' })
    await settled()
    const late = one.receive({ ...paid, id: 'o-2' })
    await clock.advance(4_500)
    expect((await late).status).toBe(503)
    await third.catch(() => {})
  })

  it('answers 409 to another body under the identity, while it is handled and after', async () => {
    const { receiver, receive } = handledBench()
    const { open, handler } = gate()
    receiver.on('order.paid', handler)
    const first = receive()
    await settled()
    expect(await receive({ ...paid, amount: 13 })).toMatchObject({ status: 409 })
    open[0]?.()
    await first
    expect(await receive({ ...paid, amount: 13 })).toMatchObject({ status: 409 })
  })

  it('keeps to this process, with values, without a store', async () => {
    const { receiver } = bench({ ...options, handle: 'all' })
    expect(await receiver.receive(signed(paid))).toMatchObject({ status: 200, kind: 'accepted' })
    expect(await receiver.receive(signed(paid))).toMatchObject({ kind: 'duplicate' })
  })

  it('answers 503 to an event that nothing handles, and 200 once something does', async () => {
    const { receiver, receive, store, signals } = handledBench()
    expect(await receive()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(store.calls).toEqual([])
    expect(signals).toMatchObject([
      {
        code: 'unhandled',
        error: { message: expect.stringContaining("register a handler, or say handle: 'all'") },
      },
    ])
    receiver.on('order.paid', () => {})
    expect(await receive()).toMatchObject({ status: 200, kind: 'accepted' })
  })

  it('answers 503 when the store is full', async () => {
    const clock = manualClock()
    const dedupe = lruDedupe({ clock, maxEntries: 1 })
    const { receiver, codes } = bench({ ...options, handle: 'all', clock, dedupe })
    await receiver.receive(signed(paid))
    expect(await receiver.receive(signed({ ...paid, id: 'o-2' }))).toMatchObject({ status: 503 })
    expect(codes()).toEqual(['dedupe-full'])
  })
})

describe("a store that fails under ack: 'handled'", () => {
  it('at the claim gives 503, and the retry runs once', async () => {
    const { receiver, receive, store, codes } = handledBench()
    let runs = 0
    receiver.on('order.paid', () => ++runs)
    store.plan('claim', 'fail')
    expect(await receive()).toMatchObject({ status: 503 })
    expect(await receive()).toMatchObject({ status: 200, kind: 'accepted' })
    expect(runs).toBe(1)
    expect(codes()).toEqual(['dedupe-failed'])
  })

  it.each([undefined, null, {}, { status: 'maybe' }])(
    'at the claim with an answer that is none (%j) gives 503, and nothing is thrown',
    async (answer) => {
      const dedupe = { ...lruDedupe(), claim: () => answer as never }
      const { receiver, codes } = bench({ ...options, dedupe })
      receiver.on('order.paid', () => expect.unreachable())
      expect((await receiver.receive(signed(paid))).status).toBe(503)
      expect(codes()).toEqual(['dedupe-failed'])
    },
  )

  it.each(['silent', 'applied-then-silent'] as const)(
    'at the claim (%s) gives 503 within its deadline; a claim that comes late is given back, and the retry runs once',
    async (fault) => {
      const { receiver, receive, store, clock, codes } = handledBench()
      let runs = 0
      receiver.on('order.paid', () => ++runs)
      store.plan('claim', fault)
      const first = receive()
      await clock.advance(800)
      expect(await first).toMatchObject({ status: 503 })
      store.answerAll()
      await settled()
      expect(await receive()).toMatchObject({ status: 200, kind: 'accepted' })
      expect(runs).toBe(1)
      expect(codes()).toEqual(['dedupe-timeout'])
    },
  )

  it('with a claim that was applied and never answered frees the identity when the lease is over', async () => {
    const { receiver, receive, store, clock } = handledBench()
    let runs = 0
    receiver.on('order.paid', () => ++runs)
    store.plan('claim', 'applied-then-fail')
    expect((await receive()).status).toBe(503)
    const second = receive()
    await clock.advance(4_500)
    expect((await second).status).toBe(503)
    await clock.advance(5_501)
    expect((await receive()).status).toBe(200)
    expect(runs).toBe(1)
  })

  it('when a late claim is a duplicate or cannot be given back, nothing is thrown', async () => {
    const { receive, store, clock } = handledBench({ handle: 'all' })
    store.plan('claim', 'silent')
    store.plan('release', 'fail')
    const first = receive()
    await clock.advance(800)
    await first
    store.answerAll()
    await settled()
    expect(store.calls).toEqual(['claim', 'release'])
    await clock.advance(10_001)
    await receive()
    store.plan('claim', 'silent')
    const copy = receive()
    await clock.advance(800)
    expect((await copy).status).toBe(503)
    store.answerAll()
    await settled()
    expect(store.calls.slice(2)).toEqual(['claim', 'commit', 'claim'])
  })

  it.each(['fail', 'applied-then-fail', 'silent', 'applied-then-silent'] as const)(
    'at the commit (%s) answers 200, for the handlers succeeded, and commits until it is decided',
    async (fault) => {
      const { receiver, receive, store, clock } = handledBench()
      let runs = 0
      receiver.on('order.paid', () => ++runs)
      store.plan('commit', fault, 'fail')
      const first = receive()
      await clock.advance(900)
      expect((await first).status).toBe(200)
      expect(await receive()).toMatchObject({ status: 200, kind: 'duplicate' })
      store.answerAll()
      await clock.advance(2_000)
      await receiver.atRest()
      expect(await receive()).toMatchObject({ status: 200, kind: 'duplicate' })
      expect(runs).toBe(1)
      await clock.advance(60_000)
      expect(store.calls.filter((call) => call === 'extend').length).toBeLessThanOrEqual(1)
    },
  )

  it('at the release answers 500; the lease runs out, and the retry runs', async () => {
    const { receiver, receive, store, clock } = handledBench()
    let runs = 0
    receiver.on('order.paid', () => {
      if (++runs === 1) throw new Error('first')
    })
    store.plan('release', 'fail')
    expect((await receive()).status).toBe(500)
    await clock.advance(10_001)
    expect((await receive()).status).toBe(200)
    store.plan('release', 'silent')
    receiver.on('user-created', () => Promise.reject(new Error('no')))
    const other = receive({ type: 'user-created', id: 'u', at: new Date(clock.now()).toISOString() })
    await clock.advance(800)
    expect((await other).status).toBe(500)
  })

  it('while a handler runs loses no lease as long as one extension in two comes through', async () => {
    const { receiver, receive, store, clock } = handledBench()
    const { open, handler } = gate()
    const signals: AbortSignal[] = []
    receiver.on('order.paid', (_, { signal }) => {
      signals.push(signal)
      return handler()
    })
    store.plan('extend', 'fail', undefined, 'fail', undefined, 'fail')
    const first = receive()
    await clock.advance(16_000)
    expect((await first).status).toBe(503)
    expect(signals[0]?.aborted).toBe(false)
    open[0]?.()
    await settled()
    expect(await receive()).toMatchObject({ status: 200, kind: 'duplicate' })
  })

  it('so long that the lease is lost tells the handler, and its late result takes nothing from the next owner', async () => {
    const clock = manualClock()
    const store = remoteStore(clock)
    const [stalled, next] = [handledBench({ clock, dedupe: store }), handledBench({ clock, dedupe: store })]
    const { open, handler } = gate()
    const other = gate()
    const signals: AbortSignal[] = []
    stalled.receiver.on('order.paid', (_, { signal }) => {
      signals.push(signal)
      return handler()
    })
    next.receiver.on('order.paid', other.handler)
    store.plan('extend', 'fail', 'fail', 'fail', 'fail', 'fail', 'fail', 'fail', 'fail', 'fail', 'fail')
    const first = stalled.receive()
    await clock.advance(10_001)
    expect((await first).status).toBe(503)
    const second = next.receive()
    await settled()
    store.plan('extend')
    await clock.advance(3_400)
    expect(signals[0]?.aborted).toBe(true)
    open[0]?.()
    await settled()
    other.open[0]?.()
    expect((await second).status).toBe(200)
    expect(await stalled.receive()).toMatchObject({ kind: 'duplicate' })
  })

  it('so long that the lease ran out takes the identity again when nobody else has', async () => {
    const { receiver, receive, store, clock } = handledBench()
    const { open, handler } = gate()
    receiver.on('order.paid', handler)
    store.plan('extend', 'fail', 'fail', 'fail', 'fail')
    const first = receive()
    await clock.advance(11_000)
    await first
    open[0]?.()
    await settled()
    expect(await receive()).toMatchObject({ kind: 'duplicate' })
    expect(open).toHaveLength(1)
  })
})

describe('respond', () => {
  it('makes what the handler returns the body of the 200, after the other handlers, for every copy', async () => {
    const { receiver, receive, signals } = handledBench()
    const ran: string[] = []
    receiver.respond('order.paid', async ({ payload }) => (ran.push('responder'), { total: payload.amount }))
    receiver.on('*', () => ran.push('handler'))
    const first = await receive()
    expect(first).toMatchObject({
      status: 200,
      body: '{"total":12}',
      headers: { 'content-type': 'application/json' },
    })
    expect(await receive()).toMatchObject({ kind: 'duplicate', body: '{"total":12}' })
    expect(ran).toEqual(['handler', 'responder'])
    expect(signals[0]).toMatchObject({ type: 'handled', handlers: 2 })
  })

  it('answers as usual when the handler returns nothing', async () => {
    const { receive } = handledBench({ respond: { 'order.paid': () => undefined } })
    expect((await receive()).body).toMatch(/^\{"success":true/)
  })

  it('is a failure when the handler fails, or returns what JSON cannot write', async () => {
    const { receiver, receive } = handledBench()
    receiver.respond('order.paid', () => 12n)
    receiver.respond('user-created', () => Promise.reject(new Error('no')))
    expect((await receive()).status).toBe(500)
    expect((await receive({ type: 'user-created', id: 'u', at: paid.at })).status).toBe(500)
  })

  it('takes one handler for an event, a documented event, and an answer that waits', () => {
    const { receiver } = handledBench()
    receiver.respond('order.paid', () => ({}))
    expect(() => receiver.respond('*', () => ({}))).toThrow("An event of '*' has a responder already")
    expect(() => receiver.respond('order.payed' as 'order.paid', () => ({}))).toThrow('documents no event')
    expect(() => receiver.respond('user-created', undefined as never)).toThrow('takes a function')
    expect(() => bench().receiver.respond('order.paid', () => ({}))).toThrow("respond needs ack: 'handled'")
  })
})

describe("closing under ack: 'handled'", () => {
  it('refuses new deliveries and lets handlers finish', async () => {
    const { receiver, receive, clock } = handledBench()
    const { open, handler } = gate()
    receiver.on('order.paid', handler)
    const first = receive()
    await settled()
    const closed = receiver.close()
    expect((await receive({ ...paid, id: 'o-2' })).status).toBe(503)
    await clock.advance(100)
    open[0]?.()
    await closed
    expect((await first).status).toBe(200)
  })

  it('gives up on what does not finish in time, and says so to the handler', async () => {
    const { receiver, receive, clock, store } = handledBench({ ackTimeoutMs: 1_000 })
    const { handler } = gate()
    const signals: AbortSignal[] = []
    receiver.on('order.paid', (_, { signal }) => {
      signals.push(signal)
      return handler()
    })
    const first = receive()
    await settled()
    const closed = receiver.close({ timeoutMs: 2_000 })
    await clock.advance(2_000)
    await closed
    expect((await first).status).toBe(503)
    expect(signals[0]?.aborted).toBe(true)
    await clock.advance(30_000)
    expect(store.calls).toEqual(['claim'])
  })
})

describe("options of ack: 'handled'", () => {
  it('do not stand beside those of an inbox, nor the other way round', () => {
    expect(() => bench({ ack: 'handled' })).toThrow("inbox belongs to an inbox, and ack: 'handled' has none")
    expect(() => bench({ ...options, retry: {} })).toThrow('retry belongs to an inbox')
    expect(() => bench({ ...options, concurrency: 0 })).toThrow('concurrency must be a whole number from 1')
    expect(() => bench({ dedupe: lruDedupe() })).toThrow('memoryInbox({ dedupe })')
    expect(() => bench({ leaseMs: 1_000 })).toThrow("leaseMs needs ack: 'handled'")
    expect(() => bench({ ...options, leaseMs: 1 })).toThrow('leaseMs must be a whole number from 100')
    expect(() => bench({ ack: 'later' as 'handled' })).toThrow("ack must be 'accepted' or 'handled'")
    expect(() => bench({ ...options, dedupe: {} as never })).toThrow('it lacks claim()')
    expect(() => bench({ ...options, dedupe: null as never })).toThrow('it lacks claim()')
    expect(() => memoryInbox({ dedupe: lruDedupe(), maxIdentities: 5 })).toThrow('maxIdentities bounds')
  })
})
