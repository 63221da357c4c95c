import type { Redis } from 'ioredis'
import type { HeldJob } from './lease-scripts.ts'
import { createScript, pushLua, type ToKey } from './script.ts'

/** The place among delayed jobs from which on they are parked: BullMQ's for the year 2100. */
export const parkedFrom: number = Date.UTC(2100, 0, 1) * 0x1000

// KEYS: the job, its lock, active, stalled, delayed, parked jobs of the type, types. ARGV: token, job's id, type, place.
const park = createScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SREM', KEYS[4], ARGV[2])
redis.call('SADD', KEYS[7], ARGV[3])
redis.call('SADD', KEYS[6], ARGV[2])
redis.call('ZADD', KEYS[5], ARGV[4], ARGV[2])
redis.call('LREM', KEYS[3], -1, ARGV[2])
-- It was handed to nobody: no attempt.
redis.call('HINCRBY', KEYS[1], 'ats', -1)
redis.call('DEL', KEYS[2])
return 1`)

// KEYS: delayed, wait, meta, marker, types. ARGV: the prefix of the sets of parked jobs, place, most, then types.
const unpark = createScript(`${pushLua}
redis.call('SREM', KEYS[5], '')
local left, found = tonumber(ARGV[3]), 0
for at = 4, #ARGV do
  local parked = ARGV[1] .. ARGV[at]
  if left > found then
    for _, jobId in ipairs(redis.call('SRANDMEMBER', parked, left - found)) do
      -- Forgotten last: whatever stops in between is found again.
      local place = redis.call('ZSCORE', KEYS[1], jobId)
      if place and tonumber(place) >= tonumber(ARGV[2]) then
        push('RPUSH', KEYS[2], KEYS[3], KEYS[4], jobId)
        redis.call('ZREM', KEYS[1], jobId)
        found = found + 1
      end
      redis.call('SREM', parked, jobId)
    end
  end
  if redis.call('EXISTS', parked) == 0 then redis.call('SREM', KEYS[5], ARGV[at]) end
end
return found`)

const typesKey = 'parked'

/** Where the types are of which jobs are parked. */
export function parkedTypesKey(toKey: ToKey): string {
  return toKey(typesKey)
}

/** How the keys of parked jobs begin, before their type. */
export function parkedPrefix(toKey: ToKey): string {
  return toParkedKey(toKey, '')
}

/** Where the parked jobs of a type are. */
function toParkedKey(toKey: ToKey, type: string): string {
  return toKey(`parked:${type}`)
}

/** Puts a leased job out of the way, whose type nothing handles here. Whether the lease was still the token's. */
export async function parkJob(
  client: Redis,
  toKey: ToKey,
  { jobId, token }: HeldJob,
  type: string,
): Promise<boolean> {
  const own = [toKey(jobId), toKey(`${jobId}:lock`)]
  const shared = ['active', 'stalled', 'delayed'].map(toKey)
  const keys = [...own, ...shared, toParkedKey(toKey, type), toKey(typesKey)]
  return (await park(client, keys, [token, jobId, type, parkedFrom])) === 1
}

/** The types of which jobs are parked. */
export function parkedTypes(client: Redis, toKey: ToKey): Promise<string[]> {
  return client.smembers(toKey(typesKey))
}

/** How many jobs of a type are parked. */
export function countParked(client: Redis, toKey: ToKey, type: string): Promise<number> {
  return client.scard(toParkedKey(toKey, type))
}

/** Puts so many parked jobs of these types back where a worker takes them next. How many. */
export async function unparkJobs(
  client: Redis,
  toKey: ToKey,
  types: readonly string[],
  most: number,
): Promise<number> {
  const keys = ['delayed', 'wait', 'meta', 'marker', typesKey].map(toKey)
  return Number(await unpark(client, keys, [toParkedKey(toKey, ''), parkedFrom, most, ...types]))
}
