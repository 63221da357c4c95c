import type { RedisFinding } from './check.ts'
import { messageOf, type RedisClient } from './client.ts'
import { toScript } from './scripts.ts'

/** Every command of the scripts, on a key that is theirs alone. */
const trialScript = toScript(`
local trials = {
  {'HSET', KEYS[1], 'f', '1'}, {'PEXPIRE', KEYS[1], '1000'}, {'PTTL', KEYS[1]}, {'HMGET', KEYS[1], 'f'},
  {'DEL', KEYS[1]}, {'SET', KEYS[1], '1', 'PX', '1000'},
}
local failed = {}
for _, words in ipairs(trials) do
  local answer = redis.pcall(unpack(words))
  if type(answer) == 'table' and answer.err then table.insert(failed, {words[1], answer.err}) end
end
return failed
`)

/** How Redis says that a user may not run a command, or not on a key, or that nobody may. */
const refused = /NOPERM|permission|can't run|unknown (redis )?command/i

/** The commands, or keys, that this user lacks: a call would fail, or stop half-way. */
export async function checkRights(client: RedisClient, prefix: string): Promise<readonly RedisFinding[]> {
  const key = `${prefix}{check}:rights`
  const missing: [command: string, message: string][] = []
  const attempt = async (command: string, call: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await call()
    } catch (error) {
      missing.push([command, messageOf(error)])
      return undefined
    }
  }
  const failed = await attempt('EVAL', () => client.eval(trialScript.lua, 1, key))
  if (Array.isArray(failed)) {
    missing.push(...(failed as typeof missing))
    await attempt('EVALSHA', () => client.evalsha(trialScript.sha1, 1, key))
  }
  // Whatever else fails passes, or is a failure of each call.
  const lacking = missing.filter(([, message]) => refused.test(message))
  if (lacking.length === 0) return []
  const commands = [...new Set(lacking.map(([command]) => command))]
  const isOfKeys = lacking.some(([, message]) => /\bkeys?\b/.test(message))
  const remedy = isOfKeys ? `~${prefix}*` : commands.map((command) => `+${command.toLowerCase()}`).join(' ')
  const message = `Redis does not let this user run ${commands.join(', ')} (${lacking[0]?.[1].replace(/ script: .*$/s, '')}), and every delivery would get 503: grant it ${remedy}, or take the rename-command away`
  return [{ code: 'ACUSE_REDIS_REFUSED', message }]
}
