import type { HandledTypes } from '@acuse/core/inbox-kit'
import type { Redis } from 'ioredis'
import { parkedFrom, parkedPrefix, parkedTypesKey } from './park-scripts.ts'
import { createScript, type ToKey } from './script.ts'

/** How many of a state are looked at. */
const mostLookedAt = 1_000

// KEYS: active, wait, delayed, types of parked jobs.
// ARGV: the prefix of jobs, that of sets of parked jobs, place of parked jobs, most, 'only' or 'except', then types.
const rest = createScript(`
-- In one look: between two, a job goes from one state to another, and would be seen in none.
local listed = {}
for at = 6, #ARGV do listed[ARGV[at]] = true end
local function isHandled(type)
  return type and (listed[type] == true) == (ARGV[5] == 'only')
end
local most = tonumber(ARGV[4])
local places = {
  redis.call('LRANGE', KEYS[1], 0, most - 1),
  redis.call('LRANGE', KEYS[2], 0, most - 1),
  redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. ARGV[3], 'LIMIT', 0, most),
}
for _, jobIds in ipairs(places) do
  for _, jobId in ipairs(jobIds) do
    if isHandled(redis.call('HGET', ARGV[1] .. jobId, 'name')) then return 0 end
  end
end
for _, type in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  if isHandled(type) and redis.call('SCARD', ARGV[2] .. type) > 0 then return 0 end
end
return 1`)

/** Whether nothing is left of what is handled here. */
export async function isAllHandled(client: Redis, toKey: ToKey, handles: HandledTypes): Promise<boolean> {
  const keys = [...['active', 'wait', 'delayed'].map(toKey), parkedTypesKey(toKey)]
  const filter = 'only' in handles ? ['only', ...handles.only] : ['except', ...handles.except]
  const args = [toKey(''), parkedPrefix(toKey), parkedFrom, mostLookedAt, ...filter]
  return (await rest(client, keys, args)) === 1
}
