import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

/** A script of Redis, which knows it by its digest after the first call. */
export type Script<Result> = (
  client: Redis,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<Result>

/** A script with this text. `Result` is what the text returns, which no compiler reads. */
export function createScript<Result = unknown>(lua: string): Script<Result> {
  const digest = createHash('sha1').update(lua).digest('hex')
  const run: Script<unknown> = async (client, keys, args) => {
    try {
      return await client.evalsha(digest, keys.length, ...keys, ...args)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return client.eval(lua, keys.length, ...keys, ...args)
    }
  }
  return run as Script<Result>
}

/** Where a queue's jobs are: BullMQ's own names of its keys. */
export type ToKey = (type: string) => string

/**
 * Puts a job where the next worker takes it, and wakes one up, unless the queue is paused. It goes here
 * before it is taken from its old list: a script that fails half-way is not rolled back, and a job in two lists is
 * handled, one in none is not.
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
