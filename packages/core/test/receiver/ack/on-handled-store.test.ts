import { describe, expect, it } from 'vitest'
import { lruDedupe } from '../../../src/index.ts'
import { gate, handledBench, options } from '../../support/ack-handled.ts'
import { bench, paid, signed } from '../../support/acme.ts'
import { manualClock, settled } from '../../support/clock.ts'
import { remoteStore } from '../../support/stores.ts'

describe("a store that fails under ack: 'handled'", () => {
  it('at the claim gives 503, and the retry runs once', async () => {
    const { receiver, receive, store, codes, observations } = handledBench()
    let runs = 0
    receiver.on('order.paid', () => ++runs)
    store.plan('claim', 'fail')
    expect(await receive()).toMatchObject({ status: 503 })
    expect(await receive()).toMatchObject({ status: 200, kind: 'accepted' })
    expect(runs).toBe(1)
    expect(codes()).toEqual(['dedupe-failed'])
    expect(observations[0]).toMatchObject({ error: new Error('claim failed') })
  })

  it.each([undefined, null, {}, { status: 'maybe' }])(
    'at the claim with an answer that is none (%j) gives 503, and nothing is thrown',
    async (answer) => {
      const dedupe = { ...lruDedupe(), claim: () => answer as never }
      const { receiver, codes, observations } = bench({ ...options, dedupe })
      receiver.on('order.paid', () => expect.unreachable())
      expect((await receiver.receive(signed(paid))).status).toBe(503)
      expect(codes()).toEqual(['dedupe-failed'])
      expect(observations).toMatchObject([{ error: new TypeError('The dedupe store answered no claim') }])
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

  it('with a claim that was applied and never answered frees the idempotency key when the lease is over', async () => {
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
      await receiver.onIdle()
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
    expect(signals[0]?.reason).toEqual(
      new Error('The lease was lost: another process may be handling the event'),
    )
    open[0]?.()
    await settled()
    other.open[0]?.()
    expect((await second).status).toBe(200)
    expect(await stalled.receive()).toMatchObject({ kind: 'duplicate' })
  })

  it('so long that the lease ran out takes the idempotency key again when nobody else has', async () => {
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

describe('handlers that succeed when the lease of their event has run out', () => {
  /** A run whose lease ran out, and another process on the same store. */
  async function lapsed() {
    const clock = manualClock()
    const dedupe = remoteStore(clock)
    const [late, next] = [handledBench({ clock, dedupe }), handledBench({ clock, dedupe })]
    const own = gate()
    const others = gate()
    late.receiver.on('order.paid', own.handler)
    next.receiver.on('order.paid', others.handler)
    dedupe.plan('extend', ...Array.from({ length: 9 }, () => 'fail' as const))
    const first = late.receive()
    await clock.advance(11_000)
    await first
    dedupe.plan('extend')
    const finish = async () => {
      dedupe.calls.length = 0
      own.open[0]?.()
      await settled()
    }
    return { clock, late, next, others, calls: dedupe.calls, finish }
  }

  it('take the idempotency key again where nobody has it, with its body', async () => {
    const { clock, late, next, calls, finish } = await lapsed()
    await finish()
    expect(calls).toEqual(['commit', 'claim', 'commit'])
    await late.receiver.onIdle()
    await clock.advance(60_000)
    expect(calls).toHaveLength(3)
    expect(await next.receive()).toMatchObject({ kind: 'duplicate' })
    expect(await next.receive({ ...paid, amount: 13 })).toMatchObject({ status: 409 })
  })

  it('wait for another run that is on its way, and take the key where that fails', async () => {
    const { clock, late, next, others, calls, finish } = await lapsed()
    const second = next.receive()
    await settled()
    await finish()
    await clock.advance(1_000)
    expect(calls).toEqual(['commit', 'claim', 'commit', 'claim', 'commit', 'claim'])
    others.fail[0]?.(new Error('no'))
    expect((await second).status).toBe(500)
    await clock.advance(1_000)
    await late.receiver.onIdle()
    expect(await next.receive()).toMatchObject({ kind: 'duplicate' })
  })

  it.each([
    ['the same body', paid],
    ['another body', { ...paid, amount: 13 }],
  ])('leave the key to another run that has succeeded with %s, and ask no more', async (_, payload) => {
    const { clock, late, next, others, calls, finish } = await lapsed()
    const second = next.receive(payload)
    await settled()
    others.open[0]?.()
    expect((await second).status).toBe(200)
    await finish()
    expect(calls).toEqual(['commit', 'claim'])
    await late.receiver.onIdle()
    await clock.advance(60_000)
    expect(calls).toHaveLength(2)
  })
})
