import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Handle } from '@acuse/core/inbox-kit'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Redis5 } from '../../../test/support/ioredis5.ts'
import { type OwnRedis, startDurableRedis } from '../../../test/support/redis.ts'
import { redisClientOptions } from '../../redis/src/index.ts'
import { type BullmqConnection, bullmqInbox } from '../src/index.ts'
import { accepting, consuming, delivery, provider, until } from './support/deliveries.ts'

let redis: OwnRedis
const cleanUp: (() => unknown)[] = []

beforeAll(async () => {
  redis = await startDurableRedis(['--unixsocket', `/tmp/acuse-${process.pid}.sock`])
})
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})
afterAll(() => redis.stop())

let name = 0

/** Accepts and handles in two bursts, between which the worker waits; the errors that it reported. */
async function works(connection: BullmqConnection): Promise<string[]> {
  const errors: string[] = []
  const own = `options-${name++}`
  const onError = ({ message }: Error) => errors.push(message)
  const inbox = bullmqInbox({ connection, name: own, timeoutMs: 5_000, onError })
  let handled = 0
  const handle: Handle = async () => {
    handled++
    return { status: 'done', handlers: 1 }
  }
  inbox.consume(handle, consuming()).start()
  try {
    for (const expected of [3, 6]) {
      for (let n = 0; n < 3; n++) expect(await inbox.accept(delivery(), accepting)).toBe('accepted')
      await until(() => handled === expected)
      await until(() => hasWaited(`${own}.${provider}`))
    }
  } finally {
    await inbox.close({ timeoutMs: 1_000 })
  }
  return errors
}

/** Whether a queue's worker has waited for a second: longer than any deadline that is given here. */
async function hasWaited(queue: string): Promise<boolean> {
  const clients = (await redis.command('CLIENT', 'LIST')).split('\n')
  const named = `name=bull:${Buffer.from(queue).toString('base64')}`
  return clients.some((one) => one.includes(named) && /idle=[1-9].* cmd=bzpopmin/.test(one))
}

type Options = Exclude<BullmqConnection, string | Redis>

/** Options that are for other connections than an inbox has. */
const cleared: Record<string, Options> = {
  'redisClientOptions()': redisClientOptions() as Options,
  commandTimeout: { commandTimeout: 100 },
  socketTimeout: { socketTimeout: 100 },
  blockingTimeout: { blockingTimeout: 50 },
  stringNumbers: { stringNumbers: true },
  lazyConnect: { lazyConnect: true },
  'enableOfflineQueue: false': { enableOfflineQueue: false },
  'enableReadyCheck: false': { enableReadyCheck: false },
  enableAutoPipelining: { enableAutoPipelining: true },
  maxRetriesPerRequest: { maxRetriesPerRequest: 0 },
  'autoResubscribe: false': { autoResubscribe: false, autoResendUnfulfilledCommands: false },
  'retryStrategy: null': { retryStrategy: null },
  'protocol: 2': { protocol: 2 },
}

describe('a connection', () => {
  it.concurrent.each(Object.keys(cleared))(
    'with %s accepts, handles and waits as without',
    async (option) => {
      expect(await works({ host: '127.0.0.1', port: redis.port, ...cleared[option] })).toEqual([])
    },
  )

  it.concurrent.each([
    ['6', Redis],
    ['5', Redis5 as unknown as typeof Redis],
  ])('of an instance of ioredis %s has its place, and none of its deadlines', async (_, Client) => {
    const client = new Client({
      port: redis.port,
      lazyConnect: true,
      stringNumbers: true,
      commandTimeout: 100,
      socketTimeout: 100,
      db: 2,
    })
    expect(await works(client)).toEqual([])
    client.disconnect()
  })

  it('is made where its options say: url, user, password, database, unix socket', async () => {
    await redis.command('ACL', 'SETUSER', 'hook', 'reset', 'on', '>p@ss:/+=#%?ñ', '~bull:*', '&*', '+@all')
    const password = 'p@ss:/+=#%?ñ'
    const url = `redis://hook:${encodeURIComponent(password)}@127.0.0.1:${redis.port}/3`
    const path = `/tmp/acuse-${process.pid}.sock`
    const connections: BullmqConnection[] = [
      url,
      { url, commandTimeout: 100 },
      { port: redis.port, username: 'hook', password, db: 3 },
      path,
      { path, db: 3 },
    ]
    expect((await Promise.all(connections.map(works))).flat()).toEqual([])
    const keys = await redis.command('INFO', 'keyspace')
    expect(keys).toMatch(/db0:.*db3:/s)
  })

  it('speaks TLS where it was asked to', async () => {
    const heard: number[] = []
    const server = createServer((socket) => {
      socket.once('data', (chunk) => heard.push(chunk[0] as number))
      socket.on('error', () => {})
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanUp.push(() => server.close())
    const { port } = server.address() as AddressInfo
    for (const connection of [`rediss://127.0.0.1:${port}`, { port, tls: {} }]) {
      const inbox = bullmqInbox({ connection, role: 'accept' })
      cleanUp.push(() => inbox.close({ timeoutMs: 0 }))
    }
    const clientHello = 22
    await until(() => heard.length >= 2)
    expect(new Set(heard)).toEqual(new Set([clientHello]))
  })

  it.each<[string, unknown, string]>([
    ['a keyPrefix', { port: 1, keyPrefix: 'app:' }, 'use the option prefix'],
    ['a keyPrefix in its URL', 'redis://127.0.0.1:1/0?keyPrefix=app:', 'use the option prefix'],
    [
      'a keyPrefix in its instance',
      new Redis({ lazyConnect: true, keyPrefix: 'a' }),
      'use the option prefix',
    ],
    ['readOnly', { port: 1, readOnly: true }, 'leave it out'],
    ['readOnly in its URL', 'redis://127.0.0.1?readOnly=true', 'leave it out'],
    ["role 'slave'", { sentinels: [{ port: 1 }], name: 'm', role: 'slave' }, 'leave it out'],
    ['no name for its sentinels', { sentinels: [{ port: 1 }] }, 'what the sentinels call the master'],
    ['a host that is undefined', { host: undefined }, 'connection.host is undefined'],
    ['a url that is undefined', { url: undefined }, 'connection.url is undefined'],
    ['an option that nobody reads', { hostname: 'redis' }, "has no option 'hostname'"],
    ["another client's options", { socket: { host: 'redis' } }, "has no option 'socket'"],
    ['another client', { duplicate() {}, options: {}, sendCommand() {} }, 'an instance of ioredis'],
    ['a cluster', { isCluster: true, defineCommand() {}, options: {} }, 'give it a server'],
    ['a port that is none', { port: Number.NaN }, 'connection.port must be a whole number'],
    ['a database that is none', 'redis://127.0.0.1/first', 'not a URL of Redis'],
    ['a URL of something else', 'https://127.0.0.1', 'rediss://'],
    ['a URL without a host', 'redis://', 'not a URL of Redis'],
    ['a password that is not encoded', 'redis://user:12/3@redis:6379', 'encodeURIComponent(password)'],
    ['an empty URL', '', 'must say where Redis is'],
    ['a number', 6379, 'not a number'],
  ])('with %s is refused, and the message has the remedy', (_, connection, remedy) => {
    expect(() => bullmqInbox({ connection: connection as BullmqConnection })).toThrow(TypeError)
    expect(() => bullmqInbox({ connection: connection as BullmqConnection })).toThrow(remedy)
  })

  it('tells where it lies, for those who would share it, without a password', async () => {
    const at = (connection: BullmqConnection, options = {}) => {
      const inbox = bullmqInbox({ connection, role: 'accept', ...options })
      cleanUp.push(() => inbox.close({ timeoutMs: 0 }))
      return inbox.location
    }
    const url = `redis://:secret@127.0.0.1:${redis.port}/2`
    expect(at(url)).toBe(`redis:127.0.0.1:${redis.port}/2 bull:acuse`)
    expect(at({ url })).toBe(at(url))
    expect(at({ host: '127.0.0.1', port: redis.port, db: 2 })).toBe(at(url))
    expect(at(url, { name: 'other' })).not.toBe(at(url))
    expect(at({ path: '/tmp/no.sock' }, { prefix: 'p' })).toBe('redis:/tmp/no.sock/0 p:acuse')
    const sentinels = [{ host: '127.0.0.1', port: 1 }]
    expect(at({ sentinels, name: 'main' })).toBe('redis:main by sentinel/0 bull:acuse')
  })
})
