import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../fuzz/random.ts'
import { secret } from '../processes/fleet.ts'
import { startDurableRedis } from '../support/redis.ts'
import { victimOf } from './child.ts'
import { startSenders } from './senders.ts'

/** One campaign: an example, an inbox, and how long. */
export interface Campaign {
  readonly example: 'express' | 'fastify' | 'hono'
  readonly inbox: 'sqlite' | 'bullmq'
  readonly kills: number
  /** Goes on, killing, until so many are acknowledged. */
  readonly acknowledged: number
  readonly seed: number
  /** Deliveries at once. */
  readonly width: number
  /** The longest time between a start and the next kill, in milliseconds. */
  readonly upMs: number
}

/** What a campaign came to. */
export interface CrashFigures {
  readonly kills: number
  readonly attempts: number
  readonly acknowledged: number
  /** Acknowledged, and never handled. */
  readonly lost: number
  /** Accepted as new a second time. */
  readonly acceptedTwice: number
  /** Events whose handler completed more than once: a crash came between its work and the inbox's note of it. */
  readonly handledTwice: number
  /** Events that the sender gave up, and that nobody promised anything for. */
  readonly gaveUp: number
  readonly tookMs: number
}

const leaseMs = 1_000
const secondMs = 250

/** Kills an example at random points under load, and counts what it lost. */
export async function runCampaign(campaign: Campaign): Promise<CrashFigures> {
  const startedAt = performance.now()
  const random = createRandom(campaign.seed)
  const folder = mkdtempSync(join(tmpdir(), 'acuse-crash-'))
  const redis = campaign.inbox === 'bullmq' ? await startDurableRedis() : undefined
  const handledLog = join(folder, 'handled')
  const victim = await victimOf(campaign.example, {
    REDCUMBRE_WEBHOOK_SECRET: secret,
    INBOX: redis ? `bullmq:${redis.url}` : `sqlite:${join(folder, 'webhooks.db')}`,
    HANDLED_LOG: handledLog,
    LEASE_MS: String(leaseMs),
  })
  try {
    await victim.start()
    const senders = startSenders(victim.port, campaign.width, secondMs)
    let kills = 0
    while (kills < campaign.kills || senders.sent.acknowledged.size < campaign.acknowledged) {
      await sleep(50 + random.below(campaign.upMs))
      await victim.kill()
      kills++
      await victim.start()
    }
    await senders.stop()
    const { sent } = senders
    const runs = await untilHandled(handledLog, sent.acknowledged)
    return {
      kills,
      attempts: sent.attempts,
      acknowledged: sent.acknowledged.size,
      lost: [...sent.acknowledged].filter((id) => !runs.has(id)).length,
      acceptedTwice: sent.acceptedTwice,
      handledTwice: [...runs.values()].filter((count) => count > 1).length,
      gaveUp: sent.gaveUp,
      tookMs: performance.now() - startedAt,
    }
  } finally {
    await victim.kill('SIGTERM')
    await redis?.stop()
    rmSync(folder, { recursive: true })
  }
}

/** How often each document was handled, when all have been or nothing new comes for 15 s. */
async function untilHandled(log: string, wanted: ReadonlySet<string>): Promise<Map<string, number>> {
  let before = -1
  for (let still = 0; still < 15; await sleep(1_000)) {
    const runs = countRuns(log)
    if ([...wanted].every((id) => runs.has(id))) return runs
    still = runs.size === before ? still + 1 : 0
    before = runs.size
  }
  return countRuns(log)
}

function countRuns(log: string): Map<string, number> {
  const runs = new Map<string, number>()
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []
  for (const line of lines) {
    const [, id] = /"bheId":"([^"]+)"/.exec(line) ?? []
    if (id !== undefined && line.endsWith('}')) runs.set(id, (runs.get(id) ?? 0) + 1)
  }
  return runs
}
