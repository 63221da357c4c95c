import { Queue } from 'bullmq'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { type BullmqInbox, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, done, provider, until } from './support/deliveries.ts'

let redis: OwnRedis
let name = 0
const inboxes: BullmqInbox[] = []

beforeAll(async () => {
  redis = await startDurableRedis()
})
afterEach(async () => {
  await Promise.all(inboxes.splice(0).map((inbox) => inbox.close({ timeoutMs: 100 })))
})
afterAll(() => redis.stop())

function open(options = {}): BullmqInbox {
  const inbox = bullmqInbox({ connection: redis.url, name: `accept-${name}`, timeoutMs: 5_000, ...options })
  inboxes.push(inbox)
  return inbox
}

describe('accepting', () => {
  it('takes a delivery once, however many copies come at once', async () => {
    name++
    const [one, other] = [open(), open()]
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 ? one : other).accept(delivery('a'), accepting)),
    )
    expect(results.filter((result) => result === 'accepted')).toHaveLength(1)
    expect(results.filter((result) => result === 'duplicate')).toHaveLength(49)
    expect(await one.stats()).toMatchObject({ waiting: 1, leased: 0, delayed: 0, dead: 0 })
  })

  it('knows a copy while the first waits, is leased, is delayed, is handled, is dead, is redriven and is discarded', async () => {
    name++
    const inbox = open()
    const copy = () => inbox.accept(delivery('a'), accepting)
    let outcome: 'hang' | 'fail' | 'done' = 'hang'
    let release = () => {}
    expect(await copy()).toBe('accepted')
    expect(await copy()).toBe('duplicate')
    const consumer = inbox.consume(
      async (_, { attempt }) => {
        if (outcome === 'hang')
          await new Promise<void>((resolve) => {
            release = resolve
          })
        if (outcome === 'done') return { status: 'done', handlers: 1 }
        return { status: 'failed', error: new Error(`no ${attempt}`), completed: [] }
      },
      consuming({ retry: { attempts: 2, minDelayMs: 2_000, maxDelayMs: 2_000 } }),
    )
    consumer.start()
    await until(async () => (await inbox.stats()).leased === 1)
    expect(await copy()).toBe('duplicate')
    outcome = 'fail'
    release()
    await until(async () => (await inbox.stats()).delayed === 1)
    expect(await copy()).toBe('duplicate')
    await until(async () => (await inbox.stats()).dead === 1)
    expect(await copy()).toBe('duplicate')
    expect(await inbox.deadLetters.discard(delivery('a').id)).toBe(1)
    expect(await copy()).toBe('duplicate')
    outcome = 'done'
    expect(await inbox.accept(delivery('b'), accepting)).toBe('accepted')
    await consumer.onIdle()
    expect(await inbox.stats()).toEqual({
      waiting: 0,
      leased: 0,
      delayed: 0,
      dead: 0,
      oldestAgeMs: 0,
      types: [],
    })
    expect(await inbox.accept(delivery('b'), accepting)).toBe('duplicate')
  })

  it('forgets an idempotency key when its retention ends, and not before the time that the receiver asks', async () => {
    name++
    const inbox = open({ retentionMs: 1_000 })
    expect(await inbox.accept(delivery('short'), { minRetentionMs: 1 })).toBe('accepted')
    expect(await inbox.accept(delivery('long'), { minRetentionMs: 60_000 })).toBe('accepted')
    const consumer = inbox.consume(done, consuming())
    consumer.start()
    await consumer.onIdle()
    expect(await inbox.accept(delivery('short'), { minRetentionMs: 1 })).toBe('duplicate')
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect(await inbox.accept(delivery('short'), { minRetentionMs: 1 })).toBe('accepted')
    expect(await inbox.accept(delivery('long'), { minRetentionMs: 60_000 })).toBe('duplicate')
  })

  it('keeps another body under the same idempotency key once, as a dead letter', async () => {
    name++
    const inbox = open()
    expect(await inbox.accept(delivery('a', '{"a":1}'), accepting)).toBe('accepted')
    const other = delivery('a', '{"a":2}')
    expect(await inbox.accept(other, accepting)).toBe('conflict')
    expect(await inbox.accept(other, accepting)).toBe('conflict')
    const { letters } = await inbox.deadLetters.list()
    expect(letters).toMatchObject([
      {
        id: `${other.id}.${other.bodyHash}`,
        provider,
        type: 'bhe.emitida',
        reason: 'conflict',
        attempt: 0,
      },
    ])
    const letter = await inbox.deadLetters.get(letters[0]?.id ?? '')
    expect(letter?.delivery).toEqual(other)
    expect(letter?.failures).toMatchObject([{ attempt: 0 }])
    await inbox.deadLetter(other, 'stale')
    expect(await inbox.stats()).toMatchObject({ waiting: 1, dead: 1 })
  })

  it('keeps apart the queues of inboxes whose names and endpoints read the same when they are joined', async () => {
    const [first, second] = ['joint', 'joint-zenpli'].map((one) => {
      const inbox = bullmqInbox({ connection: redis.url, name: one, role: 'accept' })
      inboxes.push(inbox)
      return inbox
    }) as [BullmqInbox, BullmqInbox]
    const one = delivery()
    expect(await first.accept({ ...one, endpoint: 'zenpli-prod' }, accepting)).toBe('accepted')
    expect(await second.accept({ ...one, endpoint: 'prod' }, accepting)).toBe('accepted')
    const types = [{ endpoint: 'prod', provider, type: one.type, waiting: 1, leased: 0, delayed: 0, dead: 0 }]
    expect(await second.stats()).toMatchObject({ waiting: 1, types })
  })

  it("shows BullMQ's own tools what they know: waiting and failed jobs", async () => {
    name++
    const inbox = open()
    await inbox.accept(delivery('a', '1'), accepting)
    await inbox.accept(delivery('a', '2'), accepting)
    const queue = new Queue(`accept-${name}.${provider}`, { connection: { port: redis.port } })
    const [waiting] = await queue.getWaiting()
    const [failed] = await queue.getFailed()
    expect(waiting).toMatchObject({ name: 'bhe.emitida', id: `e.${delivery('a').id}` })
    expect(failed).toMatchObject({
      name: 'bhe.emitida',
      failedReason: 'conflict: Another body was accepted under this idempotency key',
    })
    await failed?.retry()
    expect(await queue.getJobCounts('wait', 'failed')).toEqual({ wait: 2, failed: 0 })
    await queue.close()
  })
})
