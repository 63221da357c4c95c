import type { Redis } from 'ioredis'
import { parkedFrom } from './park-scripts.ts'
import { createScript, type ToKey } from './script.ts'

/** How many jobs are looked at in one call: no call holds Redis for long. */
const chunk = 1_000

// KEYS: wait, prioritized, active, delayed. ARGV: the most of each place, from where on delayed jobs are parked.
const places = createScript<[string[], string[], string[], string[], string[]]>(`
local last = ARGV[1] - 1
return {
  redis.call('LRANGE', KEYS[1], 0, last),
  redis.call('ZRANGE', KEYS[2], 0, last),
  redis.call('LRANGE', KEYS[3], 0, last),
  redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', '(' .. ARGV[2], 'WITHSCORES', 'LIMIT', 0, ARGV[1]),
  redis.call('ZRANGEBYSCORE', KEYS[4], ARGV[2], '+inf', 'LIMIT', 0, ARGV[1]),
}`)

// ARGV: the keys' prefix, then the ids of jobs.
const describe = createScript<(string | null | false)[][]>(`
local answer = {}
for at = 2, #ARGV do
  answer[at - 1] = redis.call('HMGET', ARGV[1] .. ARGV[at], 'timestamp', 'pv', 'name', 'ok', 'ats', 'progress')
end
return answer`)

// KEYS: the job, wait, prioritized, active, delayed. ARGV: the job's id.
const locate = createScript<[string | null, string | null, (string | null)[]] | null>(`
local function placeOf()
  local score = redis.call('ZSCORE', KEYS[5], ARGV[1])
  if score then return 'delayed', score end
  if redis.call('LPOS', KEYS[4], ARGV[1]) then return 'active' end
  if redis.call('ZSCORE', KEYS[3], ARGV[1]) or redis.call('LPOS', KEYS[2], ARGV[1]) then return 'wait' end
end
local place, score = placeOf()
if not place then return false end
return { place, score or false,
  redis.call('HMGET', KEYS[1], 'timestamp', 'pv', 'name', 'ok', 'ats', 'progress', 'data', 'stacktrace') }`)

/** Where a job is. */
export interface JobPlace {
  readonly jobId: string
  readonly state: 'waiting' | 'leased' | 'delayed'
  /** When it is due, in milliseconds since 1970; only where it is delayed. */
  readonly dueAt?: number | undefined
}

/** Fields of a job: when it was received, its provider, type and ordering key, how often it was started, its progress. */
export type JobFields = readonly (string | null | false)[]

/** Where all jobs of a queue are, at one moment; so many of each place at the most. */
export async function findJobs(client: Redis, toKey: ToKey, most: number): Promise<JobPlace[]> {
  const keys = ['wait', 'prioritized', 'active', 'delayed'].map(toKey)
  const [wait, prioritized, active, delayed, parked] = await places(client, keys, [most, parkedFrom])
  const found = new Map<string, JobPlace>()
  const add = (jobId: string, place: Omit<JobPlace, 'jobId'>) => found.set(jobId, { jobId, ...place })
  for (const jobId of [...wait, ...prioritized, ...parked]) add(jobId, { state: 'waiting' })
  for (let at = 0; at < delayed.length; at += 2)
    add(String(delayed[at]), { state: 'delayed', dueAt: toDueAt(delayed[at + 1]) })
  for (const jobId of active) add(jobId, { state: 'leased' })
  return [...found.values()]
}

/** The fields of these jobs, in their order. */
export async function readJobs(client: Redis, toKey: ToKey, jobIds: readonly string[]): Promise<JobFields[]> {
  const all: JobFields[] = []
  for (let at = 0; at < jobIds.length; at += chunk)
    all.push(...(await describe(client, [], [toKey(''), ...jobIds.slice(at, at + chunk)])))
  return all
}

/** Where a job is, with its fields, its data and its stack traces behind them; `undefined`: it is dead, or there is none. */
export async function findJob(
  client: Redis,
  toKey: ToKey,
  jobId: string,
): Promise<{ readonly place: JobPlace; readonly fields: JobFields } | undefined> {
  const keys = [jobId, 'wait', 'prioritized', 'active', 'delayed'].map(toKey)
  const answer = await locate(client, keys, [jobId])
  if (!answer) return undefined
  const [name, score, fields] = answer
  if (name === 'active') return { place: { jobId, state: 'leased' }, fields }
  const isDelayed = name === 'delayed' && Number(score) < parkedFrom
  const place: JobPlace = isDelayed
    ? { jobId, state: 'delayed', dueAt: toDueAt(score) }
    : { jobId, state: 'waiting' }
  return { place, fields }
}

/** BullMQ puts the time before twelve bits of its own. */
function toDueAt(score: string | null | undefined): number {
  return Math.floor(Number(score) / 0x1000)
}
