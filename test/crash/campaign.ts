import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLedger } from 'example-shared'
import { createRandom } from '../fuzz/random.ts'
import { secret } from '../processes/fleet.ts'
import { startDurableRedis } from '../support/redis.ts'
import { victimOf } from './child.ts'
import { HandledLog } from './handled-log.ts'
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
  /** Acknowledged, and in the example's ledger, whose handler goes by the event's id, not exactly once. */
  readonly notBookedOnce: number
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
  const log = new HandledLog(join(folder, 'handled'))
  const ledger = join(folder, 'ledger.db')
  const victim = await victimOf(campaign.example, {
    REDCUMBRE_WEBHOOK_SECRET: secret,
    INBOX: redis ? `bullmq:${redis.url}` : `sqlite:${join(folder, 'webhooks.db')}`,
    HANDLED_LOG: log.path,
    LEDGER: ledger,
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
    await untilHandled(log, sent.acknowledged)
    await victim.kill('SIGTERM')
    const booked = openLedger(ledger).timesBooked()
    const acknowledged = [...sent.acknowledged]
    return {
      kills,
      attempts: sent.attempts,
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((id) => !log.runs.has(id)).length,
      acceptedTwice: sent.acceptedTwice,
      handledTwice: [...log.runs.values()].filter((count) => count > 1).length,
      notBookedOnce: acknowledged.filter((id) => booked.get(id) !== 1).length,
      gaveUp: sent.gaveUp,
      tookMs: Math.round(performance.now() - startedAt),
    }
  } finally {
    await victim.kill('SIGTERM')
    await redis?.stop()
    rmSync(folder, { recursive: true })
  }
}

/** Whether it came to no loss, and to one effect for each event where the handler goes by its id. */
export function isSound({ lost, acceptedTwice, notBookedOnce }: CrashFigures): boolean {
  return lost + acceptedTwice + notBookedOnce === 0
}

/** Until all have been handled, or nothing new comes for 15 s. */
async function untilHandled(log: HandledLog, wanted: ReadonlySet<string>): Promise<void> {
  let before = -1
  for (let still = 0; still < 15; await sleep(1_000)) {
    log.read()
    if ([...wanted].every((id) => log.runs.has(id))) return
    still = log.runs.size === before ? still + 1 : 0
    before = log.runs.size
  }
}
