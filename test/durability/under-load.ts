import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLedger } from 'example-shared'
import { createRandom } from '../fuzz/random.ts'
import { secret } from '../processes/fleet.ts'
import { startPostgres } from '../support/postgres.ts'
import { type OwnRedis, startDurableRedis } from '../support/redis.ts'
import { type Row, soft } from '../support/report.ts'
import type { Blow, Stage } from './blows.ts'
import { type Campaign, none, told } from './campaign.ts'
import { HandledLog } from './handled-log.ts'
import { startSenders } from './senders.ts'
import { soundness, untilHandled } from './soundness.ts'
import { victimOf } from './victim.ts'

/** How often, how hard. */
export interface LoadForm {
  /** How often the blow falls, at least. */
  readonly blows: number
  /** Goes on until so many are acknowledged. */
  readonly acknowledged: number
  /** Deliveries at once. */
  readonly width: number
  /** The longest time between two blows, in milliseconds. */
  readonly upMs: number
  /** How long a second of Redcumbre's table lasts, in milliseconds. */
  readonly secondMs: number
}

/** An example under load, and what is done to it. */
export interface UnderLoad extends Pick<Campaign, 'name' | 'what'> {
  readonly example: 'express' | 'fastify' | 'hono'
  /** `fallback`: BullMQ's, with a file for when Redis is away. */
  readonly inbox: 'sqlite' | 'postgres' | 'bullmq' | 'fallback'
  readonly blow: (form: LoadForm) => Blow
  readonly short: LoadForm
  readonly long: LoadForm
  /** How long its handler takes, in milliseconds. Default 0. */
  readonly handlerMs?: number
  /** Prepares the folder of the receiver's files; the returned function undoes it. */
  readonly prepare?: (folder: string) => () => void
}

/** A fallback cannot know what its primary has: the copy is found out when it is forwarded. */
const fellBack = (_: string, count: number): Row => told('accepted by the primary and the fallback', count)

const leaseMs = 1_000
const longestMs = 3_600_000

/** Strikes an example at random points under load, and counts what it lost. */
export function underLoad(setup: UnderLoad): Campaign {
  const { name, what } = setup
  return { name, what, run: (form, seed) => run(setup, setup[form], seed) }
}

async function run(setup: UnderLoad, form: LoadForm, seed: number): Promise<readonly Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'acuse-durability-'))
  const folder = join(home, 'files')
  mkdirSync(folder)
  const undo = setup.prepare?.(folder)
  const isOnRedis = setup.inbox === 'bullmq' || setup.inbox === 'fallback'
  const redis = isOnRedis ? await startDurableRedis() : undefined
  const postgres = setup.inbox === 'postgres' ? await startPostgres() : undefined
  const own = postgres ? `postgres:${postgres.url}` : `sqlite:${join(folder, 'webhooks.db')}`
  const log = new HandledLog(join(home, 'handled'))
  const ledger = join(home, 'ledger.db')
  const victim = await victimOf(setup.example, {
    REDCUMBRE_WEBHOOK_SECRET: secret,
    INBOX: redis ? `bullmq:${redis.url}` : own,
    ...(setup.inbox === 'fallback' && { FALLBACK: join(folder, 'fallback.db') }),
    HANDLED_LOG: log.path,
    LEDGER: ledger,
    LEASE_MS: String(leaseMs),
    HANDLER_DELAY_MS: String(setup.handlerMs ?? 0),
  })
  const over = new AbortController()
  let striking: Promise<number> | undefined
  try {
    await victim.start()
    const senders = startSenders({ ...form, ports: [victim.port] })
    over.signal.addEventListener('abort', () => void senders.stop())
    const stage: Stage = { victim, redis: redis as OwnRedis, postgres, senders, folder }
    const blow = setup.blow(form)
    striking = strikeAll(blow, stage, form, seed, over.signal)
    const blows = await Promise.race([striking, victim.crashed])
    await Promise.race([senders.stop(), victim.crashed])
    const books = openLedger(ledger)
    await Promise.race([untilHandled(log, senders.sent.acknowledged, books), victim.crashed])
    const acknowledged = senders.sent.acknowledged.size
    const { crashes } = victim
    for (const crash of crashes) console.error(crash)
    await victim.kill('SIGTERM')
    const booked = books.timesBooked()
    const others = [...senders.sent.acknowledged].filter((id) => booked.get(id) !== 1)
    return [
      told('blows', blows),
      {
        figure: 'acknowledged within the hour',
        value: `${acknowledged}`,
        goal: soft(`≥ ${form.acknowledged}`, acknowledged >= form.acknowledged),
      },
      ...soundness(senders.sent, log, setup.inbox === 'fallback' ? fellBack : none),
      none('booked other than once, by the id', others.length),
      none('processes that ended by themselves', crashes.length),
      ...blow.rows(stage),
    ]
  } finally {
    over.abort()
    // A blow that is falling would start again what is ended here.
    await striking?.catch(() => undefined)
    await victim.kill('SIGTERM')
    await redis?.stop()
    await postgres?.stop()
    undo?.()
    rmSync(home, { recursive: true })
  }
}

async function strikeAll(
  blow: Blow,
  stage: Stage,
  form: LoadForm,
  seed: number,
  signal: AbortSignal,
): Promise<number> {
  const random = createRandom(seed)
  const deadline = performance.now() + longestMs
  let blows = 0
  const isDone = () => blows >= form.blows && stage.senders.sent.acknowledged.size >= form.acknowledged
  // On a busy machine fewer are acknowledged in the hour; these are counted.
  while (!isDone() && performance.now() < deadline && !signal.aborted) {
    await sleep(50 + random.below(form.upMs))
    await blow.strike(stage)
    blows++
  }
  return blows
}
