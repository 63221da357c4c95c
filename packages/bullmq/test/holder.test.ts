import type { Observation } from '@acuse/core'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { startProxy } from '../../../test/support/tcp-proxy.ts'
import { type BullmqInbox, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, provider, until } from './support/deliveries.ts'

let redis: OwnRedis
let client: Redis
let count = 0
const inboxes: BullmqInbox[] = []

beforeAll(async () => {
  redis = await startDurableRedis()
  client = new Redis(redis.url)
})
beforeEach(() => {
  count++
})
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(inboxes.splice(0).map((inbox) => inbox.close({ timeoutMs: 100 })))
})
afterAll(async () => {
  client.disconnect()
  await redis.stop()
})

function open(options = {}): BullmqInbox {
  const given = {
    connection: redis.url,
    name: `holder-${count}`,
    timeoutMs: 5_000,
    leaseMs: 1_000,
    onError: () => {},
  }
  const inbox = bullmqInbox({ ...given, ...options })
  inboxes.push(inbox)
  return inbox
}

const lockOf = (id: string) => `bull:holder-${count}.${provider}:e.${id}:lock`

describe('the process that runs a delivery', () => {
  it('holds what it leased while it leases more, however far away Redis is', async () => {
    const inbox = open({ role: 'accept' })
    const concurrency = 60
    for (let n = 0; n < concurrency; n++) await inbox.accept(delivery(), accepting)
    const proxy = await startProxy(redis.port, { lagMs: 20 })
    const attempts: number[] = []
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const worker = open({ role: 'work', connection: { port: proxy.port } })
    const consumer = worker.consume(async (_, { attempt }) => {
      attempts.push(attempt)
      await held
      return { status: 'done', handlers: 1 }
    }, consuming({ concurrency }))
    consumer.start()
    await until(() => attempts.length === concurrency)
    release()
    await consumer.onIdle()
    await worker.close({ timeoutMs: 5_000 })
    await proxy.refuse()
    expect(attempts).toEqual(Array.from({ length: concurrency }, () => 1))
  })

  it('runs it once when its lease ran out meanwhile, and its result counts', async () => {
    const inbox = open()
    const one = delivery()
    const observations: Observation[] = []
    let runs = 0
    let aborted: AbortSignal | undefined
    let release = () => {}
    const consumer = inbox.consume(
      async ({ id }, { signal }) => {
        if (id !== one.id) return { status: 'done', handlers: 1 }
        runs++
        aborted = signal
        await new Promise<void>((resolve) => {
          release = resolve
        })
        return { status: 'done', handlers: 1 }
      },
      consuming({}, observations),
    )
    await inbox.accept(one, accepting)
    consumer.start()
    await until(() => runs === 1)
    redis.pause()
    await until(() => aborted?.aborted === true)
    redis.resume()
    // The lease is this process's again, whichever way: by renewal, or because it took what it had lost.
    await client.del(lockOf(one.id))
    await until(async () => (await client.exists(lockOf(one.id))) === 1)
    for (let turn = 0; turn < 5; turn++) await inbox.accept(delivery(), accepting)
    await until(() => observations.filter(({ type }) => type === 'handled').length === 5)
    release()
    await consumer.onIdle()
    await until(() => observations.filter(({ type }) => type === 'handled').length === 6)
    expect(runs).toBe(1)
  })

  it('hears what Redis answered while it computed for longer than a silence: what was completed is told', async () => {
    const errors: Error[] = []
    const inbox = open({ leaseMs: 3_000, onError: (error: Error) => void errors.push(error) })
    const observations: Observation[] = []
    const done = { status: 'done', handlers: 1 } as const
    const consumer = inbox.consume(
      async () => {
        // Redis answers when the thread is busy already, and no earlier.
        await client.client('PAUSE', 500, 'ALL')
        setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6_000))
        return done
      },
      consuming({}, observations),
    )
    await inbox.accept(delivery(), accepting)
    consumer.start()
    await consumer.onIdle()
    await until(() => observations.length > 0)
    expect({ errors, signals: observations.map(({ type }) => type) }).toEqual({
      errors: [],
      signals: ['handled'],
    })
  })

  it('runs it once when it was so busy that it renewed nothing for two leases', async () => {
    const inbox = open()
    let runs = 0
    let most = 0
    let atOnce = 0
    const consumer = inbox.consume(async () => {
      runs++
      most = Math.max(most, ++atOnce)
      const end = performance.now() + 2_500
      while (performance.now() < end);
      await new Promise((resolve) => setTimeout(resolve, 50))
      atOnce--
      return { status: 'done', handlers: 1 }
    }, consuming())
    await inbox.accept(delivery(), accepting)
    consumer.start()
    await consumer.onIdle()
    expect([runs, most]).toEqual([1, 1])
  })

  it('keeps it, and finds due what it delayed, when the wall clock is set back by an hour', async () => {
    const inbox = open()
    const slow = delivery()
    const runs = new Map<string, number>()
    let release = () => {}
    const consumer = inbox.consume(
      async ({ id }, { attempt }) => {
        runs.set(id, (runs.get(id) ?? 0) + 1)
        if (id === slow.id) {
          await new Promise<void>((resolve) => {
            release = resolve
          })
        } else if (attempt === 1) return { status: 'failed', error: new Error('later'), completed: [] }
        return { status: 'done', handlers: 1 }
      },
      consuming({ retry: { attempts: 3, minDelayMs: 2_000, maxDelayMs: 2_000 } }),
    )
    vi.spyOn(Math, 'random').mockReturnValue(0.999)
    consumer.start()
    const failing = delivery()
    await inbox.accept(slow, accepting)
    await inbox.accept(failing, accepting)
    await until(async () => (await inbox.stats()).delayed === 1 && runs.get(slow.id) === 1)
    const now = Date.now
    vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000)
    // Twice the lease, by Redis, whose clock was left alone.
    await until(() => runs.get(failing.id) === 2)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(await client.exists(lockOf(slow.id))).toBe(1)
    release()
    await consumer.onIdle()
    expect(runs.get(slow.id)).toBe(1)
  })
})
