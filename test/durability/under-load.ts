import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../fuzz/random.ts'
import { secret } from '../processes/fleet.ts'
import { startPostgres } from '../support/postgres.ts'
import { type OwnRedis, startDurableRedis } from '../support/redis.ts'
import { type Row, soft } from '../support/report.ts'
import type { Blow, Stage } from './blows.ts'
import { type Books, bookedOtherwise, effectRows, ledgerBooks, postgresBooks } from './books.ts'
import { type Campaign, none, told } from './campaign.ts'
import { until } from './deliveries.ts'
import { HandledLog } from './handled-log.ts'
import { startSenders } from './senders.ts'
import { soundness, untilHandled } from './soundness.ts'
import { programOf, type Victim, victimOf } from './victim.ts'

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
  /** `transactional`: `transactional.ts`, which books in the transaction of a handler. */
  readonly example: 'express' | 'fastify' | 'hono' | 'transactional'
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
const firstMs = 60_000

/** Strikes an example at random points under load, and counts what it lost. */
export function underLoad(setup: UnderLoad): Campaign {
  const { name, what } = setup
  return { name, what, run: (form, seed) => run(setup, setup[form], seed) }
}

async function run(setup: UnderLoad, form: LoadForm, seed: number): Promise<readonly Row[]> {
  const ground = await prepare(setup)
  const { victim, log, books, postgres } = ground
  const over = new AbortController()
  let striking: Promise<number> | undefined
  try {
    await victim.start()
    const senders = startSenders({ ...form, ports: [victim.port] })
    over.signal.addEventListener('abort', () => void senders.stop())
    const stage: Stage = { ...ground, redis: ground.redis as OwnRedis, senders }
    const blow = setup.blow(form)
    striking = strikeAll(blow, stage, form, seed, over.signal)
    const blows = await Promise.race([striking, victim.crashed])
    await Promise.race([senders.stop(), victim.crashed])
    await Promise.race([untilHandled(log, senders.sent.acknowledged, books), victim.crashed])
    const { acknowledged } = senders.sent
    const isOwn = setup.example === 'transactional' && postgres !== undefined
    const effects = isOwn ? await effectRows(postgres.url, log) : []
    await victim.kill('SIGTERM')
    return [
      told('blows', blows),
      {
        figure: 'acknowledged within the hour',
        value: `${acknowledged.size}`,
        goal: soft(`≥ ${form.acknowledged}`, acknowledged.size >= form.acknowledged),
      },
      ...soundness(senders.sent, log, setup.inbox === 'fallback' ? fellBack : none),
      none(
        isOwn ? 'booked other than once, without the id' : 'booked other than once, by the id',
        bookedOtherwise(acknowledged, await books.timesBooked()),
      ),
      ...effects,
      none('processes that ended by themselves', victim.crashes.length),
      ...blow.rows(stage),
    ]
  } finally {
    over.abort()
    // A blow that is falling would start again what is ended here.
    await striking?.catch(() => undefined)
    await ground.remove()
  }
}

/** Where a campaign takes place. */
interface Ground extends Pick<Stage, 'victim' | 'postgres' | 'folder'> {
  readonly redis: OwnRedis | undefined
  readonly log: HandledLog
  readonly books: Books
  remove(): Promise<void>
}

async function prepare(setup: UnderLoad): Promise<Ground> {
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
  const isTransactional = setup.example === 'transactional' && postgres !== undefined
  const victim = await start(setup.example, {
    REDCUMBRE_WEBHOOK_SECRET: secret,
    INBOX: redis ? `bullmq:${redis.url}` : own,
    ...(setup.inbox === 'fallback' && { FALLBACK: join(folder, 'fallback.db') }),
    HANDLED_LOG: log.path,
    LEDGER: ledger,
    LEASE_MS: String(leaseMs),
    HANDLER_DELAY_MS: String(setup.handlerMs ?? 0),
  })
  const books = isTransactional ? postgresBooks(postgres.url) : ledgerBooks(ledger)
  return {
    victim,
    redis,
    postgres,
    folder,
    log,
    books,
    async remove() {
      await victim.kill('SIGTERM')
      await redis?.stop()
      await postgres?.stop()
      undo?.()
      rmSync(home, { recursive: true })
    },
  }
}

function start(example: UnderLoad['example'], env: Record<string, string>): Promise<Victim> {
  return example === 'transactional' ? programOf('transactional.ts', env) : victimOf(example, env)
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
  // Not before its tables are made: an example that cannot make them at its start does not try again.
  await until(() => stage.senders.sent.acknowledged.size > 0 || signal.aborted, firstMs)
  // On a busy machine fewer are acknowledged in the hour; these are counted.
  while (!isDone() && performance.now() < deadline && !signal.aborted) {
    await sleep(50 + random.below(form.upMs))
    await blow.strike(stage)
    blows++
  }
  return blows
}
