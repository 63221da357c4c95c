import { describe, expect, it } from 'vitest'
import { type AckOnAcceptedOptions, lruDedupe, memoryInbox } from '../../../src/index.ts'
import { type AcmeEvents, bench, paid, signed } from '../../support/acme.ts'
import { manualClock, settled } from '../../support/clock.ts'
import { delivery } from '../../support/memory-inbox.ts'
import { remoteStore } from '../../support/stores.ts'

function sharedBench(changes: AckOnAcceptedOptions<AcmeEvents> = {}, limits = {}) {
  const clock = manualClock()
  const store = remoteStore(clock)
  const process = () => {
    const inbox = memoryInbox({ clock, dedupe: store, random: () => 1, ...limits })
    const made = bench({ clock, inbox, ...changes })
    const runs: string[] = []
    made.receiver.on('*', ({ id }) => runs.push(id))
    const receive = async (payload: unknown = paid) => made.receiver.receive(signed(payload))
    return { ...made, inbox, runs, receive }
  }
  return { clock, store, process }
}

describe('memoryInbox({ dedupe })', () => {
  it('shares one memory of idempotency keys between processes: one of them handles, the other says duplicate', async () => {
    const { process } = sharedBench()
    const [one, other] = [process(), process()]
    expect(await one.receive()).toMatchObject({ kind: 'accepted' })
    expect(await other.receive()).toMatchObject({ status: 200, kind: 'duplicate' })
    await settled()
    expect([one.runs.length, other.runs.length]).toEqual([1, 0])
    expect(await other.receive({ ...paid, amount: 13 })).toMatchObject({ status: 409 })
  })

  it('waits for a copy that another process is accepting: in flight is never 200', async () => {
    const { process, store, clock } = sharedBench()
    const [one, other] = [process(), process()]
    store.plan('commit', 'silent')
    const first = one.receive()
    await settled()
    const second = other.receive()
    await clock.advance(300)
    store.answerAll()
    expect(await first).toMatchObject({ kind: 'accepted' })
    await clock.advance(300)
    expect(await second).toMatchObject({ kind: 'duplicate' })
  })

  it('answers 503 to a copy when the first one is not decided within the budget', async () => {
    const { process, store, clock } = sharedBench()
    const one = process()
    const { receive, codes } = process()
    store.plan('commit', 'silent')
    const first = one.receive()
    await settled()
    const second = receive()
    await clock.advance(4_500)
    expect(await second).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(codes()).toEqual(['in-flight'])
    expect((await first).status).toBe(503)
  })

  it.each([
    ['claim', 'fail'],
    ['claim', 'silent'],
    ['claim', 'applied-then-fail'],
    ['claim', 'applied-then-silent'],
    ['commit', 'fail'],
    ['commit', 'silent'],
    ['commit', 'applied-then-fail'],
    ['commit', 'applied-then-silent'],
  ] as const)('19: runs each event once when the store fails at %s (%s)', async (call, fault) => {
    const { process, store, clock } = sharedBench()
    const [one, other] = [process(), process()]
    store.plan(call, fault, 'fail')
    const first = one.receive()
    await clock.advance(800)
    expect((await first).status).toBe(503)
    store.answerAll()
    const answers: number[] = []
    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000]) {
      await clock.advance(waitMs)
      const answer = (answers.length % 2 === 0 ? other : one).receive()
      await clock.advance(4_500)
      answers.push((await answer).status)
    }
    expect(answers.at(-1)).toBe(200)
    expect(one.runs.length + other.runs.length).toBe(1)
  })

  it('is not idle before a delivery whose retry was acknowledged as a duplicate is handled', async () => {
    const { process, store, clock } = sharedBench()
    const { receiver, receive, runs } = process()
    store.plan('commit', 'applied-then-fail')
    expect((await receive()).status).toBe(503)
    expect(await receive()).toMatchObject({ status: 200, kind: 'duplicate' })
    const onIdle = receiver.onIdle().then(() => runs.length)
    await clock.advance(1_000)
    expect(await onIdle).toBe(1)
  })

  it('is idle again when what was undecided is not its own', async () => {
    const { process, store, clock } = sharedBench()
    const { receiver, receive, runs } = process()
    store.plan('commit', ...Array<'fail'>(11).fill('fail'))
    expect((await receive()).status).toBe(503)
    const onIdle = receiver.onIdle()
    await clock.advance(6_000)
    await onIdle
    expect(runs).toEqual([])
  })

  it('is full at its own bounds too, gives the idempotency key back, and takes the retry when there is room', async () => {
    const { process, store } = sharedBench({}, { maxDeliveries: 1 })
    const { receiver, receive, codes } = process()
    let finish: (() => void) | undefined
    receiver.on('order.paid', () => new Promise<void>((resolve) => (finish = resolve)))
    await receive()
    expect((await receive({ ...paid, id: 'o-2' })).status).toBe(503)
    expect(codes()).toEqual(['inbox-full'])
    expect(store.calls.at(-1)).toBe('release')
    await settled()
    finish?.()
    await settled()
    expect((await receive({ ...paid, id: 'o-2' })).status).toBe(200)
  })

  it('counts what is not decided yet, and drops it when the lease was lost', async () => {
    const { process, store, clock } = sharedBench()
    const { receive, inbox, runs } = process()
    store.plan('commit', ...Array<'fail'>(11).fill('fail'))
    expect((await receive()).status).toBe(503)
    expect(await inbox.stats()).toMatchObject({ waiting: 1 })
    await clock.advance(6_000)
    expect(await inbox.stats()).toMatchObject({ waiting: 0 })
    expect(runs).toEqual([])
    expect((await receive()).status).toBe(200)
  })

  it('takes a store that answers at once, and says in-flight for a claim of somebody else', async () => {
    const clock = manualClock()
    const dedupe = lruDedupe({ clock })
    const { receiver, observations } = bench({ clock, inbox: memoryInbox({ clock, dedupe }) })
    await receiver.receive(signed(paid))
    const [observation] = observations
    const id = observation?.type === 'accepted' ? observation.id : ''
    await clock.advance(600_001)
    dedupe.claim(id, { bodyHash: 'x'.repeat(43), leaseMs: 1_000 })
    const at = new Date(clock.now()).toISOString()
    expect((await receiver.receive(signed({ ...paid, at }))).status).toBe(200)
  })

  it('keeps a delivery when a store that answers at once throws at the commit, and handles it once it is decided', async () => {
    const clock = manualClock()
    const store = lruDedupe({ clock })
    let broken = true
    const dedupe = {
      ...store,
      commit: (...args: Parameters<typeof store.commit>) => {
        if (broken) throw new Error('commit failed')
        return store.commit(...args)
      },
    }
    const inbox = memoryInbox({ clock, dedupe })
    const { receiver } = bench({ clock, inbox })
    const runs: string[] = []
    receiver.on('order.paid', ({ id }) => runs.push(id))
    expect((await receiver.receive(signed(paid))).status).toBe(503)
    expect(await inbox.stats()).toMatchObject({ waiting: 1 })
    broken = false
    await clock.advance(1_000)
    expect(runs).toHaveLength(1)
    expect(await receiver.receive(signed(paid))).toMatchObject({ kind: 'duplicate' })
  })

  it('that was closed while the store answered takes nothing', async () => {
    const { process, store } = sharedBench()
    const { receive, inbox, runs } = process()
    const first = receive()
    await inbox.close()
    expect((await first).status).toBe(503)
    expect(store.calls).toEqual(['claim', 'release'])
    expect(runs).toEqual([])
  })

  it.each(['claim', 'commit'] as const)(
    'waits at an orderly close for a %s that is on its way, and handles what was acknowledged',
    async (call) => {
      const { process, store, clock } = sharedBench()
      const { receive, receiver, runs, inbox } = process()
      store.plan(call, 'silent')
      const answer = receive()
      await settled()
      let isClosed = false
      const closed = receiver.close().then(() => {
        isClosed = true
      })
      await clock.advance(100)
      expect(isClosed).toBe(false)
      store.answerAll()
      await clock.advance(1_000)
      await closed
      expect((await answer).status).toBe(200)
      expect(runs).toHaveLength(1)
      expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 0 })
    },
  )

  it('makes a dead letter of what the store never decides on before a close times out', async () => {
    const { process, store, clock } = sharedBench()
    const { receive, receiver, runs, inbox, observations } = process()
    store.plan('commit', 'silent')
    const answer = receive()
    await settled()
    const closed = receiver.close({ timeoutMs: 1_000 })
    await clock.advance(2_000)
    await closed
    expect((await answer).status).toBe(503)
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 1 })
    expect(observations.filter(({ type }) => type === 'dead')).toMatchObject([{ reason: 'closed' }])
    store.answerAll()
    await clock.advance(10_000)
    expect(runs).toEqual([])
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 1 })
  })

  it('waits no longer than a close may take for what the store never decides on, where nobody handles it', async () => {
    const clock = manualClock()
    const store = remoteStore(clock)
    const inbox = memoryInbox({ clock, dedupe: store })
    store.plan('claim', 'silent')
    void inbox.accept(delivery('a'), { minRetentionMs: 1_000 })
    let isClosed = false
    const closed = inbox.close({ timeoutMs: 1_000 }).then(() => {
      isClosed = true
    })
    await clock.advance(999)
    expect(isClosed).toBe(false)
    await clock.advance(1)
    await closed
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 0 })
  })

  it('waits for what is coming, where nobody handles it, and takes nothing once it is closed', async () => {
    const clock = manualClock()
    const store = remoteStore(clock)
    const inbox = memoryInbox({ clock, dedupe: store })
    store.plan('claim', 'silent')
    const accepting = inbox.accept(delivery('a'), { minRetentionMs: 1_000 })
    const closed = inbox.close({ timeoutMs: 1_000 })
    await settled()
    store.answerAll()
    await closed
    expect(await accepting).toBe('full')
    expect(clock.scheduled).toBe(0)
  })

  it('gives an idempotency key back that is claimed after the inbox was closed', async () => {
    const { process, store, clock } = sharedBench()
    const [one, other] = [process(), process()]
    store.plan('claim', 'silent')
    const answer = one.receive()
    await settled()
    const closed = one.receiver.close({ timeoutMs: 100 })
    await clock.advance(1_000)
    await closed
    expect((await answer).status).toBe(503)
    store.answerAll()
    await settled()
    expect(await other.receive()).toMatchObject({ kind: 'accepted' })
  })

  it('commits until the store has decided, however often it fails, and then handles the delivery once', async () => {
    const { process, store, clock } = sharedBench()
    const { receive, inbox, runs } = process()
    store.plan('commit', 'fail', 'fail', 'fail', 'fail', 'fail')
    expect((await receive()).status).toBe(503)
    await clock.advance(10_000)
    expect(store.calls.filter((call) => call === 'commit')).toHaveLength(6)
    expect(runs).toHaveLength(1)
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 0 })
  })

  it('has the bytes back of what the store decides against', async () => {
    const { process, store, clock } = sharedBench({}, { maxBytes: 100 })
    const { receive } = process()
    const now = (id: string) => ({ ...paid, id, at: new Date(clock.now()).toISOString() })
    for (let n = 0; n < 20; n++) {
      store.plan('commit', 'silent')
      const first = receive(now(`o-${n}`))
      // The lease is over before the store applies the commit.
      await clock.advance(600_000)
      store.answerAll()
      expect((await first).status).toBe(503)
    }
    expect((await receive(now('last'))).status).toBe(200)
  })

  it('gives up on commits that fail again and again when it is closed', async () => {
    const { process, store, clock } = sharedBench()
    const { receive, receiver, inbox } = process()
    store.plan('commit', 'fail', 'fail', 'fail', 'fail')
    expect((await receive()).status).toBe(503)
    const closed = receiver.close({ timeoutMs: 1_200 })
    await clock.advance(1_200)
    await closed
    const calls = store.calls.length
    await clock.advance(10_000)
    expect(store.calls.length).toBe(calls)
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 1 })
  })
})
