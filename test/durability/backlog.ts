import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inboxOf } from 'example-shared'
import { delivery } from '../../packages/sqlite/test/support/delivery.ts'
import { capture, inParallel, secret } from '../processes/fleet.ts'
import { startDurableRedis } from '../support/redis.ts'
import { hard, milliseconds, type Row, soft } from '../support/report.ts'
import { type Campaign, told } from './campaign.ts'
import { acceptOne, concurrency, type InboxKind } from './deliveries.ts'
import { victimOf } from './victim.ts'

const forms = {
  short: { waiting: 2_000, tombstones: 10_000 },
  long: { waiting: 100_000, tombstones: 1_000_000 },
}
type Form = (typeof forms)['short']

const provider = 'redcumbre'
const callers = 64
const goalMs = 2_000

/** An example is started on an inbox with a past: how long until its first 200. */
export function backlog(kind: InboxKind): Campaign {
  return {
    name: `backlog-${kind}`,
    what: 'the Express example is started on deliveries that wait and on tombstones, and is sent a new one',
    run: (form) => run(kind, forms[form]),
  }
}

async function run(kind: InboxKind, form: Form): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-backlog-'))
  const redis = kind === 'bullmq' ? await startDurableRedis(['--enable-debug-command', 'yes']) : undefined
  const setting = redis ? `bullmq:${redis.url}` : `sqlite:${join(folder, 'webhooks.db')}`
  const victim = await victimOf('express', { REDCUMBRE_WEBHOOK_SECRET: secret, INBOX: setting })
  try {
    // BullMQ leaves one key for each handled delivery; here Redis makes as many as it is told to.
    if (redis)
      await redis.command('DEBUG', 'POPULATE', String(form.tombstones), `bull:acuse-${provider}:de`, '60')
    const waiting = await fill(setting, redis ? { ...form, tombstones: 0 } : form)
    const startedAt = performance.now()
    void victim.start()
    const firstMs = (await untilAcknowledged(victim.port)) - startedAt
    return [
      { figure: 'waiting', value: `${waiting}`, goal: hard(`${form.waiting}`, waiting === form.waiting) },
      told('tombstones', form.tombstones),
      {
        figure: 'from start to first 200',
        value: milliseconds(firstMs),
        goal: soft(`<= ${goalMs} ms`, firstMs <= goalMs),
      },
    ]
  } finally {
    await victim.kill()
    await redis?.stop()
    rmSync(folder, { recursive: true })
  }
}

/** Tombstones are made as they come: by handling. How many wait in the end. */
async function fill(setting: string, { waiting, tombstones }: Form): Promise<number> {
  const inbox = inboxOf(setting, { leaseMs: 30_000 })
  const accept = (from: number, count: number) =>
    inParallel(count, callers, async (n) => {
      const { body } = capture(from + n)
      await acceptOne(
        inbox,
        delivery(`past-${from + n}`, { endpoint: provider, provider, type: 'bhe.emitida', body }),
      )
    })
  const consumer = inbox.consume(async () => ({ status: 'done', handlers: 1 }), {
    endpoint: provider,
    handles: () => ({ except: [] }),
    concurrency: concurrency * 6,
    retry: {},
    observer: () => {},
  })
  if (tombstones > 0) {
    consumer.start()
    await accept(0, tombstones)
    await consumer.onIdle()
  }
  await consumer.close({ timeoutMs: 1_000 })
  await accept(tombstones, waiting)
  const stats = await inbox.stats()
  await inbox.close()
  return stats.waiting
}

/** Sends a new delivery again and again; the time of its 200. */
async function untilAcknowledged(port: number): Promise<number> {
  const { body, signature } = capture(-1)
  const headers = { 'x-webhook-signature': signature }
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(5)) {
    const answer = await fetch(`http://127.0.0.1:${port}/webhooks/redcumbre`, {
      method: 'POST',
      body,
      headers,
    }).catch(() => undefined)
    if (answer?.status === 200) return performance.now()
  }
  throw new Error('There was no 200 within a minute')
}
