import type { AcceptResult } from '@acuse/core/inbox-kit'
import type { Redis } from 'ioredis'
import { createScript, pushLua, type ToKey, tellLua } from './script.ts'

// KEYS: idempotency key, job, wait, active, delayed, failed, prioritized, meta, marker, events.
// ARGV: job's id, body hash, how long the idempotency key is kept, most deliveries, then the job's fields and values.
const acceptJob = createScript<AcceptResult>(`${pushLua}${tellLua}
local idempotencyKey, job, wait, active, delayed, failed, prioritized = unpack(KEYS, 1, 7)
local jobId, bodyHash = ARGV[1], ARGV[2]
local function answer(known) return known == bodyHash and 'duplicate' or 'conflict' end

local handled = redis.call('GET', idempotencyKey)
if handled then return answer(handled) end

-- The bodyHash is written last: a job that has it was put into the queue, and is in it as long as it was never leased.
local held = redis.call('HMGET', job, 'fp', 'ats')
local function isSomewhere()
  return redis.call('EXISTS', job .. ':lock') == 1 or redis.call('ZSCORE', delayed, jobId)
    or redis.call('ZSCORE', failed, jobId) or redis.call('ZSCORE', prioritized, jobId)
    or redis.call('LPOS', active, jobId) or redis.call('LPOS', wait, jobId)
end
if held[1] and (not held[2] or isSomewhere()) then return answer(held[1]) end

local live = redis.call('LLEN', wait) + redis.call('LLEN', active) + redis.call('ZCARD', delayed)
  + redis.call('ZCARD', failed) + redis.call('ZCARD', prioritized)
if live >= tonumber(ARGV[4]) then return 'full' end

-- What a script left that failed half-way.
if redis.call('EXISTS', job) == 1 then
  redis.call('LREM', wait, 0, jobId)
  redis.call('LREM', active, 0, jobId)
  redis.call('ZREM', delayed, jobId)
  redis.call('ZREM', failed, jobId)
  redis.call('DEL', job)
end
redis.call('HSET', job, unpack(ARGV, 5))
push('LPUSH', wait, KEYS[8], KEYS[9], jobId)
redis.call('HSET', job, 'ttl', ARGV[3], 'fp', bodyHash)
tell(KEYS[10], 'waiting', jobId)
return 'accepted'`)

/** A delivery as it is accepted. */
export interface NewJob {
  readonly jobId: string
  /** The key of its idempotency key, when it is handled. */
  readonly idempotencyRedisKey: string
  readonly bodyHash: string
  readonly ttlMs: number
  /** The most deliveries of the queue that are not handled. */
  readonly maxDeliveries: number
  /** The job's, by BullMQ's names. */
  readonly fields: Readonly<Record<string, string | number>>
}

/** One step: the idempotency key is the job, or what is left of it when it is handled; there is nothing to be left behind. */
export async function acceptInto(client: Redis, toKey: ToKey, job: NewJob): Promise<AcceptResult> {
  const { jobId, idempotencyRedisKey, bodyHash, ttlMs, maxDeliveries, fields } = job
  const places = ['wait', 'active', 'delayed', 'failed', 'prioritized', 'meta', 'marker', 'events']
  return acceptJob(
    client,
    [idempotencyRedisKey, toKey(jobId), ...places.map(toKey)],
    [jobId, bodyHash, ttlMs, maxDeliveries, ...Object.entries(fields).flat()],
  )
}
