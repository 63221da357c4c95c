import { setTimeout as sleep } from 'node:timers/promises'
import { type DedupeStore, lruDedupe } from '@acuse/core'
import { dedupeStoreContract } from '@acuse/core/testing'
import { redisDedupe } from '@acuse/redis'
import { Cluster, Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { afterAll, beforeAll, describe } from 'vitest'
import { manualClock } from '../../packages/core/test/support/clock.ts'
import { type OwnRedis, startCluster, startRedis } from '../support/redis.ts'
import { registerCases } from './register-cases.ts'

describe('lruDedupe', () => {
  registerCases(dedupeStoreContract(lru))
})

function lru() {
  const clock = manualClock()
  const maxEntries = 20
  const store = lruDedupe({ clock, maxEntries })
  return {
    store,
    advance: (ms: number) => clock.advance(ms),
    fill() {
      const claims: (readonly [string, string])[] = []
      for (let n = 0; ; n++) {
        const claim = store.claim(`filler-${n}`, { bodyHash: 'x'.repeat(43), leaseMs: 60_000 })
        if (claim.status !== 'claimed') break
        claims.push([`filler-${n}`, claim.token])
      }
      return () => {
        for (const [key, token] of claims) store.release(key, token)
      }
    },
    dispose() {},
  }
}

describe('redisDedupe', () => {
  let server: OwnRedis
  let cluster: Awaited<ReturnType<typeof startCluster>>
  const clients: { disconnect(): void }[] = []
  const stores = new Map<string, DedupeStore>()

  beforeAll(async () => {
    ;[server, cluster] = await Promise.all([startRedis(), startCluster()])
    const six = new Redis(server.url)
    const five = new Redis5(server.url)
    const three = new Cluster(cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })))
    clients.push(six, five, three)
    // It is not about deadlines, and a busy machine may be late.
    const timeoutMs = 5_000
    stores.set('ioredis 6', redisDedupe(six, { timeoutMs }))
    stores.set('ioredis 5', redisDedupe(five, { timeoutMs, prefix: 'five:' }))
    stores.set('a cluster of three masters', redisDedupe(three, { timeoutMs }))
  })

  afterAll(async () => {
    for (const client of clients) client.disconnect()
    await Promise.all([server.stop(), cluster.stop()])
  })

  describe.each(['ioredis 6', 'ioredis 5', 'a cluster of three masters'])('on %s', (which) => {
    const nodes = () => (which.startsWith('a cluster') ? cluster.nodes : [server])
    const suite = dedupeStoreContract(() => ({
      store: stores.get(which) as DedupeStore,
      advance: async (ms) => void (await sleep(ms)),
      async fill() {
        const limit = (bytes: string) =>
          Promise.all(nodes().map((node) => node.command('CONFIG', 'SET', 'maxmemory', bytes)))
        await limit('1')
        return async () => void (await limit('0'))
      },
      dispose() {},
    }))
    registerCases(suite)
  })
})
