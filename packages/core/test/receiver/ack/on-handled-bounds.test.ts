import { describe, expect, it } from 'vitest'
import type { AckOnHandledOptions, Logger, Outcome } from '../../../src/index.ts'
import { type AcmeEvents, bench, paid, signed } from '../../support/acme.ts'
import { manualClock, settled } from '../../support/clock.ts'
import { remoteStore } from '../../support/stores.ts'

function handledBench(changes: Partial<AckOnHandledOptions<AcmeEvents>> = {}) {
  const clock = manualClock()
  const store = remoteStore(clock)
  const made = bench({ ack: 'handled', clock, dedupe: store, ...changes })
  return {
    ...made,
    clock,
    store,
    receive: async (payload: unknown = paid) => made.receiver.receive(signed(payload)),
  }
}

/** The answer, and after how long it came on the bench's clock. */
async function timed(clock: { monotonic(): number }, answer: Promise<Outcome>) {
  const startedAt = clock.monotonic()
  const { status } = await answer
  return { status, tookMs: clock.monotonic() - startedAt }
}

describe('runs at once', () => {
  it('are bounded: beyond the bound it is 503, before the store is asked, until one has finished', async () => {
    const { receiver, receive, clock, store, codes } = handledBench({ concurrency: 2 })
    const finish: (() => void)[] = []
    receiver.on('order.paid', () => new Promise<void>((resolve) => finish.push(resolve)))
    const running = ['o-1', 'o-2'].map((id) => receive({ ...paid, id }))
    await settled()
    expect(await receive({ ...paid, id: 'o-3' })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    })
    expect(codes()).toEqual(['handlers-busy'])
    expect(store.calls).toEqual(['claim', 'claim'])
    // A copy of one that runs takes no place of its own.
    const copy = receive({ ...paid, id: 'o-1' })
    await clock.advance(4_500)
    expect((await copy).status).toBe(503)
    // The answers are given, and the work goes on: its place is taken.
    await Promise.all(running)
    expect((await receive({ ...paid, id: 'o-3' })).status).toBe(503)
    finish[0]?.()
    await settled()
    const third = receive({ ...paid, id: 'o-3' })
    await settled()
    finish[2]?.()
    expect((await third).status).toBe(200)
  })

  it('are bounded while their claims are on the way', async () => {
    const { receiver, receive, clock, store } = handledBench({ concurrency: 1 })
    receiver.on('order.paid', () => {})
    store.plan('claim', 'silent')
    const first = receive()
    await settled()
    expect((await receive({ ...paid, id: 'o-2' })).status).toBe(503)
    await clock.advance(800)
    await first
    expect((await receive({ ...paid, id: 'o-2' })).status).toBe(200)
  })

  it('are 100 where nothing is said', async () => {
    const { receiver, receive, codes } = handledBench()
    let running = 0
    receiver.on('order.paid', () => {
      running++
      return new Promise(() => {})
    })
    for (let n = 0; n <= 100; n++) void receive({ ...paid, id: `o-${n}` })
    await settled()
    expect(running).toBe(100)
    expect(codes()).toEqual(['handlers-busy'])
  })
})

describe('a run that failed', () => {
  it('is not begun again for half a second, however often its request is replayed', async () => {
    const { receiver, receive, clock, codes } = handledBench()
    let runs = 0
    receiver.on('order.paid', () => {
      runs++
      throw new Error('always')
    })
    for (let n = 0; n < 2_000; n++) await receive()
    expect(runs).toBe(1)
    expect(codes()).toEqual(['handler-failed', ...Array.from({ length: 1_999 }, () => 'failed-recently')])
    expect(await receive()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    await clock.advance(499)
    expect((await receive()).status).toBe(503)
    await clock.advance(1)
    expect((await receive()).status).toBe(500)
    expect(runs).toBe(2)
  })

  it('is begun again by a copy that waited for it, after the pause', async () => {
    const { receiver, receive, clock } = handledBench()
    let runs = 0
    receiver.on('order.paid', async () => {
      await new Promise<void>((resolve) => clock.schedule(50, resolve))
      if (++runs <= 2) throw new Error('not yet')
    })
    const [first, ...copies] = Array.from({ length: 5 }, () => receive())
    await clock.advance(60)
    expect((await first)?.status).toBe(500)
    expect((await receive()).status).toBe(503)
    await clock.advance(2_000)
    const statuses = (await Promise.all(copies)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 200, 200, 500])
    expect(runs).toBe(3)
  })

  it('holds up no other delivery, and is forgotten', async () => {
    const { receiver, receive, clock } = handledBench()
    receiver.on('order.paid', ({ payload }) => {
      if (payload.id === 'o-1') throw new Error('no')
    })
    expect((await receive()).status).toBe(500)
    expect((await receive({ ...paid, id: 'o-2' })).status).toBe(200)
    await clock.advance(500)
    expect(clock.scheduled).toBe(0)
  })

  it('whose release hangs holds no copy for longer than its own budget', async () => {
    const { receiver, receive, clock, store } = handledBench({ ackTimeoutMs: 2_000, acceptTimeoutMs: 2_000 })
    const { fail, handler } = failing()
    receiver.on('order.paid', handler)
    store.plan('release', 'silent')
    const first = timed(clock, receive())
    await settled()
    const copy = timed(clock, receive())
    await clock.advance(1_000)
    fail()
    await clock.advance(5_000)
    expect(await first).toEqual({ status: 500, tookMs: 2_000 })
    expect(await copy).toEqual({ status: 503, tookMs: 2_000 })
  })
})

function failing() {
  let fail = () => {}
  const handler = () =>
    new Promise((_, reject) => {
      fail = () => reject(new Error('no'))
    })
  return { handler, fail: () => fail() }
}

describe('an answer', () => {
  const slow = { ackTimeoutMs: 5_000, acceptTimeoutMs: 5_000 }

  it('takes no longer than ackTimeoutMs when the claim of a copy that waited hangs', async () => {
    const { receiver, receive, clock, store } = handledBench(slow)
    const { fail, handler } = failing()
    receiver.on('order.paid', handler)
    const first = receive()
    await settled()
    const copy = timed(clock, receive())
    await clock.advance(3_000)
    store.plan('claim', 'silent')
    fail()
    await clock.advance(10_000)
    expect((await first).status).toBe(500)
    expect(await copy).toEqual({ status: 503, tookMs: 5_000 })
  })

  it('is 200 within ackTimeoutMs when the handlers succeeded and the commit hangs', async () => {
    const { receiver, receive, clock, store } = handledBench(slow)
    receiver.on('order.paid', () => new Promise<void>((resolve) => clock.schedule(4_000, resolve)))
    store.plan('commit', 'silent')
    const answer = timed(clock, receive())
    await clock.advance(20_000)
    expect(await answer).toEqual({ status: 200, tookMs: 5_000 })
  })

  it('is 503 within ackTimeoutMs while another process has the delivery', async () => {
    const { receive, clock, store, receiver } = handledBench({ ackTimeoutMs: 130 })
    const other = handledBench({ clock, dedupe: store })
    for (const each of [receiver, other.receiver]) each.on('order.paid', () => new Promise(() => {}))
    void other.receive()
    await settled()
    const answer = timed(clock, receive())
    await clock.advance(5_000)
    expect(await answer).toEqual({ status: 503, tookMs: 130 })
  })
})

describe('a store that hangs', () => {
  it('at each extension is asked again when the call has had its time, one at a time', async () => {
    const { receiver, receive, clock, store } = handledBench({ leaseMs: 300, acceptTimeoutMs: 800 })
    receiver.on('order.paid', () => new Promise<void>((resolve) => clock.schedule(3_000, resolve)))
    store.plan('extend', ...Array.from({ length: 10 }, () => 'silent' as const))
    const answer = receive()
    await clock.advance(3_000)
    expect((await answer).status).toBe(200)
    expect(store.calls.filter((call) => call === 'extend').length).toBeLessThanOrEqual(4)
  })

  it('at each commit is told again, until it has decided', async () => {
    const { receiver, receive, clock, store } = handledBench()
    let runs = 0
    receiver.on('order.paid', () => void runs++)
    store.plan('commit', 'silent', 'silent', 'silent')
    const answer = receive()
    await clock.advance(800)
    expect((await answer).status).toBe(200)
    await clock.advance(10_000)
    expect(store.calls.filter((call) => call === 'commit')).toHaveLength(4)
    expect(await receive()).toMatchObject({ kind: 'duplicate' })
    expect(runs).toBe(1)
  })
})

describe('a conflict', () => {
  it('is in the log as an error that names it: nothing keeps the other body', async () => {
    const errors: string[] = []
    const silent = () => {}
    const logger: Logger = {
      debug: silent,
      info: silent,
      warn: silent,
      error: (_, message) => errors.push(message),
    }
    const { receiver, receive } = handledBench({ logger })
    receiver.on('order.paid', () => {})
    await receive()
    expect(await receive({ ...paid, amount: 13 })).toMatchObject({
      status: 409,
      body: '{"error":"conflict"}',
    })
    expect(errors).toEqual([
      expect.stringMatching(
        /^acme order\.paid \S{22} \(request [-0-9a-f]{36}\): authentic, and refused with 409 conflict: Error: Another body came under the idempotency key of order\.paid \S{22}, and nothing keeps it \(SHA-256 \S{43}\)\. /,
      ),
    ])
  })
})
