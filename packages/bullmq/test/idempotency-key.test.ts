import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { type BullmqInbox, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, done, letDie, provider, until } from './support/deliveries.ts'

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
  await Promise.all(inboxes.splice(0).map((inbox) => inbox.close({ timeoutMs: 100 })))
})
afterAll(async () => {
  client.disconnect()
  await redis.stop()
})

function open(options = {}): BullmqInbox {
  const given = { connection: redis.url, name: `keys-${count}`, timeoutMs: 5_000, onError: () => {} }
  const inbox = bullmqInbox({ ...given, ...options })
  inboxes.push(inbox)
  return inbox
}

const key = (type: string) => `bull:keys-${count}.${provider}:${type}`

describe('an idempotency key', () => {
  it.each(['hset', 'lpush', 'zadd'])(
    'is not taken by an accept that failed half-way, here for lack of the right to %s: the retry is accepted, and handled',
    async (right) => {
      await client.call('ACL', 'SETUSER', 'half', 'reset', 'on', '>pw', '~*', '&*', '+@all')
      const inbox = open({ connection: redis.url.replace('//', '//half:pw@'), role: 'accept' })
      const one = delivery()
      // Rights are looked at once: they are taken away behind that.
      expect(await inbox.accept(delivery(), accepting)).toBe('accepted')
      await client.call('ACL', 'SETUSER', 'half', `-${right}`)
      for (let time = 0; time < 2; time++) {
        await expect(inbox.accept(one, accepting)).rejects.toThrow(/run|permission/)
      }
      await client.call('ACL', 'SETUSER', 'half', `+${right}`)
      const results: string[] = []
      await until(async () => {
        results.push(await inbox.accept(one, accepting).catch(() => 'rejected'))
        return results.at(-1) !== 'rejected'
      })
      expect(results.at(-1)).toBe('accepted')
      expect(await inbox.accept(one, accepting)).toBe('duplicate')
      const handled: string[] = []
      const consumer = open({ role: 'work' }).consume(async ({ id }) => {
        handled.push(id)
        return { status: 'done', handlers: 1 }
      }, consuming())
      consumer.start()
      await consumer.onIdle()
      expect(handled.filter((id) => id === one.id)).toEqual([one.id])
      expect(await inbox.accept(one, accepting)).toBe('duplicate')
    },
  )

  it('is taken over when its job is in no state any more, as after a script that stopped between two', async () => {
    const inbox = open()
    const one = delivery()
    let isLeased = false
    const first = inbox.consume(
      async () => {
        isLeased = true
        return { status: 'failed', error: new Error('later'), completed: [] }
      },
      consuming({ retry: { attempts: 3, minDelayMs: 3_600_000, maxDelayMs: 3_600_000 } }),
    )
    await inbox.accept(one, accepting)
    first.start()
    await until(async () => isLeased && (await inbox.stats()).delayed === 1)
    expect(await inbox.accept(one, accepting)).toBe('duplicate')
    await client.zrem(key('delayed'), `e.${one.id}`)
    expect(await inbox.accept(one, accepting)).toBe('accepted')
    await first.close({ timeoutMs: 1_000 })
    expect(await inbox.stats()).toMatchObject({ waiting: 0, delayed: 1 })
  })

  it('ends no earlier than its delivery: one that is still dead, or waits, after the retention is a duplicate', async () => {
    const inbox = open({ retentionMs: 1_000 })
    const [dead, waiting] = [delivery(), delivery()]
    await inbox.accept(dead, { minRetentionMs: 1 })
    await letDie(inbox)
    await inbox.accept(waiting, { minRetentionMs: 1 })
    // All that ends by itself has ended.
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect(await inbox.accept(dead, { minRetentionMs: 1 })).toBe('duplicate')
    expect(await inbox.accept(waiting, { minRetentionMs: 1 })).toBe('duplicate')
    expect(await inbox.stats()).toMatchObject({ waiting: 1, dead: 1 })
  })

  it('is kept for the retention from when its delivery is handled, or discarded', async () => {
    const inbox = open({ retentionMs: 60_000 })
    const one = delivery()
    await inbox.accept(one, { minRetentionMs: 1 })
    expect(await client.exists(key(`i:${one.id}`))).toBe(0)
    const consumer = inbox.consume(done, consuming())
    consumer.start()
    await consumer.onIdle()
    expect(await client.pttl(key(`i:${one.id}`))).toBeGreaterThan(50_000)
    expect(await client.exists(key(`e.${one.id}`))).toBe(0)
  })
})
