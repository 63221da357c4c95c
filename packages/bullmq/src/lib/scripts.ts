import type { Redis } from 'ioredis'
import { createScript, pushLua, type ToKey, tellLua } from './script.ts'

// KEYS: the copy's job, its own identity, the original's identity, the original's job, failed.
// ARGV: the time, the copy's job, whether it is not kept when the original is known, most, then fields and values.
const bury = createScript(`
-- Once: neither a copy that is dead nor one that was put back in the queue, or handled, is kept again.
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then return 0 end
if ARGV[3] == '1' and (redis.call('EXISTS', KEYS[3]) == 1 or redis.call('HEXISTS', KEYS[4], 'fp') == 1) then return 0 end
if redis.call('ZCARD', KEYS[5]) >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 5))
redis.call('ZADD', KEYS[5], ARGV[1], ARGV[2])
return 1`)

// KEYS: the job, its logs, failed, identity. ARGV: the job's id.
const discard = createScript(`
-- Only what is dead now; its identity is remembered.
if redis.call('ZREM', KEYS[3], ARGV[1]) == 0 then return 0 end
local kept = redis.call('HMGET', KEYS[1], 'fp', 'ttl')
if kept[1] and kept[2] then redis.call('SET', KEYS[4], kept[1], 'PX', kept[2]) end
redis.call('DEL', KEYS[1], KEYS[2])
return 1`)

// KEYS: the job, failed, wait, meta, marker, events, the original's job, its identity. ARGV: the job, the original's.
const redrive = createScript(`${pushLua}${tellLua}
local job, jobId = KEYS[1], ARGV[1]
if redis.call('ZREM', KEYS[2], jobId) == 0 then return 0 end
-- What was stale claims its identity, unless it was accepted meanwhile.
if string.sub(redis.call('HGET', job, 'failedReason') or '', 1, 6) == 'stale:' then
  if redis.call('EXISTS', KEYS[8]) == 1 or redis.call('HEXISTS', KEYS[7], 'fp') == 1 then
    redis.call('DEL', job)
    return 0
  end
  redis.call('RENAME', job, KEYS[7])
  job, jobId = KEYS[7], ARGV[2]
end
-- What completed stays completed; attempts are counted anew.
local written = redis.call('HGET', job, 'progress')
local isRead, progress = pcall(cjson.decode, written or '')
local completed = isRead and type(progress) == 'table' and progress.completed
local names = type(completed) == 'table' and #completed > 0 and cjson.encode(completed) or '[]'
redis.call('HDEL', job, 'finishedOn', 'processedOn', 'failedReason', 'atm', 'ats')
redis.call('HSET', job, 'progress', '{"completed":' .. names .. '}')
push('LPUSH', KEYS[3], KEYS[4], KEYS[5], jobId)
tell(KEYS[6], 'waiting', jobId, 'prev', 'failed')
return 1`)

/** A copy that may not be handled. */
export interface Copy {
  readonly jobId: string
  readonly identityKey: string
  /** Of the delivery that it may be a copy of. */
  readonly original: { readonly jobId: string; readonly identityKey: string }
  /** Not kept when that was accepted. */
  readonly isOnlyUnknown: boolean
  readonly maxDead: number
  readonly fields: Readonly<Record<string, string | number>>
}

/** Makes a failed job of a copy. Whether it was kept, and not before. */
export async function buryJob(client: Redis, toKey: ToKey, at: number, copy: Copy): Promise<boolean> {
  const { jobId, identityKey, original, isOnlyUnknown, maxDead, fields } = copy
  const keys = [toKey(jobId), identityKey, original.identityKey, toKey(original.jobId), toKey('failed')]
  const args = [at, jobId, isOnlyUnknown ? 1 : 0, maxDead, ...Object.entries(fields).flat()]
  return (await bury(client, keys, args)) === 1
}

/** Removes a failed job, whose identity stays. Whether it was there. */
export async function discardJob(
  client: Redis,
  toKey: ToKey,
  jobId: string,
  identityKey: string,
): Promise<boolean> {
  const keys = [toKey(jobId), toKey(`${jobId}:logs`), toKey('failed'), identityKey]
  return (await discard(client, keys, [jobId])) === 1
}

/** Puts a failed job back, its attempts counted anew. Whether it was there. */
export async function redriveJob(
  client: Redis,
  toKey: ToKey,
  jobId: string,
  original: Copy['original'],
): Promise<boolean> {
  const shared = ['failed', 'wait', 'meta', 'marker', 'events'].map(toKey)
  const keys = [toKey(jobId), ...shared, toKey(original.jobId), original.identityKey]
  return (await redrive(client, keys, [jobId, original.jobId])) === 1
}
