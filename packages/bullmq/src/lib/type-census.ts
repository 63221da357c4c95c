import type { TypeCounts } from '@acuse/core/inbox-kit'
import type { Redis } from 'ioredis'
import { parkedFrom } from './park-scripts.ts'
import { createScript, type ToKey } from './script.ts'

/** How many jobs are looked at in one call: no call holds Redis for long. */
const chunk = 1_000

// KEYS: a list or a sorted set. ARGV: the keys' prefix, LRANGE or ZRANGE, from, to.
const count = createScript<(string | number)[]>(`
local counts, order = {}, {}
for _, jobId in ipairs(redis.call(ARGV[2], KEYS[1], ARGV[3], ARGV[4])) do
  local found = redis.call('HMGET', ARGV[1] .. jobId, 'pv', 'name')
  if found[2] then
    local key = cjson.encode({ found[1] or '', found[2] })
    if not counts[key] then table.insert(order, key) end
    counts[key] = (counts[key] or 0) + 1
  end
end
local answer = {}
for _, key in ipairs(order) do
  table.insert(answer, key)
  table.insert(answer, counts[key])
end
return answer`)

/** Some jobs of one type and provider. */
export interface Counted {
  readonly provider: string
  readonly type: string
  readonly count: number
}

/** Counts jobs by what they are, in calls that take no longer than others. */
export class TypeCensus {
  readonly #client: Redis
  readonly #toKey: ToKey

  constructor(client: Redis, toKey: ToKey) {
    this.#client = client
    this.#toKey = toKey
  }

  /** All jobs of the queue, by type and state. */
  async addTo(counts: TypeCounts, endpoint: string): Promise<void> {
    const due = await this.#client.zcount(this.#toKey('delayed'), '-inf', `(${parkedFrom}`)
    const parts = [
      ['waiting', 'wait', 'LRANGE', 0, Number.POSITIVE_INFINITY],
      ['waiting', 'prioritized', 'ZRANGE', 0, Number.POSITIVE_INFINITY],
      ['leased', 'active', 'LRANGE', 0, Number.POSITIVE_INFINITY],
      ['delayed', 'delayed', 'ZRANGE', 0, due],
      ['waiting', 'delayed', 'ZRANGE', due, Number.POSITIVE_INFINITY],
      ['dead', 'failed', 'ZRANGE', 0, Number.POSITIVE_INFINITY],
    ] as const
    for (const [state, place, command, from, to] of parts) {
      for await (const { count, ...what } of this.of(place, command, from, to)) {
        counts.add(state, { endpoint, ...what }, count)
      }
    }
  }

  /** The jobs in a place from one rank up to another. */
  async *of(place: string, command: 'LRANGE' | 'ZRANGE', from: number, to: number): AsyncGenerator<Counted> {
    const key = this.#toKey(place)
    const size = await (command === 'LRANGE' ? this.#client.llen(key) : this.#client.zcard(key))
    const end = Math.min(to, size)
    for (let at = from; at < end; at += chunk) {
      const last = Math.min(at + chunk, end) - 1
      const answer = await count(this.#client, [key], [this.#toKey(''), command, at, last])
      for (let index = 0; index < answer.length; index += 2) {
        const [provider, type]: [string, string] = JSON.parse(String(answer[index]))
        yield { provider, type, count: Number(answer[index + 1]) }
      }
    }
  }
}
