// An lruDedupe that is filled, in a process of its own: `memory-process.ts KEYS`. Prints JSON.
import { createHash } from 'node:crypto'
import { type Clock, lruDedupe, systemClock } from '@acuse/core'

const keys = Number(process.argv[2])
const keysATick = 20
const retentionMs = 241_000
let nowMs = 0
/** Time passes as the measurement says. */
const clock: Clock = { now: () => nowMs, monotonic: () => nowMs, schedule: systemClock.schedule }

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** Flat: a slice would keep the whole text that it is cut from. */
function keyOf(n: number): string {
  return createHash('sha256').update(`key-${n}`).digest().subarray(0, 16).toString('base64url')
}

function heap(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const before = heap()
const store = lruDedupe({ maxEntries: keys, clock })

function remember(n: number): string {
  const key = keyOf(n)
  // Each delivery is another body.
  const claim = store.claim(key, { bodyHash: hashOf(key), leaseMs: 10_000 })
  if (claim.status === 'claimed') store.commit(key, claim.token, { retentionMs })
  return claim.status
}

/** The longest turn of the event loop in which some keys are claimed, in milliseconds, and the mean of one claim. */
async function turns(from: number, count: number, everyMs: number) {
  let longest = 0
  let total = 0
  const statuses: Record<string, number> = {}
  for (let at = 0; at < count; at += keysATick) {
    await new Promise<void>((resolve) => setImmediate(resolve))
    const start = performance.now()
    for (let n = at; n < at + keysATick; n++) {
      nowMs += everyMs
      const status = remember(from + n)
      statuses[status] = (statuses[status] ?? 0) + 1
    }
    const took = performance.now() - start
    total += took
    longest = Math.max(longest, took)
  }
  return { longestMs: longest, meanUs: (total * 1_000) / count, statuses }
}

for (let n = 0; n < keys / 10; n++) remember(n)
const tenth = await turns(keys / 10, 20_000, 0)
for (let n = keys / 10 + 20_000; n < keys; n++) {
  // Spread over the retention: they are not all over at once.
  nowMs += retentionMs / keys
  remember(n)
}
const bytes = (heap() - before) / store.usage().entries
const refused = await turns(keys, 20_000, 0)
// Those that came first are over, and make room, one for one.
nowMs += retentionMs / 2
const turnover = await turns(2 * keys, Math.min(keys, 200_000), retentionMs / keys)
console.log(JSON.stringify({ bytes, tenth, refused, turnover }))
