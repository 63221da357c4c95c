import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { UnwritableError } from '../../../src/inbox/worker/lease-source.ts'
import { settled } from '../../support/clock.ts'
import { done } from '../../support/memory-inbox.ts'
import { leaseMs, sharedTable } from '../../support/shared-source.ts'

const away = () => new Error('away')

describe('a worker on a store that answers later', () => {
  it('hands out what waits when it starts and when it is woken, and tells what came of it', async () => {
    const { put, work, clock, observations, rows } = sharedTable()
    put('a')
    const worker = work()
    await settled()
    put('b')
    worker.wake()
    await settled()
    expect(observations).toMatchObject([
      { type: 'handled', attempt: 1 },
      { type: 'handled', attempt: 1 },
    ])
    expect(rows.map(({ state }) => state)).toEqual(['done', 'done'])
    expect(await worker.unhandled()).toEqual([{ type: 'order.lost', waiting: 1 }])
    await worker.close({ timeoutMs: 0 })
    put('c')
    worker.start()
    worker.wake()
    await clock.advance(10_000)
    expect(clock.scheduled).toBe(0)
    expect(rows[2]).toMatchObject({ state: 'waiting' })
    await worker.onIdle()
  })

  it('leases in this turn of the event loop when it is woken', async () => {
    const { put, work, rows } = sharedTable()
    const worker = work()
    await settled()
    put('a')
    worker.wake()
    for (let microtask = 0; microtask < 50; microtask++) await undefined
    expect(rows).toMatchObject([{ state: 'done' }])
    await worker.close({ timeoutMs: 0 })
  })

  it('tries a failed one again when its delay is over, between two polls', async () => {
    const { put, work, clock, observations } = sharedTable()
    put('a')
    let isWell = false
    const worker = work(async () => (isWell ? done : { status: 'failed', error: 1, completed: [] }), {
      retry: { minDelayMs: 300 },
      random: () => 1,
    })
    await settled()
    isWell = true
    await clock.advance(299)
    expect(observations).toMatchObject([{ type: 'retried', delayMs: 300 }])
    await clock.advance(1)
    expect(observations).toMatchObject([{ type: 'retried' }, { type: 'handled', attempt: 2 }])
    await worker.close({ timeoutMs: 0 })
  })

  it('looks for delays that another process left, and by the poll where the store cannot say when', async () => {
    for (const isSaid of [true, false]) {
      const { put, work, clock, observations, faults } = sharedTable()
      put('a', { state: 'delayed', dueAt: clock.now() + 400 })
      if (!isSaid) faults.set('nextDueAt', [away()])
      const worker = work()
      await clock.advance(isSaid ? 400 : 999)
      expect(observations).toHaveLength(isSaid ? 1 : 0)
      await clock.advance(1_000)
      expect(observations).toHaveLength(1)
      await worker.close({ timeoutMs: 0 })
    }
  })

  it.each(['look', 'lease'])('tries again with the next poll when its %s fails', async (method) => {
    const { put, work, clock, types, faults } = sharedTable()
    put('a')
    faults.set(method, [away(), away()])
    const worker = work()
    await clock.advance(1_999)
    expect(types()).toEqual([])
    await clock.advance(1)
    expect(types()).toEqual(['handled'])
    await worker.close({ timeoutMs: 0 })
  })

  it('is idle when the store says so, and not while it cannot say', async () => {
    const { put, work, clock, faults } = sharedTable()
    const worker = work()
    await settled()
    put('a')
    faults.set('isIdle', ['thrown', away()])
    let isIdle = false
    const idle = worker.onIdle().then(() => {
      isIdle = true
    })
    await settled()
    expect(isIdle).toBe(false)
    await clock.advance(2_000)
    await idle
    await worker.onIdle()
    await worker.close({ timeoutMs: 0 })
    await worker.onIdle()
  })
})

describe('workers on one store', () => {
  it('lease what else is ready where another was faster with what runs alone', async () => {
    const { put, work, clock, rows } = sharedTable()
    put('poison', { attempt: 2, crashes: 2, atOnce: 0 })
    put('other')
    const workers = [work(() => new Promise(() => {})), work(() => new Promise(() => {}))]
    await settled()
    expect(rows.map(({ state }) => state)).toEqual(['leased', 'leased'])
    const closed = Promise.all(workers.map((worker) => worker.close({ timeoutMs: 0 })))
    await clock.advance(0)
    await closed
  })

  it('are at rest only when what is delayed is handled', async () => {
    const { put, work, clock } = sharedTable()
    put('a', { state: 'delayed', dueAt: clock.now() + 400 })
    const worker = work()
    let isIdle = false
    const idle = worker.onIdle().then(() => {
      isIdle = true
    })
    await clock.advance(399)
    expect(isIdle).toBe(false)
    await clock.advance(1)
    await idle
    await worker.close({ timeoutMs: 0 })
  })
})

describe('an outcome that cannot be written', () => {
  it.each([['thrown' as const], [away()]])(
    'is written as soon as it can be, however often it failed: %s',
    async (fault) => {
      const { put, work, clock, types, faults, rows } = sharedTable()
      put('a')
      faults.set('settle', [fault, away(), away()])
      const signals: AbortSignal[] = []
      const worker = work(async (_, { signal }) => (signals.push(signal), done))
      await clock.advance(599)
      expect(types()).toEqual([])
      await clock.advance(1)
      expect(types()).toEqual(['handled'])
      expect(rows).toMatchObject([{ state: 'done', attempt: 1 }])
      expect(signals.map((signal) => getEventListeners(signal, 'abort'))).toEqual([[]])
      await worker.close({ timeoutMs: 0 })
    },
  )

  it('for its own sake is a dead letter that says so, once that can be written', async () => {
    for (const handle of [async () => done, async () => Promise.reject(new Error('no stock'))]) {
      const { put, work, clock, observations, faults } = sharedTable()
      put('a')
      const cause = new Error('over 1 MB')
      faults.set('settle', [
        new UnwritableError('too big', { cause }),
        new UnwritableError('too big'),
        away(),
      ])
      const worker = work(handle)
      await clock.advance(leaseMs + 199)
      expect(observations).toEqual([])
      await clock.advance(1)
      const [dead] = observations
      expect(dead).toMatchObject({ type: 'dead', reason: 'unrecoverable', error: { cause } })
      expect(dead?.type === 'dead' && String(dead.error)).toMatch(
        /^Error: The result of its attempt \('(done'|retry', after Error: no stock)\) cannot be written: too big$/,
      )
      await worker.close({ timeoutMs: 0 })
    }
  })

  it('for its own sake is a dead letter at once where that can be written', async () => {
    const { put, work, types, faults, rows } = sharedTable()
    put('a')
    faults.set('settle', [new UnwritableError('too big')])
    const worker = work()
    await settled()
    expect(types()).toEqual(['dead'])
    expect(rows).toMatchObject([{ state: 'dead' }])
    await worker.close({ timeoutMs: 0 })
  })

  it('is given up by a close, and nothing waits for it any more', async () => {
    const { put, work, clock, types, faults, rows } = sharedTable()
    put('a')
    faults.set('settle', [away(), away()])
    const worker = work()
    await settled()
    const closing = worker.close({ timeoutMs: 100 })
    await clock.advance(100)
    await closing
    expect(clock.scheduled).toBe(0)
    expect(types()).toEqual(['retried'])
    expect(rows).toMatchObject([{ state: 'waiting', attempt: 1, crashes: 0 }])
  })
})

describe('a close', () => {
  it('waits for what runs, gives nothing back, and polls no more after it', async () => {
    const { put, work, clock, types, callsOf } = sharedTable()
    put('a')
    const ends: (() => void)[] = []
    const worker = work(async () => {
      await new Promise<void>((resolve) => ends.push(resolve))
      return { status: 'failed', error: 1, completed: [] }
    })
    await settled()
    const closing = worker.close({ timeoutMs: 1_000 })
    for (const end of ends) end()
    await closing
    expect(types()).toEqual(['retried'])
    expect(callsOf('giveBack')).toEqual([])
    expect(clock.scheduled).toBe(0)
    worker.wake()
    await settled()
  })

  it('waits for all that run', async () => {
    const { put, work } = sharedTable()
    for (const name of ['a', 'b']) put(name)
    const ends: (() => void)[] = []
    const worker = work(async () => {
      await new Promise<void>((resolve) => ends.push(resolve))
      return done
    })
    await settled()
    let isClosed = false
    const closing = worker.close({ timeoutMs: 1_000 }).then(() => {
      isClosed = true
    })
    ends[0]?.()
    await settled()
    expect([ends.length, isClosed]).toEqual([2, false])
    ends[1]?.()
    await closing
  })

  it('gives back what takes longer, and takes no late result', async () => {
    for (const fault of [undefined, away(), 'thrown' as const]) {
      const { put, work, clock, types, faults, rows } = sharedTable()
      put('a')
      if (fault) faults.set('giveBack', [fault])
      const ends: (() => void)[] = []
      let reason: unknown
      const worker = work(async (_, { signal }) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason
        })
        await new Promise<void>((resolve) => ends.push(resolve))
        return done
      })
      await settled()
      const closing = Promise.all([worker.close({ timeoutMs: 100 }), worker.close({ timeoutMs: 5 })])
      await clock.advance(100)
      await closing
      expect(String(reason)).toContain('not finished when the inbox was closed')
      for (const end of ends) end()
      await settled()
      expect(types()).toEqual(fault ? [] : ['retried'])
      expect(rows).toMatchObject([{ state: fault ? 'leased' : 'waiting', attempt: 1 }])
    }
  })

  it('is over at once where nothing waits, also while the store is asked', async () => {
    const { work, clock, types } = sharedTable()
    const worker = work()
    await worker.close({ timeoutMs: 1_000 })
    expect(clock.scheduled).toBe(0)
    expect(types()).toEqual([])
  })

  it('gives back what was leased while it began, with no attempt counted', async () => {
    for (const isWritable of [true, false]) {
      const { put, work, faults, rows, types } = sharedTable()
      put('a')
      if (!isWritable) faults.set('giveBack', [away()])
      const worker = work()
      // Its lease is on the way.
      await worker.close({ timeoutMs: 1_000 })
      await settled()
      expect(rows).toMatchObject([isWritable ? { state: 'waiting', attempt: 0 } : { state: 'leased' }])
      expect(types()).toEqual([])
    }
  })
})
