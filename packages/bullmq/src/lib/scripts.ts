import type { Redis } from 'ioredis'

// KEYS: the job, the failed jobs. ARGV: the time, the job's id, then the job's fields and values.
const buryScript = `
-- Once: neither a copy that is dead nor one that was put back in the queue is kept again.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('ZADD', KEYS[2], ARGV[1], ARGV[2])
return 1`

// KEYS: the job, its logs, the failed jobs. ARGV: the job's id.
const discardScript = `
-- Only what is dead now; its deduplication key stays, so its identity is remembered.
if redis.call('ZREM', KEYS[3], ARGV[1]) == 0 then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
return 1`

// KEYS: the job, its lock. ARGV: the lock's token, then the job's fields and values.
const noteScript = `
-- Only its holder may write: another worker may have it by now.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return 1`

/** Where a queue's jobs are: BullMQ's own names of its keys. */
export type ToKey = (type: string) => string

/** Makes a failed job of a delivery that may not be handled. Whether it was not one before. */
export async function buryJob(
  client: Redis,
  toKey: ToKey,
  jobId: string,
  at: number,
  fields: Readonly<Record<string, string | number>>,
): Promise<boolean> {
  const pairs = Object.entries(fields).flat()
  return (await client.eval(buryScript, 2, toKey(jobId), toKey('failed'), at, jobId, ...pairs)) === 1
}

/** Writes fields of a job that is leased. Whether the lease is still the token's. */
export async function noteInJob(
  client: Redis,
  toKey: ToKey,
  jobId: string,
  token: string,
  fields: Readonly<Record<string, string>>,
): Promise<boolean> {
  const pairs = Object.entries(fields).flat()
  return (await client.eval(noteScript, 2, toKey(jobId), toKey(`${jobId}:lock`), token, ...pairs)) === 1
}

/** Removes a failed job. BullMQ's own removal would forget its identity. Whether it was there. */
export async function discardJob(client: Redis, toKey: ToKey, jobId: string): Promise<boolean> {
  const keys = [toKey(jobId), toKey(`${jobId}:logs`), toKey('failed')]
  return (await client.eval(discardScript, 3, ...keys, jobId)) === 1
}
