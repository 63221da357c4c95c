import { describe, expect, it } from 'vitest'
import { lruDedupe, type Outcome, UnrecoverableError } from '../../../src/index.ts'
import { thrownValues } from '../../../src/testing/thrown-values.ts'
import { gate, handledBench, options } from '../../support/ack-handled.ts'
import { acmeSchemas, bench, paid, signed } from '../../support/acme.ts'
import { manualClock, settled } from '../../support/clock.ts'
import { remoteStore } from '../../support/stores.ts'
import { watchUnhandled } from '../../support/unhandled.ts'

watchUnhandled()

const statuses = (outcomes: readonly Outcome[]): number[] => outcomes.map(({ status }) => status)

describe("ack: 'handled'", () => {
  it('answers 200 when the handlers have succeeded, and a duplicate 200 without running them again', async () => {
    const { receiver, receive, observations } = handledBench()
    let runs = 0
    receiver.on('order.paid', async () => ++runs)
    expect(await receive()).toMatchObject({ status: 200, kind: 'accepted' })
    expect(await receive()).toMatchObject({ status: 200, kind: 'duplicate' })
    expect(runs).toBe(1)
    expect(observations.map(({ type }) => type)).toEqual(['handled', 'accepted', 'duplicate'])
    expect(receiver.inbox).toBeUndefined()
    expect(() => receiver.work()).not.toThrow()
  })

  it('answers 500 when a handler failed, frees the idempotency key, and lets the retry run', async () => {
    const { receiver, receive, observations, codes, store, clock } = handledBench()
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
    expect(observations[0]).toMatchObject({
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

  it.each(Object.entries(thrownValues))(
    'answers 500 to a handler that throws %s, and 200 to the next event',
    async (_, make) => {
      const { receiver, receive } = handledBench()
      receiver.on('order.paid', ({ payload }) => {
        if (payload.id === 'bad') throw make()
      })
      expect((await receive({ ...paid, id: 'bad' })).status).toBe(500)
      expect((await receive({ ...paid, id: 'good' })).status).toBe(200)
    },
  )

  it('answers 500 to a rejection without an error, and when a schema fails instead of answering', async () => {
    const { receiver, receive } = handledBench()
    receiver.on('order.paid', () => Promise.reject(undefined))
    expect(await receive()).toMatchObject({ status: 500 })
    const validate = () => {
      throw new Error('the schema is broken')
    }
    const schema = { '~standard': { version: 1, vendor: 'acme', validate } } as const
    const broken = bench({ ...options, handle: 'all' }, { events: { ...acmeSchemas, 'order.paid': schema } })
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

  it('answers 409 to another body under the idempotency key, while it is handled and after', async () => {
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
    const { receiver, receive, store, observations } = handledBench()
    expect(await receive()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(store.calls).toEqual([])
    expect(observations).toMatchObject([
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
