import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

/** A script of Redis, which knows it by its digest after the first call. */
export type Script = (
  client: Redis,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>

/** A script with this text. */
export function createScript(lua: string): Script {
  const digest = createHash('sha1').update(lua).digest('hex')
  return async (client, keys, args) => {
    try {
      return await client.evalsha(digest, keys.length, ...keys, ...args)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return client.eval(lua, keys.length, ...keys, ...args)
    }
  }
}

/** Where a queue's jobs are: BullMQ's own names of its keys. */
export type ToKey = (type: string) => string

/**
 * Puts a job where the next worker takes it, and wakes one up, unless the queue is paused. Before it is taken away from
 * where it was: a script that fails half-way is not rolled back, and a job in two places is handled, one in none is not.
 */
export const pushLua = `
local function push(command, waitKey, metaKey, markerKey, jobId)
  redis.call(command, waitKey, jobId)
  if redis.call('HEXISTS', metaKey, 'paused') == 0 then redis.call('ZADD', markerKey, 0, '0') end
end
`

/** Tells those who listen to the queue's events; what was done counts without it. */
export const tellLua = `
local function tell(eventsKey, event, jobId, ...)
  redis.pcall('XADD', eventsKey, 'MAXLEN', '~', 10000, '*', 'event', event, 'jobId', jobId, ...)
end
`
