import type { Redis } from 'ioredis'
import { type Bases, toMissing, trialScript, trialsOf } from './trial.ts'

/** Requirements of an inbox on a server. */
export interface Needs {
  readonly bases: Bases
  /** Whether a worker waits for jobs. */
  readonly waits: boolean
  /** How many replicas are to have what is accepted. */
  readonly replicas: number
}

/** Before 7.0 the error of a script's call says so behind the script's own name and line. */
const full = /(^|[\s-])OOM\b/
/** Temporary errors, which say nothing about what the server supports. */
const passing = /(^|[\s-])(OOM|READONLY|LOADING|MASTERDOWN|NOREPLICAS|MISCONF|BUSY|NOAUTH|WRONGPASS)\b/
const oldest = [6, 2] as const

/**
 * Requirements that the server does not meet, without which an accept would stop half-way: one sentence for each, with the
 * remedy; empty when nothing.
 * @throws when the server could not be asked
 */
export async function whatIsMissing(client: Redis, needs: Needs): Promise<string[]> {
  const about = await hello(client)
  if (about.mode === 'cluster') {
    return [
      'Redis is a node of a cluster, on which the keys of a queue lie on different nodes (CROSSSLOT): give bullmqInbox a server with cluster mode disabled',
    ]
  }
  if (about.version === undefined || isOlder(about.version)) {
    return [
      `Redis ${about.version ?? 'before 6.2'} is too old: BullMQ needs 6.2 or later, on others its scripts stop half-way. Upgrade the server`,
    ]
  }
  return await missingRights(client, needs)
}

interface About {
  readonly version: string | undefined
  readonly mode: string | undefined
}

/** HELLO is allowed where INFO is not. */
async function hello(client: Redis): Promise<About> {
  let answer: unknown
  try {
    answer = await client.call('HELLO')
  } catch (error) {
    // Redis 6.0 knows it, and not without the version of a protocol.
    if (isAnswer(error) && /unknown command|wrong number of arguments/i.test(error.message))
      return { version: undefined, mode: undefined }
    throw error
  }
  const words = Array.isArray(answer) ? answer.map(String) : []
  const read = (name: string) => {
    const at = words.indexOf(name)
    return at < 0 ? undefined : words[at + 1]
  }
  return { version: read('version'), mode: read('mode') }
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1])
}

/** Each command is tried on keys of our own: ACL DRYRUN is of 7.0, and forbidden to whom it is about. */
async function missingRights(client: Redis, { bases, waits, replicas }: Needs): Promise<string[]> {
  const { keys, trials } = trialsOf(bases)
  const missing = new Set<string>()
  const attempt = async <T>(command: string, run: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await run()
    } catch (error) {
      if (!isAnswer(error) || passing.test(error.message)) throw error
      missing.add(toMissing(command, error.message, bases))
      return undefined
    }
  }
  const script = trialScript()
  const failed = await attempt(
    'EVAL',
    // What the script collects: a command and the error that it met.
    () =>
      client.eval(script.lua, keys.length, ...keys, JSON.stringify(trials)) as Promise<[string, string][]>,
  )
  for (const [command, message] of failed ?? []) {
    if (!passing.test(message)) missing.add(toMissing(command, message, bases))
    // A full server refuses every write, so nothing more can be learnt; that is not a missing right.
    else if (!full.test(message)) throw new Error(message)
  }
  if (failed) await attempt('EVALSHA', () => client.evalsha(script.sha1, keys.length, ...keys, '[]'))
  if (waits) await attempt('BZPOPMIN', () => client.bzpopmin(`${bases.queue}:check:none`, 0.01))
  if (replicas > 0) await attempt('WAIT', () => client.wait(0, 1))
  return [...missing]
}

/** An answer of the server's, and no failure of the connection. */
function isAnswer(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}
