import type { RedisClient } from './client.ts'
import { messageOf } from './client.ts'

/** Something about the server that an operator should know. */
export interface RedisFinding {
  /** Such as `ACUSE_REDIS_EVICTION`. */
  readonly code:
    | 'ACUSE_REDIS_EVICTION'
    | 'ACUSE_REDIS_PERSISTENCE'
    | 'ACUSE_REDIS_REFUSED'
    | 'ACUSE_REDIS_REPLICAS'
    | 'ACUSE_REDIS_CLUSTER'
    | 'ACUSE_REDIS_UNCHECKED'
  /** The fault, what it loses, and the remedy. */
  readonly message: string
}

/** Looks at one server. */
export async function checkServer(client: RedisClient): Promise<readonly RedisFinding[]> {
  try {
    const [policy, appendOnly, fsync] = await Promise.all([
      setting(client, 'maxmemory-policy'),
      setting(client, 'appendonly'),
      setting(client, 'appendfsync'),
    ])
    return [...eviction(policy), ...persistence(appendOnly, fsync)]
  } catch (error) {
    return await checkByInfo(client, error)
  }
}

/** CONFIG is forbidden on many managed servers; INFO tells the policy of eviction, and not that of fsync. */
async function checkByInfo(client: RedisClient, error: unknown): Promise<readonly RedisFinding[]> {
  const unchecked: RedisFinding = {
    code: 'ACUSE_REDIS_UNCHECKED',
    message: `The server's configuration could not be read (${messageOf(error)}). See to it that maxmemory-policy is noeviction, appendonly yes and appendfsync always`,
  }
  try {
    const [, policy] = /^maxmemory_policy:(\S+)/m.exec(await client.info('memory')) ?? []
    return policy === undefined ? [unchecked] : [...eviction(policy), unchecked]
  } catch {
    return [unchecked]
  }
}

function eviction(policy: string): RedisFinding[] {
  if (policy === 'noeviction') return []
  const message = `maxmemory-policy is ${policy}: when memory runs short, idempotency keys are forgotten, and their replays run again. Set it to noeviction; a full server is then answered with 503`
  return [{ code: 'ACUSE_REDIS_EVICTION', message }]
}

function persistence(appendOnly: string, fsync: string): RedisFinding[] {
  if (appendOnly === 'yes' && fsync === 'always') return []
  const is = appendOnly === 'yes' ? `appendfsync is ${fsync}` : 'appendonly is no'
  const message = `${is}: idempotency keys that were remembered shortly before a crash of the server are forgotten, and their replays run again. Set appendonly yes and appendfsync always`
  return [{ code: 'ACUSE_REDIS_PERSISTENCE', message }]
}

async function setting(client: RedisClient, name: string): Promise<string> {
  const answer = await client.config('GET', name)
  // RESP2 gives names and values in turn, RESP3 a map.
  const value: unknown = Array.isArray(answer) ? answer[1] : Reflect.get(Object(answer), name)
  if (typeof value === 'string') return value
  throw new Error(`CONFIG GET ${name} gave nothing`)
}

/** The loss in a failover. */
export async function checkReplicas(client: RedisClient, replicas: number): Promise<readonly RedisFinding[]> {
  const account = await client.info('replication').catch(() => undefined)
  if (account === undefined) return [] // Forbidden on some managed servers.
  const attached = account.match(/^slave\d+:.*state=online/gm)?.length ?? 0
  if (replicas > 0 && attached < replicas) {
    const message = `replicas is ${replicas}, and Redis has ${attached}: commits wait in vain. Attach replicas, or ask for fewer`
    return [{ code: 'ACUSE_REDIS_REPLICAS', message }]
  }
  if (replicas > 0 || attached === 0) return []
  const message = `Redis has ${attached} ${attached === 1 ? 'replica' : 'replicas'}, and none is waited for: idempotency keys that had not reached one are forgotten in a failover, and their replays run again. Set the option replicas: 1`
  return [{ code: 'ACUSE_REDIS_REPLICAS', message }]
}

/** A client that knows one node of a cluster reaches the idempotency keys of that node, and no others. */
export async function checkCluster(client: RedisClient): Promise<readonly RedisFinding[]> {
  if (client.nodes) return []
  const account = await client.info('cluster').catch(() => '') // Forbidden on some managed servers.
  if (!/^cluster_enabled:1/m.test(account)) return []
  const message =
    'The server is a node of a cluster, and the client knows no other one: idempotency keys that lie elsewhere are refused (MOVED), which is 503. Give redisDedupe a Cluster'
  return [{ code: 'ACUSE_REDIS_CLUSTER', message }]
}
