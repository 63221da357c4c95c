import { describe, expect, it } from 'vitest'
import { createWorker } from '../../../src/inbox/worker/create-worker.ts'
import { Places } from '../../../src/inbox/worker/places.ts'
import type { Worker } from '../../../src/inbox/worker/worker.ts'
import { settled } from '../../support/clock.ts'
import { done } from '../../support/memory-inbox.ts'
import { sharedTable } from '../../support/shared-source.ts'

const type = 'order.paid'

/** Whether a place would be kept now. */
function isFree(worker: Pick<Worker, 'reserve'>): boolean {
  const place = worker.reserve(type)
  place?.leave()
  return place !== undefined
}

describe('a place for a delivery that is being accepted', () => {
  it('is kept where nothing waits: it runs in the next turn, and the store is asked for no lease', async () => {
    const { work, acceptedAsLeased, callsOf, observations, rows } = sharedTable()
    const worker = work()
    expect(isFree(worker)).toBe(false)
    await settled()
    worker.reserve(type)?.fill(acceptedAsLeased('a'))
    expect(observations).toEqual([])
    for (let microtask = 0; microtask < 50; microtask++) await undefined
    expect(observations).toEqual([])
    await settled()
    expect(observations).toMatchObject([{ type: 'handled', attempt: 1 }])
    expect([rows[0]?.state, callsOf('lease').length]).toEqual(['done', 0])
    await worker.close({ timeoutMs: 0 })
  })

  it('is not kept where something waits, which would be overtaken', async () => {
    const { work, put, slow } = sharedTable()
    const worker = work()
    await settled()
    const release = slow('lease')
    put('a')
    worker.wake()
    expect(isFree(worker)).toBe(false)
    await settled()
    expect(isFree(worker)).toBe(false)
    release()
    await settled()
    expect(isFree(worker)).toBe(true)
    await worker.close({ timeoutMs: 0 })
  })

  it('is not kept where something came while the store was looking, whatever the look found', () => {
    const places = new Places({ later: () => {}, soon: () => {} })
    places.look()(true)
    expect(places.isNothingWaiting).toBe(true)
    const looked = places.look()
    places.somethingCame()
    looked(true)
    expect(places.isNothingWaiting).toBe(false)
    places.look()(false)
    expect(places.isNothingWaiting).toBe(false)
  })

  it('is not kept where a possible poison message waits, or runs alone', async () => {
    const { work, put, clock } = sharedTable()
    let finish = () => {}
    const worker = work(async () => {
      await new Promise<void>((resolve) => (finish = resolve))
      return done
    })
    await settled()
    const place = worker.reserve(type)
    put('poison', { atOnce: 0 })
    worker.wake()
    await settled()
    expect(isFree(worker)).toBe(false)
    place?.leave()
    await settled()
    expect(isFree(worker)).toBe(false)
    finish()
    await settled()
    expect(isFree(worker)).toBe(true)
    await worker.close({ timeoutMs: 0 })
    expect(clock.scheduled).toBe(0)
  })

  it('is kept for no more than may run, nor for what is not handled', async () => {
    const { work, acceptedAsLeased, types } = sharedTable()
    const worker = work(undefined, { concurrency: 2, handles: () => ({ only: [type] }) })
    await settled()
    expect(worker.reserve('order.lost')).toBeUndefined()
    const places = [worker.reserve(type), worker.reserve(type)]
    expect(isFree(worker)).toBe(false)
    for (const [at, place] of places.entries()) place?.fill(acceptedAsLeased(String(at)))
    expect(isFree(worker)).toBe(false)
    await settled()
    expect(types()).toEqual(['handled', 'handled'])
    expect(isFree(worker)).toBe(true)
    await worker.close({ timeoutMs: 0 })
  })

  it('is free for what waits when it is left', async () => {
    const { work, put, types } = sharedTable()
    const worker = work(undefined, { concurrency: 1 })
    await settled()
    const place = worker.reserve(type)
    put('a')
    worker.wake()
    await settled()
    expect(types()).toEqual([])
    place?.leave()
    await settled()
    expect(types()).toEqual(['handled'])
    await worker.close({ timeoutMs: 0 })
  })

  it('keeps a worker from rest and from being closed; what fills it afterwards is given back, its attempt not counted', async () => {
    const { work, acceptedAsLeased, clock, rows, observations } = sharedTable()
    const worker = work()
    await settled()
    const place = worker.reserve(type)
    let ended = ''
    const idle = worker.onIdle().then(() => (ended += 'idle '))
    const closed = worker.close({ timeoutMs: 100 }).then(() => (ended += 'closed'))
    expect(isFree(worker)).toBe(false)
    await clock.advance(99)
    expect(ended).toBe('')
    await clock.advance(1)
    await Promise.all([idle, closed])
    place?.fill(acceptedAsLeased('late'))
    await settled()
    expect(rows).toMatchObject([{ state: 'waiting', attempt: 0, crashes: 0 }])
    expect(observations).toEqual([])
  })

  it('is never kept in storage that one process has for itself', async () => {
    const { clock } = sharedTable()
    const source = {
      lease: () => [],
      settle: () => undefined,
      giveBack: async () => [],
      isIdle: () => true,
      unhandled: () => [],
    }
    const options = { concurrency: 1, retry: {}, observer: () => {}, handles: () => ({ except: [] }), clock }
    const worker = createWorker(source, { ...options, handle: async () => done })
    worker.start()
    worker.wake()
    await settled()
    expect(isFree(worker)).toBe(false)
    await worker.close({ timeoutMs: 0 })
  })
})
