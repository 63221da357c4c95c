import { createHash } from 'node:crypto'

const ttlMs = '10000'

/** How the names of keys begin. */
export interface Bases {
  /** Of the inbox's own, and of all its queues. */
  readonly own: string
  readonly queue: string
}

/**
 * Every command that scripts of BullMQ's and ours use, in an order in which each succeeds where all are allowed.
 * A test compares them with the scripts.
 */
export function trialsOf({ own, queue }: Bases): { keys: string[]; trials: string[][] } {
  const [text, set] = [`${own}:check:text`, `${own}:check:set`]
  const [hash, list] = [`${queue}:check:hash`, `${queue}:check:list`]
  const [sorted, stream] = [`${queue}:check:sorted`, `${queue}:check:stream`]
  const keys = [text, hash, list, sorted, set, stream]
  return { keys, trials: [...plainTrials(text, hash, list, keys), ...setTrials(sorted, set, stream, keys)] }
}

function plainTrials(text: string, hash: string, list: string, keys: readonly string[]): string[][] {
  return [
    ['TIME'],
    ['DEL', ...keys],
    ['SET', text, '1', 'PX', ttlMs, 'NX'],
    ['GET', text],
    ['INCR', text],
    ['EXISTS', text],
    ['PTTL', text],
    ['PEXPIRE', text, ttlMs],
    ['PERSIST', text],
    ['PEXPIRE', text, ttlMs],
    ['HSET', hash, 'a', '1'],
    ['HMSET', hash, 'b', '1'],
    ['PEXPIRE', hash, ttlMs],
    ['HGET', hash, 'a'],
    ['HMGET', hash, 'a', 'b'],
    ['HGETALL', hash],
    ['HEXISTS', hash, 'a'],
    ['HLEN', hash],
    ['HINCRBY', hash, 'a', '1'],
    ['HDEL', hash, 'b'],
    ['RENAME', hash, hash],
    ['LPUSH', list, 'a', 'b'],
    ['RPUSH', list, 'c'],
    ['PEXPIRE', list, ttlMs],
    ['LLEN', list],
    ['LPOS', list, 'a'],
    ['LRANGE', list, '0', '-1'],
    ['LINDEX', list, '0'],
    ['LTRIM', list, '0', '9'],
    ['RPOPLPUSH', list, list],
    ['LREM', list, '1', 'a'],
    ['RPOP', list],
  ]
}

function setTrials(sorted: string, set: string, stream: string, keys: readonly string[]): string[][] {
  return [
    ['ZADD', sorted, '1', 'a', '2', 'b', '3', 'c'],
    ['PEXPIRE', sorted, ttlMs],
    ['ZCARD', sorted],
    ['ZCOUNT', sorted, '1', '2'],
    ['ZSCORE', sorted, 'a'],
    ['ZRANGE', sorted, '0', '-1'],
    ['ZREVRANGE', sorted, '0', '-1'],
    ['ZRANGEBYSCORE', sorted, '1', '2'],
    ['ZREVRANGEBYSCORE', sorted, '2', '1'],
    ['ZSCAN', sorted, '0'],
    ['ZREM', sorted, 'a'],
    ['ZREMRANGEBYSCORE', sorted, '8', '9'],
    ['ZREMRANGEBYRANK', sorted, '8', '9'],
    ['ZPOPMIN', sorted],
    ['SADD', set, 'a', 'b'],
    ['PEXPIRE', set, ttlMs],
    ['SCARD', set],
    ['SMEMBERS', set],
    ['SRANDMEMBER', set, '1'],
    ['SREM', set, 'a'],
    ['XADD', stream, 'MAXLEN', '~', '9', '*', 'a', '1'],
    ['XTRIM', stream, 'MAXLEN', '~', '9'],
    ['DEL', ...keys],
  ]
}

const lua = `
-- KEYS: those of the trials. ARGV: the trials, each a command and its arguments. Those that failed, and why.
local failed = {}
for _, words in ipairs(cjson.decode(ARGV[1])) do
  local answer = redis.pcall(unpack(words))
  if type(answer) == 'table' and answer.err then table.insert(failed, {words[1], answer.err}) end
end
return failed`
const script = { lua, sha1: createHash('sha1').update(lua).digest('hex') }

/** Runs trials; a failure of one keeps no other from running. */
export function trialScript(): { readonly lua: string; readonly sha1: string } {
  return script
}

/** A command's failure as a sentence with the remedy. */
export function toMissing(command: string, message: string, { own }: Bases): string {
  if (/\bkeys?\b/.test(message)) {
    return `Redis does not let this user write keys that begin with ${own}: grant it ~${own}*`
  }
  const remedy = `grant it +${command.toLowerCase()}, or take the rename-command away`
  return `Redis does not let this user run ${command} (${message.replace(/ script: .*$/s, '')}): ${remedy}`
}
