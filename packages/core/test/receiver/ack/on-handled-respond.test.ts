import { describe, expect, it } from 'vitest'
import { lruDedupe, memoryInbox } from '../../../src/index.ts'
import { gate, handledBench, options } from '../../support/ack-handled.ts'
import { bench, paid } from '../../support/acme.ts'
import { settled } from '../../support/clock.ts'

describe('respond', () => {
  it('makes what the handler returns the body of the 200, after the other handlers, for every copy', async () => {
    const { receiver, receive, observations } = handledBench()
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
    expect(observations[0]).toMatchObject({ type: 'handled', handlers: 2 })
  })

  it('answers as usual when the handler returns nothing', async () => {
    const { receive } = handledBench({ respond: { 'order.paid': () => undefined } })
    expect((await receive()).body).toMatch(/^\{"success":true/)
  })

  it('is a failure when the handler fails, or returns what JSON cannot write', async () => {
    const { receiver, receive } = handledBench()
    receiver.respond('order.paid', () => 12n as never)
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
    expect(signals[0]?.reason).toEqual(new Error('close() timed out before the handlers finished'))
    await clock.advance(30_000)
    expect(store.calls).toEqual(['claim'])
  })

  it('waits for a claim that is on its way, whose run is answered', async () => {
    const { receiver, receive, clock, store } = handledBench()
    let runs = 0
    receiver.on('order.paid', () => void runs++)
    store.plan('claim', 'silent')
    const answer = receive()
    await settled()
    let isClosed = false
    const closed = receiver.close().then(() => {
      isClosed = true
    })
    await clock.advance(100)
    expect(isClosed).toBe(false)
    store.answerAll()
    await closed
    expect((await answer).status).toBe(200)
    expect(runs).toBe(1)
  })

  it.each([
    ['given back', undefined],
    ['left to its lease where it cannot be given back', 'fail'],
  ] as const)('begins no run once it is over: a claim that comes then is %s', async (_, fault) => {
    const { receiver, receive, clock, store, codes } = handledBench()
    receiver.on('order.paid', () => expect.unreachable())
    store.plan('claim', 'silent')
    store.plan('release', fault)
    const answer = receive()
    await settled()
    const closed = receiver.close({ timeoutMs: 100 })
    await clock.advance(100)
    await closed
    store.answerAll()
    expect((await answer).status).toBe(503)
    expect(codes()).toEqual(['closed'])
    expect(store.calls).toEqual(['claim', 'release'])
  })

  it('begins no run for a copy whose run failed meanwhile', async () => {
    const { receiver, receive, clock, codes, store } = handledBench()
    const { fail, handler } = gate()
    receiver.on('order.paid', handler)
    const answers = [receive()]
    await settled()
    answers.push(receive())
    await settled()
    const closed = receiver.close()
    fail[0]?.(new Error('first'))
    await closed
    await clock.advance(1_000)
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([500, 503])
    expect(codes()).toEqual(['handler-failed', 'closed'])
    expect(store.calls).toEqual(['claim', 'release'])
    expect(fail).toHaveLength(1)
  })
})

describe("options of ack: 'handled'", () => {
  it('do not stand beside those of an inbox, nor the other way round', () => {
    expect(() => bench({ ...options, inbox: memoryInbox() as never })).toThrow(
      "inbox needs ack: 'accepted', the default; ack: 'handled' stores nothing. Leave out one of the two",
    )
    expect(() => bench({ ...options, retry: {} as never })).toThrow('retry needs an inbox')
    expect(() => bench({ ...options, concurrency: 0 })).toThrow('concurrency must be a whole number from 1')
    expect(() => bench({ dedupe: lruDedupe() as never })).toThrow('memoryInbox({ dedupe })')
    expect(() => bench({ leaseMs: 1_000 as never })).toThrow("leaseMs needs ack: 'handled'")
    expect(() => bench({ ...options, leaseMs: 1 })).toThrow('leaseMs must be a whole number from 100')
    expect(() => bench({ ack: 'later' as 'handled' })).toThrow("ack must be 'accepted' or 'handled'")
    expect(() => bench({ ...options, dedupe: {} as never })).toThrow('it lacks claim()')
    expect(() => bench({ ...options, dedupe: null as never })).toThrow('it lacks claim()')
    expect(() => memoryInbox({ dedupe: lruDedupe(), maxIdempotencyKeys: 5 })).toThrow(
      'maxIdempotencyKeys bounds',
    )
  })
})
