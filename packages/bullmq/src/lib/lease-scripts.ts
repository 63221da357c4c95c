import type { Redis } from 'ioredis'
import { createScript, pushLua, type ToKey, tellLua } from './script.ts'

// Each begins with a command that needs no memory: Redis lets a script go on that has written, however full it is.

// KEYS: the job, its lock. ARGV: the lock's token, then the job's fields and values.
const note = createScript(`
-- Only its holder may write: another worker may have it by now.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], '')
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return 1`)

// KEYS: the job, its lock, its logs, active, stalled, events, idempotency key. ARGV: the lock's token, the job's id.
const complete = createScript(`${tellLua}
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SREM', KEYS[5], ARGV[2])
-- The idempotency key outlives the job, from now on for as long as it is kept.
local kept = redis.call('HMGET', KEYS[1], 'fp', 'ttl')
if kept[1] and kept[2] then redis.call('SET', KEYS[7], kept[1], 'PX', kept[2]) end
redis.call('LREM', KEYS[4], -1, ARGV[2])
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
tell(KEYS[6], 'completed', ARGV[2], 'returnvalue', 'null', 'prev', 'active')
return 1`)

// KEYS: wait, active, stalled. ARGV: the keys' prefix, the lease, then id, token and start of each job.
const renew = createScript<string[]>(`
local wait, active, stalled, lost = KEYS[1], KEYS[2], KEYS[3], {}
local function isTaken(jobId, start)
  -- Nobody leased it since, so it is still this worker's, however late it comes.
  if redis.call('HGET', ARGV[1] .. jobId, 'ats') ~= start then return false end
  if redis.call('LPOS', active, jobId) then return true end
  if not redis.call('LPOS', wait, jobId, 'RANK', -1) then return false end
  redis.call('LPUSH', active, jobId)
  redis.call('LREM', wait, -1, jobId)
  return true
end
for at = 3, #ARGV, 3 do
  local jobId, token, lock = ARGV[at], ARGV[at + 1], ARGV[1] .. ARGV[at] .. ':lock'
  redis.call('SREM', stalled, jobId)
  local holder = redis.call('GET', lock)
  if holder == token or (not holder and isTaken(jobId, ARGV[at + 2])) then
    redis.call('SET', lock, token, 'PX', ARGV[2])
  else
    table.insert(lost, jobId)
  end
end
return lost`)

// KEYS: active, wait, meta, marker, events, the check's own. ARGV: the keys' prefix, time to the next check.
const reclaim = createScript(`${pushLua}${tellLua}
redis.call('DEL', KEYS[6] .. ':')
if not redis.call('SET', KEYS[6], 1, 'PX', ARGV[2], 'NX') then return 0 end
-- The oldest leases are at the end: what is taken away from there moves nothing else.
local jobIds, found = redis.call('LRANGE', KEYS[1], 0, -1), 0
for at = #jobIds, 1, -1 do
  local jobId = jobIds[at]
  if redis.call('EXISTS', ARGV[1] .. jobId .. ':lock') == 0 then
    push('RPUSH', KEYS[2], KEYS[3], KEYS[4], jobId)
    redis.call('LREM', KEYS[1], -1, jobId)
    tell(KEYS[5], 'stalled', jobId)
    found = found + 1
  end
end
return found`)

// KEYS: delayed, wait, meta, marker, the job. ARGV: the job's id.
const promote = createScript(`${pushLua}
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('HDEL', KEYS[5], '')
redis.call('HSET', KEYS[5], 'delay', 0)
push('LPUSH', KEYS[2], KEYS[3], KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
return 1`)

/** A job that this process runs. */
export interface HeldJob {
  readonly jobId: string
  readonly token: string
  /** BullMQ's number of its start, which no other lease of it has. */
  readonly start: number
}

/** Writes fields of a job that is leased. Whether the lease is still the token's. */
export async function noteInJob(
  client: Redis,
  toKey: ToKey,
  { jobId, token }: HeldJob,
  fields: Readonly<Record<string, string>>,
): Promise<boolean> {
  const keys = [toKey(jobId), toKey(`${jobId}:lock`)]
  return (await note(client, keys, [token, ...Object.entries(fields).flat()])) === 1
}

/** Removes a job that is handled, and remembers its idempotency key. Whether the lease was still the token's. */
export async function completeJob(
  client: Redis,
  toKey: ToKey,
  { jobId, token }: HeldJob,
  idempotencyRedisKey: string,
): Promise<boolean> {
  const own = [toKey(jobId), toKey(`${jobId}:lock`), toKey(`${jobId}:logs`)]
  const keys = [...own, ...['active', 'stalled', 'events'].map(toKey), idempotencyRedisKey]
  return (await complete(client, keys, [token, jobId])) === 1
}

/** Renews leases, also those that ran out and that nobody took. Returns the jobs whose leases are lost. */
export async function renewJobs(
  client: Redis,
  toKey: ToKey,
  jobs: readonly HeldJob[],
  leaseMs: number,
): Promise<readonly string[]> {
  const each = jobs.flatMap(({ jobId, token, start }) => [jobId, token, start])
  return renew(client, ['wait', 'active', 'stalled'].map(toKey), [toKey(''), leaseMs, ...each])
}

/** Puts back what lost its lease, once in `everyMs`, whoever asks. Returns how many there were. */
export async function reclaimJobs(client: Redis, toKey: ToKey, everyMs: number): Promise<number> {
  const keys = ['active', 'wait', 'meta', 'marker', 'events', 'stalled-check'].map(toKey)
  return Number(await reclaim(client, keys, [toKey(''), everyMs]))
}

/** Makes a delayed job due now. Whether it was delayed. */
export async function promoteJob(client: Redis, toKey: ToKey, jobId: string): Promise<boolean> {
  const keys = [...['delayed', 'wait', 'meta', 'marker'].map(toKey), toKey(jobId)]
  return (await promote(client, keys, [jobId])) === 1
}
