import type { DeadLetterSummary } from '@acuse/core'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { startProxy } from '../../../test/support/tcp-proxy.ts'
import { type BullmqInbox, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, provider, until } from './support/deliveries.ts'

let redis: OwnRedis
let count = 0
const inboxes: BullmqInbox[] = []

beforeAll(async () => {
  redis = await startDurableRedis(['--appendfsync', 'no'])
})
beforeEach(() => {
  count++
})
afterEach(async () => {
  await Promise.all(inboxes.splice(0).map((inbox) => inbox.close({ timeoutMs: 100 })))
})
afterAll(() => redis.stop())

function open(options = {}): BullmqInbox {
  const inbox = bullmqInbox({ connection: redis.url, name: `dead-${count}`, timeoutMs: 5_000, ...options })
  inboxes.push(inbox)
  return inbox
}

/** Kills so many of each provider. */
async function kill(inbox: BullmqInbox, providers: readonly string[], each: number): Promise<void> {
  for (const name of providers) {
    const consumer = inbox.consume(
      async ({ type }) => ({
        status: 'dead',
        reason: type === 'odd' ? 'unrecoverable' : 'schema-mismatch',
        error: new Error('no'),
      }),
      consuming({ endpoint: name, concurrency: 50 }),
    )
    consumer.start()
    for (let from = 0; from < each; from += 200) {
      await Promise.all(
        Array.from({ length: Math.min(200, each - from) }, (_, index) => {
          const one = delivery(`${name} ${from + index}`)
          return inbox.accept(
            { ...one, endpoint: name, provider: name, type: index % 2 ? 'odd' : 'even' },
            accepting,
          )
        }),
      )
    }
    await consumer.onIdle()
    await consumer.close({ timeoutMs: 1_000 })
  }
}

async function listAll(inbox: BullmqInbox, query = {}): Promise<DeadLetterSummary[]> {
  const all: DeadLetterSummary[] = []
  let after: string | undefined
  do {
    const page = await inbox.deadLetters.list({ ...query, ...(after && { after }) })
    all.push(...page.letters)
    after = page.next
  } while (after)
  return all
}

describe('dead letters', () => {
  it('are listed in pages, oldest first, over the queues of all providers, in any process', async () => {
    const inbox = open()
    await kill(inbox, ['one', 'other'], 40)
    const another = open({ role: 'accept' })
    const all = await listAll(another, { limit: 7 })
    expect(all).toHaveLength(80)
    expect(new Set(all.map(({ id }) => id)).size).toBe(80)
    const times = all.map(({ diedAt }) => diedAt.getTime())
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(await listAll(another, { provider: 'other', type: 'odd' })).toHaveLength(20)
    expect(await listAll(another, { reason: 'unrecoverable', limit: 3 })).toHaveLength(40)
    expect(await listAll(another, { reason: 'conflict' })).toEqual([])
    const middle = new Date(times[50] as number)
    const before = await listAll(another, { diedBefore: middle })
    const from = await listAll(another, { diedFrom: middle })
    expect([...before, ...from]).toEqual(all)
    expect(before.every(({ diedAt }) => diedAt < middle)).toBe(true)
    await expect(another.deadLetters.list({ limit: 0 })).rejects.toThrow(TypeError)
    await expect(another.deadLetters.list({ after: 'nothing' })).rejects.toThrow(TypeError)
  })

  it('of one millisecond are all listed', async () => {
    const inbox = open()
    await kill(inbox, [provider], 250)
    const client = new Redis(redis.url)
    const key = `bull:dead-${count}.${provider}:failed`
    const members = await client.zrange(key, '0', '-1')
    expect(members).toHaveLength(250)
    for (const member of members) await client.zadd(key, 1_000, member)
    client.disconnect()
    expect(await listAll(inbox, { limit: 60 })).toHaveLength(250)
  })

  it('are found by their id when their idempotency key is forgotten', async () => {
    const inbox = open({ retentionMs: 1_000 })
    const one = delivery('provider 0')
    const consumer = inbox.consume(
      async () => ({ status: 'dead', reason: 'unrecoverable', error: 'plain' }),
      consuming(),
    )
    consumer.start()
    await inbox.accept(one, { minRetentionMs: 1 })
    await consumer.onIdle()
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect(await inbox.deadLetters.get(one.id)).toMatchObject({
      delivery: one,
      reason: 'unrecoverable',
      failures: [{ attempt: 1, message: 'plain' }],
    })
    expect(await inbox.deadLetters.get('absent.one')).toBeUndefined()
  })

  it('that match are redriven and discarded, each once, and no others', async () => {
    const inbox = open()
    await kill(inbox, ['one', 'other'], 30)
    const both = await Promise.all([
      inbox.deadLetters.redrive({ provider: 'one', type: 'odd' }),
      inbox.deadLetters.redrive({ provider: 'one', type: 'odd' }),
    ])
    expect(both[0] + both[1]).toBe(15)
    expect(await inbox.deadLetters.discard({ provider: 'one' })).toBe(15)
    expect(await inbox.stats()).toMatchObject({ waiting: 15, dead: 30 })
    const began = Date.now()
    expect(await inbox.deadLetters.redrive({ type: 'even' }, { perSecond: 50 })).toBe(15)
    expect(Date.now() - began).toBeGreaterThan(15 * 20 - 20)
    expect(await inbox.deadLetters.discard({ all: true })).toBe(15)
    expect(await inbox.stats()).toMatchObject({ waiting: 30, dead: 0 })
  })

  it('are all redriven and all discarded, and counted, when answers are late in between', async () => {
    const inbox = open()
    await kill(inbox, ['one', 'other'], 150)
    const proxy = await startProxy(redis.port)
    const far = open({ role: 'accept', timeoutMs: 1_000, connection: { port: proxy.port } })
    await until(() =>
      far.stats().then(
        () => true,
        () => false,
      ),
    )
    for (const [endpoint, work] of [
      ['one', () => far.deadLetters.redrive({ endpoint: 'one' })],
      ['other', () => far.deadLetters.discard({ endpoint: 'other' })],
    ] as const) {
      const working = work()
      await until(async () => (await inbox.deadLetters.list({ endpoint, limit: 149 })).next === undefined)
      proxy.set('deaf')
      await new Promise((resolve) => setTimeout(resolve, 1_200))
      proxy.set('pass')
      expect(await working).toBe(150)
    }
    expect(await inbox.stats()).toMatchObject({ waiting: 150, dead: 0 })
    await proxy.refuse()
  })

  it('fill an inbox up to 80 % of maxDeliveries when they are redriven by a filter, and the rest at the next call', async () => {
    const inbox = open()
    await kill(inbox, [provider], 20)
    const small = open({ maxDeliveries: 10 })
    expect(await small.deadLetters.redrive({ all: true })).toBe(8)
    expect(await small.stats()).toMatchObject({ waiting: 8, dead: 12 })
    expect(await small.deadLetters.redrive({ all: true })).toBe(0)
    // One that is meant finds room up to the last place.
    const letters = (await listAll(small)).slice(0, 3)
    const each: number[] = []
    for (const { id } of letters) each.push(await small.deadLetters.redrive(id))
    expect(each).toEqual([1, 1, 0])
    expect(await small.stats()).toMatchObject({ waiting: 10, dead: 10 })
    expect(await inbox.deadLetters.redrive({ all: true }, { perSecond: 1_000 })).toBe(10)
  })

  it('are reported when there is no room for a copy, with the remedy', async () => {
    const errors: Error[] = []
    const inbox = open({ maxDeliveries: 2, onError: (error: Error) => errors.push(error) })
    for (const name of ['a', 'b', 'c', 'd']) await inbox.deadLetter(delivery(name), 'stale')
    expect(await inbox.stats()).toMatchObject({ dead: 2 })
    expect(errors).toHaveLength(1)
    expect(errors[0]?.message).toContain('Redrive or discard them, or raise maxDeliveries')
  })

  it('are each handled once when 1 000 are redriven', async () => {
    const inbox = open()
    await kill(inbox, [provider], 1_000)
    const handled = new Map<string, number>()
    const worker = open({ role: 'work' }).consume(
      async ({ id }) => {
        handled.set(id, (handled.get(id) ?? 0) + 1)
        return { status: 'done', handlers: 1 }
      },
      consuming({ concurrency: 50 }),
    )
    worker.start()
    expect(await inbox.deadLetters.redrive({ all: true })).toBe(1_000)
    await worker.onIdle()
    expect(handled.size).toBe(1_000)
    expect([...handled.values()].every((times) => times === 1)).toBe(true)
  })

  it('that die again while all are redriven are not redriven for ever', async () => {
    const inbox = open()
    const consumer = inbox.consume(
      async () => ({ status: 'dead', reason: 'unrecoverable', error: new Error('no') }),
      consuming(),
    )
    consumer.start()
    for (let index = 0; index < 20; index++) await inbox.accept(delivery(`${index}`), accepting)
    await until(async () => (await inbox.stats()).dead === 20)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await inbox.deadLetters.redrive({ all: true }, { perSecond: 200 })).toBe(20)
    await until(async () => (await inbox.stats()).dead === 20)
  })

  it('redrives each once a call, though a worker whose clock is behind lets it die again', async () => {
    const inbox = open()
    const client = new Redis(redis.url)
    const base = `bull:dead-${count}.${provider}`
    for (const name of ['one', 'other']) await inbox.deadLetter(delivery(name), 'stale')
    const { letters } = await inbox.deadLetters.list()
    /** As if it had died between the two. */
    const letDie = async (): Promise<void> => {
      const jobId = String(await client.rpop(`${base}:wait`))
      await client.hset(`${base}:${jobId}`, 'failedReason', 'unrecoverable: again')
      await client.zadd(`${base}:failed`, Number(letters[1]?.diedAt) + 0.999, jobId)
    }
    let dying = Promise.resolve()
    const onProgress = (changed: number) => {
      if (changed === 1) dying = letDie()
    }
    // One at a time, so that the next is looked for behind it.
    expect(await inbox.deadLetters.redrive({ all: true }, { perSecond: 2, onProgress })).toBe(2)
    await dying
    expect((await inbox.deadLetters.list()).letters.map(({ message }) => message)).toEqual(['again'])
    client.disconnect()
  })
})
