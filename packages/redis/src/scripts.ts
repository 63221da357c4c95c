import { createHash } from 'node:crypto'

/** One atomic step, and its SHA-1, by which a server that has seen it knows it. */
export interface Script {
  readonly lua: string
  readonly sha1: string
}

/** A script with this text. */
export function toScript(lua: string): Script {
  return { lua, sha1: createHash('sha1').update(lua).digest('hex') }
}

// An idempotency key is a hash: f body hash, t token of its owner, c '1' once it is committed, r the result. Its
// lease or retention is the expiry of the key, by the server's clock.

/** KEYS idempotency key. ARGV body hash, token, lease in ms. A client may send it twice: the second finds its own token. */
export const claimScript: Script = toScript(`
local known = redis.call('HMGET', KEYS[1], 'f', 'c', 'r', 't')
-- A claim without an end is what a script left that failed half-way.
if not known[1] or (not known[2] and redis.call('PTTL', KEYS[1]) == -1) then
  redis.call('HSET', KEYS[1], 'f', ARGV[1], 't', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'claimed'}
end
if known[1] ~= ARGV[1] then return {'conflict'} end
if not known[2] then return {known[4] == ARGV[2] and 'claimed' or 'in-flight'} end
return {'committed', known[3]}
`)

/** KEYS idempotency key. ARGV token, lease in ms. */
export const extendScript: Script = toScript(`
local known = redis.call('HMGET', KEYS[1], 't', 'c')
if known[1] ~= ARGV[1] or known[2] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`)

/** KEYS idempotency key. ARGV token, retention in ms, and the result where there is one. The same owner may repeat it. */
export const commitScript: Script = toScript(`
local known = redis.call('HMGET', KEYS[1], 't', 'c')
if known[1] ~= ARGV[1] then return 0 end
if known[2] then return 1 end
redis.call('PEXPIRE', KEYS[1], ARGV[2]) -- first: a full server refuses HSET unless the script has written before
redis.call('HSET', KEYS[1], 'c', '1')
if ARGV[3] then redis.call('HSET', KEYS[1], 'r', ARGV[3]) end
return 1
`)

/** KEYS idempotency key. ARGV token. Compare and delete: only a live claim of this owner is freed. */
export const releaseScript: Script = toScript(`
local known = redis.call('HMGET', KEYS[1], 't', 'c')
if known[1] == ARGV[1] and not known[2] then redis.call('DEL', KEYS[1]) end
return 1
`)

/** KEYS a key of the slot that failed. It writes, because a server may answer reads and refuse writes. */
export const probeScript: Script = toScript(`
redis.call('SET', KEYS[1], '1', 'PX', 1000)
return 1
`)
