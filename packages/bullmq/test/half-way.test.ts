import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { type BullmqInbox, bullmqInbox } from '../src/index.ts'
import { toJobId } from '../src/lib/job.ts'
import { ProviderQueue } from '../src/lib/provider-queue.ts'
import { WorkerQueue } from '../src/lib/worker-queue.ts'
import { accepting, consuming, delivery, handleAll, letDie, provider, until } from './support/deliveries.ts'

let redis: OwnRedis
let admin: Redis
/** A user whose rights are taken away while it is connected. */
let restricted: Redis
let count = 0
let inbox: BullmqInbox

beforeAll(async () => {
  redis = await startDurableRedis(['--appendfsync', 'no'])
  admin = new Redis(redis.url)
  await grant('reset', 'on', '>pw', '~*', '&*', '+@all')
  restricted = new Redis(redis.url.replace('//', '//restricted:pw@'))
})
beforeEach(() => {
  count++
  inbox = open()
})
afterEach(() => inbox.close({ timeoutMs: 100 }))
afterAll(async () => {
  admin.disconnect()
  restricted.disconnect()
  await redis.stop()
})

const grant = (...rules: string[]) => admin.call('ACL', 'SETUSER', 'restricted', ...rules)
const key = (type: string) => `bull:half-${count}.${provider}:${type}`

function open(): BullmqInbox {
  return bullmqInbox({
    connection: redis.url,
    name: `half-${count}`,
    timeoutMs: 5_000,
    onError: () => {},
  })
}

/** What the scripts of an inbox do, as the restricted user. */
function scripts() {
  const queue = new ProviderQueue(restricted, `half-${count}`, provider, 'bull')
  return { queue, worker: new WorkerQueue(restricted, queue) }
}

const one = delivery()
const jobId = toJobId({ id: one.id })
const everything = { except: [] }

async function dead(): Promise<void> {
  await inbox.accept(one, accepting)
  await letDie(inbox)
}

async function delayed(): Promise<void> {
  await inbox.accept(one, accepting)
  const retry = { attempts: 3, minDelayMs: 86_400_000, maxDelayMs: 86_400_000 }
  const consumer = inbox.consume(
    async () => ({ status: 'failed', error: new Error('later'), completed: [] }),
    consuming({ retry }),
  )
  consumer.start()
  await until(async () => (await inbox.stats()).delayed === 1)
  await consumer.close({ timeoutMs: 1_000 })
}

async function parked(): Promise<void> {
  await inbox.accept(one, accepting)
  const consumer = inbox.consume(async () => expect.unreachable(), consuming({ handles: () => other }))
  consumer.start()
  await until(async () => (await admin.zcard(key('delayed'))) === 1)
  await consumer.close({ timeoutMs: 1_000 })
}
const other = { only: ['another'] }

/** Its process died, and the lease ran out. */
async function abandoned(): Promise<void> {
  await inbox.accept(one, accepting)
  await admin.rpoplpush(key('wait'), key('active'))
}

/** Another process took it back, and its holder renews late. */
async function takenBack(): Promise<void> {
  await inbox.accept(one, accepting)
  await admin.hset(key(jobId), 'ats', 1)
}

interface Script {
  readonly arrange: () => Promise<unknown>
  readonly act: () => Promise<unknown>
}

const moves: Readonly<Record<string, Script & { readonly right: string }>> = {
  'redrives a dead letter': {
    right: 'lpush',
    arrange: dead,
    act: () => scripts().queue.redrive(jobId, { mostLive: 100, call: 'a' }),
  },
  'redrives a stale one': {
    right: 'lpush',
    arrange: () => inbox.deadLetter(one, 'stale'),
    act: () =>
      scripts().queue.redrive(toJobId({ id: one.id, bodyHash: one.bodyHash }), { mostLive: 100, call: 'a' }),
  },
  'puts back what was parked': {
    right: 'rpush',
    arrange: parked,
    act: () => scripts().worker.unpark(everything, 10),
  },
  'makes due what was delayed': {
    right: 'lpush',
    arrange: delayed,
    act: () => scripts().worker.promote(jobId),
  },
  'takes back the lease of a process that died': {
    right: 'rpush',
    arrange: abandoned,
    act: () => scripts().worker.reclaim(1),
  },
  'renews a lease that ran out': {
    right: 'lpush',
    arrange: takenBack,
    act: () => scripts().worker.renew([{ jobId, token: 't', start: 1 }], 1_000),
  },
}

async function stopHalfWay({ arrange, act }: Script, right: string): Promise<void> {
  await arrange()
  await grant(`-${right}`)
  try {
    await expect(act()).rejects.toThrow(/run|permission/)
  } finally {
    await grant(`+${right}`)
  }
}

describe('a script that stops half-way, as where a right was taken away meanwhile', () => {
  it.each(Object.entries(moves))('and %s loses nothing: it is handled in the end', async (_, move) => {
    await stopHalfWay(move, move.right)
    await inbox.deadLetters.redrive({ all: true })
    await scripts().worker.promote(jobId)
    const { handled } = handleAll(inbox)
    await until(async () => isEmpty(await inbox.stats()))
    expect(handled).toEqual([one.id])
  })

  it('and keeps a copy of another body loses nothing: the copy is kept when it comes again', async () => {
    const copy = delivery('copy', 'another body')
    await inbox.accept(delivery('copy'), accepting)
    const dying = { reason: 'conflict', message: 'another', ttlMs: 60_000, maxDead: 10 } as const
    const act = () => scripts().queue.deadLetter(copy, dying)
    await stopHalfWay({ arrange: async () => {}, act }, 'zadd')
    expect(await inbox.accept(copy, accepting)).toBe('conflict')
    expect((await inbox.deadLetters.list()).letters).toMatchObject([{ reason: 'conflict' }])
    expect(await inbox.accept(copy, accepting)).toBe('conflict')
    expect((await inbox.deadLetters.list()).letters).toHaveLength(1)
  })

  it('and discards a dead letter is done again, and its idempotency key is remembered', async () => {
    await stopHalfWay({ arrange: dead, act: () => scripts().queue.discard(jobId) }, 'set')
    expect(await inbox.deadLetters.discard(one.id)).toBe(1)
    expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 0 })
    expect(await inbox.accept(one, accepting)).toBe('duplicate')
  })
})

function isEmpty({
  waiting,
  leased,
  delayed,
  dead,
}: Record<'waiting' | 'leased' | 'delayed' | 'dead', number>) {
  return waiting + leased + delayed + dead === 0
}
