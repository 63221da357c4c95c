import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type OwnRedis, replicate, startCluster, startRedis } from '../../../test/support/redis.ts'
import { startProxy } from '../../../test/support/tcp-proxy.ts'
import { type RedisClient, redisClientOptions, redisDedupe } from '../src/index.ts'

let server: OwnRedis
let client: Redis
const lease = { bodyHash: 'x'.repeat(43), leaseMs: 60_000 }

beforeAll(async () => {
  server = await startRedis()
  client = new Redis(server.url, redisClientOptions())
  client.on('error', () => {})
  await new Promise((resolve) => client.once('ready', resolve))
})

afterAll(async () => {
  client.disconnect()
  await server.stop()
})

async function committed(store: ReturnType<typeof redisDedupe>, key: string, retentionMs: number) {
  const claim = await store.claim(key, lease)
  if (claim.status !== 'claimed') throw new Error(claim.status)
  await store.commit(key, claim.token, { retentionMs })
}

describe('redisDedupe', () => {
  it('keeps each idempotency key under its prefix, in a hash tag, for 7 days or as long as it is asked to', async () => {
    await committed(redisDedupe(client), 'a', 1_000)
    expect(await client.pttl('acuse:{a}')).toBeGreaterThan(7 * 86_400_000 - 60_000)
    await committed(redisDedupe(client, { prefix: 'shop:', retentionMs: 5_000 }), 'a{b', 60_000)
    const ttl = await client.pttl('shop:{a%7Bb}')
    expect(ttl).toBeGreaterThan(50_000)
    expect(ttl).toBeLessThanOrEqual(60_000)
  })

  it('goes on when the server has forgotten its scripts', async () => {
    const store = redisDedupe(client)
    await client.script('FLUSH')
    await committed(store, 'flushed', 1_000)
    expect(await store.claim('flushed', lease)).toEqual({ status: 'committed' })
  })

  it('knows its own claim again when the client sends it twice', async () => {
    const store = redisDedupe({
      evalsha: async (sha, keys, ...rest) => {
        await client.evalsha(sha, keys, ...rest)
        return await client.evalsha(sha, keys, ...rest)
      },
      eval: (...args) => client.eval(...args),
    } as RedisClient)
    expect(await store.claim('twice', lease)).toMatchObject({ status: 'claimed' })
  })

  it('is full where a server before 7.0 says so, behind the name and the line of the script', async () => {
    const said =
      "ERR Error running script (call to f_93bba9d3f9c426de7cf8695c7196d2ff9621a590): @user_script:5: @user_script: 5: -OOM command not allowed when used memory > 'maxmemory'."
    const refuse = () => Promise.reject(new Error(said))
    const store = redisDedupe({ evalsha: refuse, eval: refuse, info: refuse, config: refuse })
    expect(await store.claim('full', lease)).toEqual({ status: 'full' })
  })

  it('hands on what a server answers to a wrong command, and is not down for one failure', async () => {
    const store = redisDedupe(client)
    await client.set('acuse:{other}', 'a text')
    await expect(store.claim('other', lease)).rejects.toThrow('WRONGTYPE')
    expect(store.isDown).toBe(false)
    store.close()
  })

  it('lets nobody wait for ever for a claim that stopped half-way, as where a right was taken away', async () => {
    await client.acl('SETUSER', 'half', 'reset', 'on', 'nopass', '~*', '+@all', '-pexpire', '-del')
    const half = new Redis(server.url, { ...redisClientOptions(), username: 'half', password: 'any' })
    await new Promise((resolve) => half.once('ready', resolve))
    await expect(redisDedupe(half).claim('half', lease)).rejects.toThrow(/run|permission/)
    const other = { ...lease, bodyHash: 'y'.repeat(43) }
    expect(await redisDedupe(client).claim('half', other)).toMatchObject({ status: 'claimed' })
    expect(await redisDedupe(client).claim('half', other)).toEqual({ status: 'in-flight' })
    expect(await redisDedupe(client).claim('half', lease)).toEqual({ status: 'conflict' })
    half.disconnect()
  })

  it('does not construct with a client or options that cannot be used', () => {
    expect(() => redisDedupe({} as never)).toThrow('redisDedupe(new Redis(url, redisClientOptions()))')
    expect(() => redisDedupe(undefined as never)).toThrow(TypeError)
    expect(() => redisDedupe(client, { prefix: 'a{b}' })).toThrow('without braces')
    expect(() => redisDedupe(client, { prefix: 5 as never })).toThrow('prefix')
    expect(() => redisDedupe(client, { timeoutMs: 0 })).toThrow('timeoutMs must be a whole number from 1')
    expect(() => redisDedupe(client, { retentionMs: -1 })).toThrow('retentionMs')
    expect(() => redisDedupe(client, { ttl: 5 } as never)).toThrow("has no option 'ttl'")
  })
})

describe('a failover', () => {
  const clients = {
    'with redisClientOptions()': redisClientOptions(),
    'with options of its own': { enableOfflineQueue: false, maxRetriesPerRequest: 1 },
    'with stringNumbers': { ...redisClientOptions(), stringNumbers: true },
  }

  it.each(Object.keys(clients) as (keyof typeof clients)[])(
    'is gone along with by a client %s, though the old master, now a replica, keeps the connection',
    async (options) => {
      const [master, replica] = await Promise.all([startRedis(), startRedis()])
      const proxy = await startProxy(master.port)
      const own = new Redis({ host: '127.0.0.1', port: proxy.port, ...clients[options] })
      own.on('error', () => {})
      await new Promise((resolve) => own.once('ready', resolve))
      const store = redisDedupe(own)
      try {
        await committed(store, 'before', 60_000)
        proxy.lead(replica.port)
        await replicate(master, replica.port)
        await vi.waitFor(() => committed(store, `after-${Math.random()}`, 60_000), 20_000)
      } finally {
        store.close()
        own.disconnect()
        await proxy.refuse()
        await Promise.all([master.stop(), replica.stop()])
      }
    },
  )

  it.each(['with options of its own', 'with no options'] as const)(
    'is gone along with by a client %s when the host of the old master vanished without a word',
    async (options) => {
      const proxy = await startProxy(server.port)
      const own = new Redis({
        host: '127.0.0.1',
        port: proxy.port,
        ...{ ...clients, 'with no options': {} }[options],
      })
      own.on('error', () => {})
      await new Promise((resolve) => own.once('ready', resolve))
      const store = redisDedupe(own)
      try {
        await committed(store, `before-${options}`, 60_000)
        proxy.set('dead')
        proxy.set('pass')
        await vi.waitFor(() => committed(store, `after-${Math.random()}`, 60_000), 60_000)
      } finally {
        store.close()
        own.disconnect()
        await proxy.refuse()
      }
    },
  )

  it('forgets nothing that was committed with replicas: 1, which waits for them', async () => {
    const [master, replica] = await Promise.all([startRedis(), startRedis()])
    const own = new Redis(master.url, redisClientOptions())
    own.on('error', () => {})
    await new Promise((resolve) => own.once('ready', resolve))
    const store = redisDedupe(own, { replicas: 1 })
    try {
      // On a busy machine an answer may be late; each try is of an idempotency key of its own.
      let key = ''
      const commitAnew = () => {
        key = `${Math.random()}`
        return committed(store, key, 60_000)
      }
      await vi.waitFor(() => expect(commitAnew()).rejects.toThrow('0 of 1 replicas'), 60_000)
      expect((await store.check()).map(({ code }) => code)).toContain('ACUSE_REDIS_REPLICAS')
      await replicate(replica, master.port)
      await vi.waitFor(commitAnew, 60_000)
      expect(await replica.command('HGET', `acuse:{${key}}`, 'c')).toContain('1')
      expect((await redisDedupe(own).check()).map(({ message }) => message)).toContainEqual(
        expect.stringContaining('Set the option replicas: 1'),
      )
    } finally {
      store.close()
      own.disconnect()
      await Promise.all([master.stop(), replica.stop()])
    }
  })

  it('cannot be waited for over a cluster', () => {
    const cluster = { evalsha() {}, eval() {}, nodes: () => [] } as never
    expect(() => redisDedupe(cluster, { replicas: 1 })).toThrow('leave it out')
  })
})

describe('check', () => {
  it('finds nothing wrong with a server that forgets nothing', async () => {
    await client.config('SET', 'appendonly', 'yes', 'appendfsync', 'always')
    expect(await redisDedupe(client).check()).toEqual([])
  })

  it('says what eviction and lazy persistence lose, and the remedy, as process warnings too', async () => {
    const warnings: string[] = []
    const listen = (warning: Error & { code?: string }) => warnings.push(String(warning.code))
    process.on('warning', listen)
    await client.config('SET', 'appendfsync', 'everysec', 'maxmemory-policy', 'allkeys-lru')
    const findings = await redisDedupe(client).check()
    expect(findings.map(({ code }) => code)).toEqual(['ACUSE_REDIS_EVICTION', 'ACUSE_REDIS_PERSISTENCE'])
    expect(findings[0]?.message).toContain('Set it to noeviction')
    expect(findings[1]?.message).toContain('appendfsync is everysec')
    await client.config('SET', 'appendonly', 'no', 'maxmemory-policy', 'noeviction')
    const [finding] = await redisDedupe(client).check()
    expect(finding?.message).toContain('appendonly is no')
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', listen)
    expect(warnings).toEqual(['ACUSE_REDIS_EVICTION', 'ACUSE_REDIS_PERSISTENCE', 'ACUSE_REDIS_PERSISTENCE'])
  })

  it.each([
    ['hset', '-hset', '+hset'],
    ['pexpire, del', '-pexpire -del', '+pexpire +del'],
    ['evalsha', '-evalsha', '+evalsha'],
    ['eval', '-eval', '+eval'],
  ])('names the rights that are missing: %s', async (_, taken, remedy) => {
    await client.config('SET', 'appendonly', 'yes', 'appendfsync', 'always')
    await client.acl('SETUSER', 'poor', 'reset', 'on', 'nopass', '~*', '+@all', ...taken.split(' '))
    const poor = new Redis(server.url, { ...redisClientOptions(), username: 'poor', password: 'any' })
    await new Promise((resolve) => poor.once('ready', resolve))
    expect(await redisDedupe(poor).check()).toEqual([
      { code: 'ACUSE_REDIS_REFUSED', message: expect.stringContaining(`grant it ${remedy},`) },
    ])
    poor.disconnect()
  })

  it('names the keys that may not be written', async () => {
    await client.acl('SETUSER', 'poor', 'reset', 'on', 'nopass', '~other:*', '+@all')
    const poor = new Redis(server.url, { ...redisClientOptions(), username: 'poor', password: 'any' })
    await new Promise((resolve) => poor.once('ready', resolve))
    expect(await redisDedupe(poor, { prefix: 'shop:' }).check()).toMatchObject([
      { code: 'ACUSE_REDIS_REFUSED', message: expect.stringContaining('grant it ~shop:*') },
    ])
    poor.disconnect()
  })

  it('falls back on INFO where CONFIG is forbidden, and says what it could not check', async () => {
    await client.acl('SETUSER', 'managed', 'on', 'nopass', '+@all', '-config', '~*')
    const managed = new Redis(server.url, { ...redisClientOptions(), username: 'managed', password: 'any' })
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await new Promise((resolve) => managed.once('ready', resolve))
    const codes = async (): Promise<string[]> =>
      (await redisDedupe(managed).check()).map(({ code }) => code).sort()
    expect(await codes()).toEqual(['ACUSE_REDIS_EVICTION', 'ACUSE_REDIS_UNCHECKED'])
    await client.config('SET', 'maxmemory-policy', 'noeviction')
    await client.acl('SETUSER', 'managed', '-info')
    expect(await codes()).toEqual(['ACUSE_REDIS_UNCHECKED'])
    managed.disconnect()
  })
  it('says that a client of one node cannot use a cluster, with the remedy, and nothing to one of all nodes', async () => {
    const { nodes, stop } = await startCluster()
    const one = new Redis(String(nodes[0]?.url), redisClientOptions())
    const all = new Cluster(nodes.map(({ port }) => ({ host: '127.0.0.1', port })))
    try {
      await Promise.all([one, all].map((each) => new Promise((resolve) => each.once('ready', resolve))))
      const store = redisDedupe(one)
      const claims = await Promise.allSettled(
        Array.from({ length: 50 }, (_, at) => store.claim(`k${at}`, lease)),
      )
      expect(claims.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
      expect(await store.check()).toContainEqual({
        code: 'ACUSE_REDIS_CLUSTER',
        message: expect.stringMatching(/MOVED.*Give redisDedupe a Cluster/),
      })
      expect((await redisDedupe(all).check()).map(({ code }) => code)).not.toContain('ACUSE_REDIS_CLUSTER')
      store.close()
    } finally {
      one.disconnect()
      all.disconnect()
      await stop()
    }
  })
})
