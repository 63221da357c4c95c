import { afterEach, describe, expect, it } from 'vitest'
import { type OwnRedis, replicate, startDurableRedis } from '../../../test/support/redis.ts'
import { startProxy, type TcpProxy } from '../../../test/support/tcp-proxy.ts'
import { type BullmqInbox, type BullmqInboxOptions, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, until } from './support/deliveries.ts'

const cleanUp: (() => unknown)[] = []

afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})

/** A master, its replica, and a proxy that leads to the master. */
async function pair(): Promise<{ master: OwnRedis; replica: OwnRedis; proxy: TcpProxy }> {
  const [master, replica] = await Promise.all([startDurableRedis(), startDurableRedis()])
  cleanUp.push(
    () => master.stop(),
    () => replica.stop(),
  )
  await replicate(replica, master.port)
  const proxy = await startProxy(master.port)
  cleanUp.push(() => proxy.refuse())
  return { master, replica, proxy }
}

interface Opened {
  readonly inbox: BullmqInbox
  readonly handled: string[]
  readonly errors: string[]
}

function open(port: number, options: Partial<BullmqInboxOptions> = {}): Opened {
  const handled: string[] = []
  const errors: string[] = []
  const inbox = bullmqInbox({
    connection: { host: '127.0.0.1', port },
    onError: ({ message }) => errors.push(message),
    ...options,
  })
  cleanUp.push(() => inbox.close({ timeoutMs: 500 }))
  const consumer = inbox.consume(async ({ id }) => {
    handled.push(id)
    return { status: 'done', handlers: 1 }
  }, consuming())
  consumer.start()
  return { inbox, handled, errors }
}

const accepts = async (inbox: BullmqInbox, one = delivery()) =>
  (await inbox.accept(one, accepting).catch(() => 'rejected')) === 'accepted'

/** Handled is what is accepted now: by the worker, too. */
async function works({ inbox, handled }: Opened): Promise<void> {
  const before = handled.length
  await until(() => accepts(inbox))
  await until(() => handled.length > before)
}

describe('an inbox whose Redis fails over', () => {
  it('goes on at the new master, though its connections to the old one, now a replica, stay open', async () => {
    const { master, replica, proxy } = await pair()
    const opened = open(proxy.port)
    await works(opened)
    proxy.lead(replica.port)
    await replica.command('REPLICAOF', 'NO', 'ONE')
    await replicate(master, replica.port)
    await works(opened)
    expect(opened.errors.length).toBeLessThan(30)
  })

  it('goes on at the new master when the host of the old one vanished without a word', async () => {
    const { replica, proxy } = await pair()
    const opened = open(proxy.port)
    await works(opened)
    await replica.command('REPLICAOF', 'NO', 'ONE')
    proxy.set('dead')
    proxy.lead(replica.port)
    proxy.set('pass')
    await works(opened)
  })

  it('accepts again when the server takes writes again that it refused', async () => {
    const { master } = await pair()
    const opened = open(master.port)
    await works(opened)
    await master.command('CONFIG', 'SET', 'min-replicas-to-write', '5')
    await until(async () => !(await accepts(opened.inbox)))
    await master.command('CONFIG', 'SET', 'min-replicas-to-write', '0')
    await works(opened)
  })
})

describe('replicas: 1', () => {
  it('accepts what the replica has, and nothing that it has not, copies of it neither', async () => {
    const { master, replica, proxy } = await pair()
    // The replica hears of nothing more while the link through the proxy is silent.
    await replicate(replica, proxy.port)
    const { inbox } = open(master.port, { replicas: 1, role: 'accept', timeoutMs: 1_000 })
    const first = delivery()
    await until(() => accepts(inbox, first))
    expect(await inbox.accept(first, accepting)).toBe('duplicate')
    expect(await inbox.check()).toEqual([])
    proxy.set('deaf')
    const second = delivery()
    await expect(inbox.accept(second, accepting)).rejects.toThrow('0 of 1 replicas')
    await expect(inbox.accept(second, accepting)).rejects.toThrow('0 of 1 replicas')
    await expect(inbox.accept(first, accepting)).rejects.toThrow('0 of 1 replicas')
    proxy.set('pass')
    await until(async () => (await inbox.accept(second, accepting).catch(() => '')) === 'duplicate')
  })

  it('loses nothing that was accepted when the master dies', async () => {
    const { master, replica } = await pair()
    const { inbox } = open(master.port, { replicas: 1, role: 'accept' })
    await until(() => accepts(inbox))
    const accepted: string[] = []
    let ended = false
    const senders = Array.from({ length: 16 }, async () => {
      while (!ended) {
        const one = delivery()
        if (await accepts(inbox, one)) accepted.push(one.id)
        else await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })
    await until(() => accepted.length > 100)
    await master.kill()
    ended = true
    await Promise.all(senders)
    await replica.command('REPLICAOF', 'NO', 'ONE')
    const successor = open(replica.port, { replicas: 0, role: 'accept' }).inbox
    await until(async () => (await successor.stats().catch(() => undefined))?.waiting !== undefined)
    const there = (await successor.stats()).waiting
    expect(there).toBeGreaterThanOrEqual(accepted.length)
  })

  it('is advised where a replica is attached and not waited for, and warned of where none is there', async () => {
    const { master } = await pair()
    const alone = await startDurableRedis()
    cleanUp.push(() => alone.stop())
    const check = (port: number, options: Partial<BullmqInboxOptions>) =>
      open(port, { role: 'accept', ...options }).inbox.check()
    // A master counts a replica when that has acknowledged what it got, a moment after the replica says that it follows.
    await until(async () => (await check(master.port, {})).length > 0)
    expect(await check(master.port, {})).toEqual([expect.stringContaining('Set the option replicas: 1')])
    expect(await check(alone.port, {})).toEqual([])
    expect(await check(alone.port, { replicas: 1 })).toEqual([expect.stringContaining('waits in vain')])
  })
})

describe('closing while Redis is away', () => {
  it('waits for nothing that cannot come, however long it may', async () => {
    for (const end of ['kill', 'pause'] as const) {
      const redis = await startDurableRedis()
      cleanUp.push(() => redis.stop())
      const opened = open(redis.port)
      await works(opened)
      // The log of handled deliveries.
      await until(async () => (await opened.inbox.stats()).leased === 0)
      await redis[end]()
      // The longest that is allowed: the test's own deadline would end it.
      await opened.inbox.close({ timeoutMs: 86_400_000 })
    }
  })

  it('refuses a time that is none', () => {
    const { inbox } = open(1)
    for (const timeoutMs of [-1, Number.NaN, Number.POSITIVE_INFINITY, 0.5]) {
      expect(() => inbox.close({ timeoutMs })).toThrow('timeoutMs must be a whole number')
    }
  })
})
