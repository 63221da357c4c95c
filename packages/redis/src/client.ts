import { describeError, readThrown } from '@acuse/core/inbox-kit'
import type { Script } from './scripts.ts'

/** The part of an ioredis client that is used; `Redis` and `Cluster` of ioredis 5 and 6 have it. */
export interface RedisClient {
  /** Runs a script that the server knows. */
  evalsha(sha1: string, keys: number, ...rest: string[]): Promise<unknown>
  /** Runs a script. */
  eval(lua: string, keys: number, ...rest: string[]): Promise<unknown>
  /** Reads sections of the server's own account. */
  info(...sections: string[]): Promise<string>
  /** Reads the server's configuration. */
  config(get: 'GET', name: string): Promise<unknown>
  /** Waits until replicas have what this connection wrote; how many have. */
  wait?(replicas: number, timeoutMs: number): Promise<number | string>
  /** Such as `ready`. */
  readonly status?: string
  /** Ends the connection, and begins a new one. */
  disconnect?(reconnect: boolean): void
  /** Tells when a connection is lost. */
  on?(event: 'close', listener: () => void): unknown
  /** The nodes of a cluster; absent on a single node. */
  nodes?(role: 'master'): RedisClient[]
}

/**
 * A client that can be used.
 * @throws TypeError when it is not one
 */
export function checkClient(client: RedisClient): RedisClient {
  if (typeof client?.evalsha === 'function' && typeof client.eval === 'function') return client
  throw new TypeError(
    'redisDedupe takes an ioredis client: redisDedupe(new Redis(url, redisClientOptions()))',
  )
}

/** Runs a script on one key; the server is sent the text only when it does not know it. */
export async function runScript(
  client: RedisClient,
  { sha1, lua }: Script,
  key: string,
  args: readonly string[],
): Promise<unknown> {
  try {
    return await client.evalsha(sha1, 1, key, ...args)
  } catch (error) {
    if (!messageOf(error).startsWith('NOSCRIPT')) throw error
    return await client.eval(lua, 1, key, ...args)
  }
}

/** The message of anything that may be thrown. */
export function messageOf(error: unknown): string {
  const message = readThrown(error, 'message')
  return typeof message === 'string' ? message : describeError(error).message
}
