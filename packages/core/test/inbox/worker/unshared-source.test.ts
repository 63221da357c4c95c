import { describe, expect, it } from 'vitest'
import type { Handle } from '../../../src/inbox/inbox.ts'
import { createWorker } from '../../../src/inbox/worker/create-worker.ts'
import type { LeasedDelivery, LeaseRoom, LeaseSource } from '../../../src/inbox/worker/lease-source.ts'
import type { Worker } from '../../../src/inbox/worker/worker.ts'
import type { Delivery } from '../../../src/index.ts'
import { manualClock, settled } from '../../support/clock.ts'
import { delivery, done } from '../../support/memory-inbox.ts'

/** A queue of one process, such as a file's, that answers later; `answers` come before each answer of a lease. */
function laterQueue() {
  const waiting: Delivery[] = []
  const answers: Promise<void>[] = []
  const handled: string[] = []
  const rooms: LeaseRoom[] = []
  let asked = 0
  let askedIfIdle = 0
  let gaveBack = 0
  const source: LeaseSource = {
    async lease(room): Promise<LeasedDelivery[]> {
      rooms.push(room)
      // Whoever asks again and again would never let the test go on.
      if (++asked > 100) throw new Error('asked too often')
      const leased = waiting.splice(0, room.limit)
      await answers.shift()
      return leased.map((each) => ({ delivery: each, attempt: 1, completed: [] }))
    },
    settle: async ({ delivery: { id } }, outcome) => {
      handled.push(id)
      return outcome
    },
    giveBack: async () => (gaveBack++, []),
    isIdle: () => (askedIfIdle++, waiting.length === 0),
    unhandled: () => [],
  }
  const start = (concurrency: number, handle: Handle = async () => done): Worker => {
    const handles = () => ({ except: [] })
    const options = { handles, concurrency, retry: {}, observer: () => {}, clock: manualClock() }
    const worker = createWorker(source, { ...options, handle })
    worker.start()
    return worker
  }
  const counts = () => ({ asked, askedIfIdle, gaveBack })
  return { waiting, answers, handled, rooms, start, asked: () => asked, counts }
}

describe('a worker on a store of one process that answers later', () => {
  it('asks again only for what may be ready, and not while there is nothing', async () => {
    const { waiting, handled, start, asked } = laterQueue()
    waiting.push(delivery('a'), delivery('b'))
    const worker = start(1)
    await worker.onIdle()
    await settled()
    expect(handled).toHaveLength(2)
    const before = asked()
    expect(before).toBeLessThan(100)
    await settled()
    expect(asked()).toBe(before)
    await worker.close({ timeoutMs: 0 })
  })

  it('hands out what came while the store was answering that it had nothing', async () => {
    const { waiting, answers, handled, start, asked } = laterQueue()
    let answer = () => {}
    answers.push(
      new Promise((resolve) => {
        answer = resolve
      }),
    )
    const worker = start(1)
    worker.wake()
    await settled()
    waiting.push(delivery('b'))
    worker.wake()
    await settled()
    expect([asked(), handled]).toEqual([1, []])
    answer()
    await worker.onIdle()
    expect(handled).toHaveLength(1)
    await worker.close({ timeoutMs: 0 })
  })

  it('asks for nothing where it starts with nothing, and leases in the next turn of the event loop when it is woken', async () => {
    const { waiting, handled, start, asked } = laterQueue()
    const worker = start(1)
    await settled()
    expect(asked()).toBe(0)
    waiting.push(delivery('a'))
    worker.wake()
    for (let microtask = 0; microtask < 50; microtask++) await undefined
    expect(asked()).toBe(0)
    await worker.onIdle()
    await settled()
    expect(handled).toHaveLength(1)
    await worker.close({ timeoutMs: 0 })
  })

  it('asks for nothing more once it is closed, and is at rest then, whatever is left', async () => {
    const { waiting, start, asked } = laterQueue()
    const worker = start(1)
    await worker.close({ timeoutMs: 0 })
    waiting.push(delivery('a'))
    worker.start()
    worker.wake()
    await settled()
    await worker.onIdle()
    expect(asked()).toBe(0)
  })

  it('leases for each free place, 64 at a time, without room for what several processes share', async () => {
    const { waiting, rooms, start } = laterQueue()
    for (let n = 0; n < 101; n++) waiting.push(delivery(`a${n}`))
    const ends: (() => void)[] = []
    const worker = start(100, async () => {
      if (ends.length < 100) await new Promise<void>((resolve) => ends.push(resolve))
      return done
    })
    await settled()
    expect(ends).toHaveLength(100)
    const room = {
      handles: { except: [] },
      possiblePoison: { count: 0, atOnce: 0 },
      isForAlone: false,
      isDue: true,
    }
    expect(rooms).toEqual([
      { ...room, limit: 64 },
      { ...room, limit: 36 },
    ])
    for (const end of ends) end()
    await worker.onIdle()
    await worker.close({ timeoutMs: 0 })
  })

  it('asks whether anything is left when it starts, and then only for who waits for that', async () => {
    const { waiting, handled, start, counts } = laterQueue()
    waiting.push(delivery('a'), delivery('b'))
    const worker = start(1)
    await settled()
    await settled()
    expect(handled).toHaveLength(2)
    expect(counts()).toMatchObject({ askedIfIdle: 1 })
    await worker.onIdle()
    expect(counts()).toMatchObject({ askedIfIdle: 2 })
    await worker.close({ timeoutMs: 0 })
  })

  it('gives nothing back where nothing was leased while it was closed', async () => {
    const { answers, waiting, start, counts } = laterQueue()
    let answer = () => {}
    answers.push(new Promise((resolve) => (answer = resolve)))
    const worker = start(1)
    worker.wake()
    await settled()
    const closed = worker.close({ timeoutMs: 1_000 })
    answer()
    await closed
    await settled()
    expect([waiting.length, counts().asked, counts().gaveBack]).toEqual([0, 1, 0])
  })
})
