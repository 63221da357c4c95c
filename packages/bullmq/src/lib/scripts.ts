import type { Redis } from 'ioredis'
import { createScript, pushLua, type ToKey, tellLua } from './script.ts'

// KEYS: the copy's job, its own idempotency key, the original's idempotency key, the original's job, failed.
// ARGV: the time, the copy's job, whether it is not kept when the original is known, most, body hash, then fields and values.
const deadLetter = createScript(`
-- Once: neither a copy that is dead nor one that was put back in the queue, or handled, is kept again. Its body hash is
-- written last: a copy without one is in no list.
if redis.call('HEXISTS', KEYS[1], 'fp') == 1 or redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
if ARGV[3] == '1' and (redis.call('EXISTS', KEYS[3]) == 1 or redis.call('HEXISTS', KEYS[4], 'fp') == 1) then return 0 end
if redis.call('ZCARD', KEYS[5]) >= tonumber(ARGV[4]) then return -1 end
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
redis.call('ZADD', KEYS[5], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[1], 'fp', ARGV[5])
return 1`)

// KEYS: the job, its logs, failed, idempotency key. ARGV: the job's id.
const discard = createScript(`
-- Only what is dead now; its idempotency key is remembered.
if not redis.call('ZSCORE', KEYS[3], ARGV[1]) then return 0 end
redis.call('HDEL', KEYS[1], '')
local kept = redis.call('HMGET', KEYS[1], 'fp', 'ttl')
if kept[1] and kept[2] then redis.call('SET', KEYS[4], kept[1], 'PX', kept[2]) end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1`)

// KEYS: the job, failed, wait, meta, marker, events, the original's job, its idempotency key, active, delayed, prioritized.
// ARGV: the job, the original's, the most that are live, the call.
const redrive = createScript(`${pushLua}${tellLua}
local job, jobId = KEYS[1], ARGV[1]
if not redis.call('ZSCORE', KEYS[2], jobId) then return 0 end
-- Once a call, whatever the clock says of the worker on which it died again.
if redis.call('HGET', job, 'rd') == ARGV[4] then return 0 end
local live = redis.call('LLEN', KEYS[3]) + redis.call('LLEN', KEYS[9]) + redis.call('ZCARD', KEYS[10])
  + redis.call('ZCARD', KEYS[11])
if live >= tonumber(ARGV[3]) then return -1 end
redis.call('HDEL', job, '')
-- What was stale claims its idempotencyKey, unless it was accepted meanwhile.
local isStale = string.sub(redis.call('HGET', job, 'failedReason') or '', 1, 6) == 'stale:'
if isStale and (redis.call('EXISTS', KEYS[8]) == 1 or redis.call('HEXISTS', KEYS[7], 'fp') == 1) then
  redis.call('DEL', job)
  redis.call('ZREM', KEYS[2], jobId)
  return 0
end
push('LPUSH', KEYS[3], KEYS[4], KEYS[5], isStale and ARGV[2] or jobId)
if isStale then
  redis.call('RENAME', job, KEYS[7])
  job = KEYS[7]
end
redis.call('ZREM', KEYS[2], jobId)
-- What completed stays completed; attempts are counted anew.
local written = redis.call('HGET', job, 'progress')
local isRead, progress = pcall(cjson.decode, written or '')
local completed = isRead and type(progress) == 'table' and progress.completed
local names = type(completed) == 'table' and #completed > 0 and cjson.encode(completed) or '[]'
redis.call('HDEL', job, 'finishedOn', 'processedOn', 'failedReason', 'atm', 'ats')
redis.call('HSET', job, 'progress', '{"completed":' .. names .. '}', 'rd', ARGV[4])
tell(KEYS[6], 'waiting', isStale and ARGV[2] or jobId, 'prev', 'failed')
return 1`)

/** A copy that may not be handled. */
export interface Copy {
  readonly jobId: string
  readonly idempotencyRedisKey: string
  /** Of the delivery that it may be a copy of. */
  readonly original: { readonly jobId: string; readonly idempotencyRedisKey: string }
  /** Not kept when that was accepted. */
  readonly isOnlyUnknown: boolean
  readonly maxDead: number
  readonly bodyHash: string
  readonly fields: Readonly<Record<string, string | number>>
}

/** The outcome for a job: nothing when it was not there, or when there is no room. */
export type Changed = 'changed' | 'gone' | 'full'

function toChanged(answer: unknown): Changed {
  if (answer === 1) return 'changed'
  return answer === -1 ? 'full' : 'gone'
}

/** Makes a failed job of a copy; `gone` when it was kept before, or is not to be kept. */
export async function deadLetterJob(client: Redis, toKey: ToKey, at: number, copy: Copy): Promise<Changed> {
  const { jobId, idempotencyRedisKey, original, isOnlyUnknown, maxDead, bodyHash, fields } = copy
  const keys = [
    toKey(jobId),
    idempotencyRedisKey,
    original.idempotencyRedisKey,
    toKey(original.jobId),
    toKey('failed'),
  ]
  const args = [at, jobId, isOnlyUnknown ? 1 : 0, maxDead, bodyHash, ...Object.entries(fields).flat()]
  return toChanged(await deadLetter(client, keys, args))
}

/** Removes a failed job, whose idempotency key stays. */
export async function discardJob(
  client: Redis,
  toKey: ToKey,
  jobId: string,
  idempotencyRedisKey: string,
): Promise<Changed> {
  const keys = [toKey(jobId), toKey(`${jobId}:logs`), toKey('failed'), idempotencyRedisKey]
  return toChanged(await discard(client, keys, [jobId]))
}

/** How a failed job is put back. */
export interface Redrive {
  /** Only where fewer than so many are not handled. */
  readonly mostLive: number
  /** Names the call, which puts it back once. */
  readonly call: string
}

/** Puts a failed job back, its attempts counted anew. */
export async function redriveJob(
  client: Redis,
  toKey: ToKey,
  { jobId, original, mostLive, call }: Redrive & Pick<Copy, 'jobId' | 'original'>,
): Promise<Changed> {
  const shared = ['failed', 'wait', 'meta', 'marker', 'events'].map(toKey)
  const keys = [toKey(jobId), ...shared, toKey(original.jobId), original.idempotencyRedisKey]
  const live = ['active', 'delayed', 'prioritized'].map(toKey)
  return toChanged(await redrive(client, [...keys, ...live], [jobId, original.jobId, mostLive, call]))
}
