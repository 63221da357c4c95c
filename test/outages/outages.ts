import { setTimeout as sleep } from 'node:timers/promises'
import { redisClientOptions } from '@acuse/redis'
import { Redis } from 'ioredis'
import { type OwnRedis, startRedis } from '../support/redis.ts'
import { type ProxyMode, startProxy, type TcpProxy } from '../support/tcp-proxy.ts'

/** A server, a proxy before it, and a client through the proxy as a receiver should have it. */
export interface Stage {
  readonly server: OwnRedis
  readonly proxy: TcpProxy
  readonly client: Redis
  close(): Promise<void>
}

/** A way in which Redis is away, and how it comes back. */
export interface Outage {
  begin(stage: Stage): Promise<void> | void
  end(stage: Stage): Promise<void> | void
}

export async function startStage(): Promise<Stage> {
  const server = await startRedis()
  const proxy = await startProxy(server.port)
  const client = new Redis({ host: '127.0.0.1', port: proxy.port, ...redisClientOptions() })
  client.on('error', () => {})
  await new Promise((resolve) => client.once('ready', resolve))
  return {
    server,
    proxy,
    client,
    async close() {
      client.disconnect()
      await proxy.refuse()
      await server.stop()
    },
  }
}

const proxied = (mode: ProxyMode): Outage => ({
  begin: ({ proxy }) => proxy.set(mode),
  end: ({ proxy }) => proxy.set('pass'),
})

const commanded = (begin: readonly string[], end: readonly string[]): Outage => ({
  begin: async ({ server }) => void (await server.command(...begin)),
  end: async ({ server }) => void (await server.command(...end)),
})

export const outages: Readonly<Record<string, Outage>> = {
  'that refuses connections': {
    begin: ({ proxy }) => proxy.refuse(),
    end: ({ proxy }) => proxy.listen(),
  },
  'that is silent': proxied('silent'),
  'whose connections died without a word': proxied('dead'),
  'that is paused (SIGSTOP)': {
    begin: ({ server }) => server.pause(),
    end: ({ server }) => server.resume(),
  },
  'that loads its data (LOADING)': proxied({ answer: '-LOADING Redis is loading the dataset in memory\r\n' }),
  'that is out of memory (OOM)': commanded(
    ['CONFIG', 'SET', 'maxmemory', '1'],
    ['CONFIG', 'SET', 'maxmemory', '0'],
  ),
  'that became a replica (READONLY)': commanded(['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']),
  'that is gone in mid-call': proxied('cut'),
  'that applies commands and answers too late': proxied('deaf'),
  'that is killed and started again': {
    begin: ({ server }) => server.kill(),
    end: ({ server }) => server.restart(),
  },
}

/** One delivery to a receiver: the status of the answer. */
export type Deliver = (id: string) => Promise<number>

/** The effect of an outage on answers. */
export interface OutageFigures {
  /** The statuses that were given while Redis was away. */
  readonly statuses: readonly number[]
  /** The slowest answer before the breaker opened, in milliseconds. */
  readonly slowestMs: number
  /** The 99th percentile once it was open; the best of three batches, because the machine is shared. */
  readonly openP99Ms: number
  /** How long after the end of the outage the first delivery was taken, in milliseconds. */
  readonly recoveredMs: number
  /** Whether each delivery was taken in the end. */
  readonly allTaken: boolean
}

/** Sends through an outage and after it, as a sender that retries does. */
export async function sendThrough(stage: Stage, outage: Outage, deliver: Deliver): Promise<OutageFigures> {
  const statuses: number[] = []
  const refused: string[] = []
  const times: number[] = []
  async function send(id: string): Promise<number> {
    const startedAt = performance.now()
    const status = await deliver(id)
    const ms = performance.now() - startedAt
    statuses.push(status)
    if (status !== 200) refused.push(id)
    return ms
  }
  await outage.begin(stage)
  for (let wave = 0; wave < 2; wave++) {
    times.push(...(await Promise.all(Array.from({ length: 10 }, (_, n) => send(`first-${wave}-${n}`)))))
  }
  const batches: number[] = []
  for (let batch = 0; batch < 3; batch++) {
    const open: number[] = []
    for (let n = 0; n < 100; n++) open.push(await send(`open-${batch}-${n}`))
    batches.push(open.sort((a, b) => a - b)[98] as number)
  }
  await outage.end(stage)
  const endedAt = performance.now()
  const recoveredMs = await untilTaken('after', deliver, endedAt)
  for (const id of refused) await untilTaken(id, deliver, performance.now())
  return {
    statuses,
    slowestMs: Math.max(...times),
    openP99Ms: Math.min(...batches),
    recoveredMs,
    allTaken: recoveredMs < takenWithinMs,
  }
}

const takenWithinMs = 60_000

async function untilTaken(id: string, deliver: Deliver, from: number): Promise<number> {
  while (performance.now() - from < takenWithinMs) {
    if ((await deliver(id)) === 200) return performance.now() - from
    await sleep(50)
  }
  throw new Error(`${id} was not taken within ${takenWithinMs / 1e3} s of the end of the outage`)
}
