import { describe, expect, it } from 'vitest'
import { createWorker } from '../../../src/inbox/worker/create-worker.ts'
import type { LeasedDelivery, LeaseSource } from '../../../src/inbox/worker/lease-source.ts'
import type { Worker } from '../../../src/inbox/worker/worker.ts'
import type { Delivery } from '../../../src/index.ts'
import { manualClock, settled } from '../../support/clock.ts'
import { delivery, done } from '../../support/memory-inbox.ts'

/** A queue of one process, such as a file's, that answers later; `answers` come before each answer of a lease. */
function laterQueue() {
  const waiting: Delivery[] = []
  const answers: Promise<void>[] = []
  const handled: string[] = []
  let asked = 0
  const source: LeaseSource = {
    async lease({ limit }): Promise<LeasedDelivery[]> {
      // Whoever asks again and again would never let the test go on.
      if (++asked > 100) throw new Error('asked too often')
      const leased = waiting.splice(0, limit)
      await answers.shift()
      return leased.map((each) => ({ delivery: each, attempt: 1, completed: [] }))
    },
    settle: async ({ delivery: { id } }, outcome) => {
      handled.push(id)
      return outcome
    },
    giveBack: async () => [],
    isIdle: () => waiting.length === 0,
    unhandled: () => [],
  }
  const start = (concurrency: number): Worker => {
    const handles = () => ({ except: [] })
    const options = { handles, concurrency, retry: {}, observer: () => {}, clock: manualClock() }
    const worker = createWorker(source, { ...options, handle: async () => done })
    worker.start()
    return worker
  }
  return { waiting, answers, handled, start, asked: () => asked }
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
})
