import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createReceiver } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { redisClientOptions, redisDedupe } from '@acuse/redis'
import { sqliteInbox } from '@acuse/sqlite'
import { Redis } from 'ioredis'
import { bundled } from '../support/bundled.ts'
import { root, run } from '../support/processes.ts'
import { startRedis } from '../support/redis.ts'
import { inParallel } from './in-parallel.ts'
import type { Bench, Section } from './sections.ts'
import { secret, signedDeliveries, toRequest } from './signed.ts'

/** How many idempotency keys are remembered. In the files of a database a key takes as much in a tenth as in all. */
const keys = {
  quick: { lru: 50_000, redis: 5_000, sqlite: 3_000 },
  long: { lru: 1_000_000, redis: 100_000, sqlite: 20_000 },
}
const callers = 128

/** What an idempotency key takes, and what a full memory does to the event loop. */
export const memorySection: Section = {
  name: 'memory',
  async run(bench) {
    const { lru, redis, sqlite } = keys[bench.form]
    await runLru(bench, lru)
    await runRedis(bench, redis)
    await runSqlite(bench, sqlite)
  },
}

/** What the process tells. */
interface Turns {
  readonly longestMs: number
  readonly meanUs: number
}

async function runLru(bench: Bench, count: number): Promise<void> {
  const file = bundled(fileURLToPath(new URL('memory-process.ts', import.meta.url)))
  const args = ['--expose-gc', file, String(count)]
  const { stdout } = await run(process.execPath, args, { cwd: join(root, 'test'), timeout: 120_000 })
  // The program beside this one writes it.
  const told = JSON.parse(stdout) as Record<'tenth' | 'refused' | 'turnover', Turns> & { bytes: number }
  const { tenth, refused, turnover } = told
  const longest = Math.max(refused.longestMs, turnover.longestMs)
  bench.add(
    { id: 'memory/lru/bytes a key', unit: 'bytes', samples: [told.bytes], n: count },
    { id: 'memory/lru/longest pause', unit: 'ms', samples: [longest], n: count },
    { id: 'memory/lru/claim at a tenth', unit: 'ns', samples: [tenth.meanUs * 1e3], n: 20_000 },
    { id: 'memory/lru/claim when full', unit: 'ns', samples: [refused.meanUs * 1e3], n: 20_000 },
    { id: 'memory/lru/claim as old ones leave', unit: 'ns', samples: [turnover.meanUs * 1e3], n: count },
  )
}

async function runRedis(bench: Bench, count: number): Promise<void> {
  const redis = await startRedis()
  const client = new Redis(redis.url, redisClientOptions())
  try {
    const used = async (): Promise<number> =>
      Number(/used_memory:(\d+)/.exec(await redis.command('INFO', 'memory'))?.[1])
    await client.ping().catch(() => new Promise((resolve) => client.once('ready', resolve)))
    const before = await used()
    const dedupe = redisDedupe(client)
    await inParallel(count, callers, async (n) => {
      const key = String(n).padStart(22, 'k')
      const bodyHash = String(n).padStart(43, 'h')
      const claim = await dedupe.claim(key, { bodyHash, leaseMs: 10_000 })
      if (claim.status === 'claimed') await dedupe.commit(key, claim.token, { retentionMs: 241_000 })
    })
    const samples = [((await used()) - before) / count]
    bench.add({ id: 'memory/redis/bytes a key', unit: 'bytes', samples, n: count })
    dedupe.close()
  } finally {
    client.disconnect()
    await redis.stop()
  }
}

/** Handled deliveries, of which the file keeps the key. */
async function runSqlite(bench: Bench, count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-bench-'))
  const file = join(folder, 'keys.db')
  try {
    const receiver = createReceiver(redcumbre(secret), { inbox: sqliteInbox(file), concurrency: 64 })
    receiver.on('*', () => {})
    const requests = signedDeliveries(count).map(toRequest)
    await inParallel(count, callers, async (at) => {
      const request = requests[at]
      if (request) await receiver.receive(request)
    })
    await receiver.onIdle()
    // Closing moves the log into the file.
    await receiver.close()
    const samples = [statSync(file).size / count]
    bench.add({ id: 'memory/sqlite/bytes a key', unit: 'bytes', samples, n: count })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
