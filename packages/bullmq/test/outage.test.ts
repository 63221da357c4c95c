import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../../test/support/processes.ts'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { watchUnhandled } from '../../core/test/support/unhandled.ts'
import { type BullmqInbox, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, handleAll, until } from './support/deliveries.ts'
import { startWorker } from './support/processes.ts'

const cleanUp: (() => Promise<unknown>)[] = []
watchUnhandled()

afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})

async function server(): Promise<OwnRedis> {
  const redis = await startDurableRedis()
  cleanUp.push(() => redis.stop())
  return redis
}

function open(connection: string): BullmqInbox {
  const inbox = bullmqInbox({ connection, onError: () => {} })
  cleanUp.push(() => inbox.close({ timeoutMs: 100 }))
  return inbox
}

/** How an accept ended; how fast is what the campaign `outages` measures. */
async function outcomeOf(inbox: BullmqInbox, one = delivery()): Promise<string> {
  return inbox.accept(one, accepting).catch(() => 'rejected')
}

async function isDown(inbox: BullmqInbox): Promise<void> {
  for (let turn = 0; turn < 10; turn++) expect(await outcomeOf(inbox)).toBe('rejected')
}

async function recovers(inbox: BullmqInbox): Promise<void> {
  await until(async () => (await outcomeOf(inbox)) === 'accepted')
}

describe('accepting while Redis is away', () => {
  it('is refused in time when it was never there, and recovers when it comes', async () => {
    const port = await freePort()
    const inbox = open(`redis://127.0.0.1:${port}`)
    await isDown(inbox)
    const redis = await startDurableRedis([], port)
    cleanUp.push(() => redis.stop())
    await recovers(inbox)
  })

  it('is refused in time by something that never answers', async () => {
    const sockets = new Set<Socket>()
    const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const inbox = open(`redis://127.0.0.1:${(silent.address() as AddressInfo).port}`)
    await isDown(inbox)
    for (const socket of sockets) socket.destroy()
    silent.close()
  })

  it('is refused in time when Redis hangs, knows what was applied all the same, and recovers', async () => {
    const redis = await server()
    const inbox = open(redis.url)
    await recovers(inbox)
    redis.pause()
    const one = delivery()
    expect(await outcomeOf(inbox, one)).toBe('rejected')
    await isDown(inbox)
    redis.resume()
    // The answer to one that comes again may be late, too.
    let again = 'rejected'
    await until(async () => {
      again = await outcomeOf(inbox, one)
      return again !== 'rejected'
    })
    expect(again).toBe('duplicate')
  })

  it('is refused in time when Redis was killed, recovers when it is restarted, and lost nothing accepted', async () => {
    const redis = await server()
    const inbox = open(redis.url)
    const accepted: string[] = []
    for (let turn = 0; turn < 5; turn++) {
      const sending = Array.from({ length: 40 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 2))
        const one = delivery()
        if ((await outcomeOf(inbox, one)) === 'accepted') accepted.push(one.id)
      })
      await new Promise((resolve) => setTimeout(resolve, 20 + turn * 10))
      await redis.kill()
      await Promise.all(sending)
      await isDown(inbox)
      await redis.restart()
      await recovers(inbox)
    }
    const handled = new Set<string>()
    const consumer = inbox.consume(async ({ id }) => {
      handled.add(id)
      return { status: 'done', handlers: 1 }
    }, consuming())
    consumer.start()
    await consumer.onIdle()
    expect(accepted.length).toBeGreaterThan(20)
    expect(accepted.filter((id) => !handled.has(id))).toEqual([])
  })

  it('is refused at once when Redis is full, and says so', async () => {
    const redis = await startDurableRedis(['--maxmemory', '1'])
    cleanUp.push(() => redis.stop())
    const inbox = open(redis.url)
    await until(async () => (await outcomeOf(inbox)) === 'full')
  })
})

describe('a worker while Redis is away', () => {
  it('goes on when Redis is restarted, and handles what was accepted before', async () => {
    const redis = await server()
    const inbox = open(redis.url)
    const { handled } = handleAll(inbox)
    const [before, after] = [delivery(), delivery()]
    await inbox.accept(before, accepting)
    await until(() => handled.length === 1)
    await redis.kill()
    await redis.restart()
    await until(async () => (await outcomeOf(inbox, after)) === 'accepted')
    await until(() => handled.length === 2)
    expect(handled).toEqual([before.id, after.id])
  })

  it('completes what it handled while Redis was away, and does not run it again', async () => {
    const redis = await server()
    const inbox = open(redis.url)
    const runs: string[] = []
    let settled = 0
    let finish = () => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const consumer = inbox.consume(
      async ({ id }) => {
        runs.push(id)
        await finished
        return { status: 'done', handlers: 1 }
      },
      consuming({ observer: ({ type }) => void (type === 'handled' && settled++) }),
    )
    consumer.start()
    const all = Array.from({ length: 5 }, () => delivery())
    for (const one of all) await inbox.accept(one, accepting)
    await until(() => runs.length === all.length)
    await redis.kill()
    finish()
    await new Promise((resolve) => setTimeout(resolve, 500))
    await redis.restart()
    await until(() => settled === all.length)
    await consumer.onIdle()
    expect(runs.sort()).toEqual(all.map(({ id }) => id).sort())
  })

  it('goes to work when Redis comes, though it was never there', async () => {
    const port = await freePort()
    const inbox = open(`redis://127.0.0.1:${port}`)
    const { handled } = handleAll(inbox)
    await isDown(inbox)
    const redis = await startDurableRedis([], port)
    cleanUp.push(() => redis.stop())
    await recovers(inbox)
    await until(() => handled.length === 1)
  })

  it('ends with its process, whose connections and timers do not keep it', async () => {
    const port = await freePort()
    const env = { NAME: 'away', WORKER: 'done', LEASE_MS: '30000' }
    const worker = startWorker({ REDIS_URL: `redis://127.0.0.1:${port}`, ...env })
    cleanUp.push(() => worker.kill())
    await worker.says('error')
    worker.child.kill('SIGTERM')
    expect(await worker.exits()).toBe(0)
  })

  it('aborts what it handles when the lease ran out, because nobody can say that it was renewed', async () => {
    const redis = await server()
    const inbox = bullmqInbox({ connection: redis.url, leaseMs: 1_000, onError: () => {} })
    cleanUp.push(() => inbox.close({ timeoutMs: 100 }))
    let aborted = false
    let leased = false
    const consumer = inbox.consume(async (_, { signal }) => {
      leased = true
      await once(signal, 'abort')
      aborted = true
      return { status: 'done', handlers: 1 }
    }, consuming())
    consumer.start()
    await inbox.accept(delivery(), accepting)
    await until(() => leased)
    redis.pause()
    await until(() => aborted)
    redis.resume()
  })
})

describe('the settings of Redis', () => {
  it('are warned of where they may lose what was acknowledged', async () => {
    const warnings: string[] = []
    const listen = (warning: Error & { code?: string }) => {
      if (warning.code === 'ACUSE_REDIS_DURABILITY') warnings.push(warning.message)
    }
    process.on('warning', listen)
    cleanUp.push(async () => process.off('warning', listen))
    const safe = await server()
    expect(await open(safe.url).check()).toEqual([])
    const lossy = await startDurableRedis(['--appendfsync', 'everysec', '--maxmemory-policy', 'allkeys-lru'])
    cleanUp.push(() => lossy.stop())
    const missing = await open(lossy.url).check()
    expect(missing).toEqual([
      expect.stringMatching(/appendfsync always, not everysec.*387 of 1015546/),
      expect.stringMatching(/maxmemory-policy noeviction, not allkeys-lru/),
    ])
    await until(() => warnings.length === 2)
    expect(warnings).toEqual(missing)
  })

  it('that a hosted Redis hides are said to be unknown', async () => {
    const hidden = await startDurableRedis(['--rename-command', 'CONFIG', ''])
    cleanUp.push(() => hidden.stop())
    expect(await open(hidden.url).check()).toHaveLength(3)
  })
})
