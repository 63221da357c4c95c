import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../fuzz/random.ts'
import { secret } from '../processes/fleet.ts'
import { milliseconds, type Row, soft } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { until } from './deliveries.ts'
import { HandledLog } from './handled-log.ts'
import { replicatedPostgres } from './replicated-postgres.ts'
import { type Replicated, replicatedByProxy, replicatedBySentinel } from './replicated-redis.ts'
import { startSenders } from './senders.ts'
import { soundness, untilHandled } from './soundness.ts'
import { partyOf } from './victim.ts'

// The waits are short, so that they are no part of what is measured.
const forms = {
  short: { failovers: 1, width: 8, secondMs: 50, upMs: 500 },
  long: { failovers: 50, width: 32, secondMs: 50, upMs: 2_000 },
}
const goalMs = 10_000
/** Redcumbre waits no longer for an answer. */
const answerMs = 5_000
const recoverMs = 60_000
const freshAfter = 10

const kinds = {
  proxy: {
    start: replicatedByProxy('killed'),
    what: 'the master is killed, the replica promoted, connections are led to it',
  },
  demoted: {
    start: replicatedByProxy('demoted'),
    what: 'the master becomes the replica of its replica, and keeps its connections (READONLY)',
  },
  sentinel: { start: replicatedBySentinel, what: 'the master is killed, and Sentinel promotes a replica' },
} as const

/** Redis fails over to a replica, under load, with so many `replicas` that must have what is acknowledged. */
export function failover(kind: keyof typeof kinds, replicas: 0 | 1): Campaign {
  const { start, what } = kinds[kind]
  return {
    name: `failover-${kind}-${replicas}`,
    what: `BullMQ with replicas: ${replicas}: ${what}`,
    run: async (form, seed) => run(await start(), replicas, forms[form], seed),
  }
}

/** Postgres fails over to its standby, under load; a synchronous one has all that is acknowledged. */
export function postgresFailover(kind: 'synchronous' | 'asynchronous'): Campaign {
  return {
    name: `postgres-failover-${kind}`,
    what: `Postgres with ${kind} replication: the primary is killed, its standby promoted, connections are led to it`,
    run: async (form, seed) =>
      run(await replicatedPostgres(kind), kind === 'synchronous' ? 1 : 0, forms[form], seed),
  }
}

/** `replicas`: so many must have what is acknowledged. */
async function run(
  store: Replicated,
  replicas: number,
  form: (typeof forms)['short'],
  seed: number,
): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-failover-'))
  const log = new HandledLog(join(folder, 'handled'))
  const random = createRandom(seed)
  const victim = await partyOf({
    SECRET: secret,
    INBOX: store.connection,
    REPLICAS: String(replicas),
    HANDLED_LOG: log.path,
  })
  try {
    await victim.start()
    const begunAt: number[] = []
    const onAcknowledged = (_: string, at: number): void => void begunAt.push(at)
    const senders = startSenders({ ...form, ports: [victim.port], onAcknowledged })
    // Not before its tables are made: an example that cannot make them at its start does not try again.
    if (!(await until(() => senders.sent.acknowledged.size > 0, recoverMs)))
      throw new Error('Nothing is accepted')
    const recoveredMs: number[] = []
    const promotedMs: number[] = []
    const unwatch = senders.watch()
    for (let n = 0; n < form.failovers; n++) {
      await sleep(200 + random.below(form.upMs))
      const startedAt = performance.now()
      const { promoted, restored } = store.failOver()
      const promotedAt = await promoted
      const isFresh = () => begunAt.filter((at) => at > promotedAt).length >= freshAfter
      if (!(await until(isFresh, recoverMs))) throw new Error(`Not recovered within ${recoverMs} ms`)
      recoveredMs.push(performance.now() - startedAt)
      promotedMs.push(promotedAt - startedAt)
      await restored
    }
    const { answers, slowestMs } = unwatch()
    await senders.stop()
    await untilHandled(log, senders.sent.acknowledged)
    const others = Object.entries(answers).filter(([name]) => !/^(503|200|200 duplicate)$/.test(name))
    const slowest = Math.max(...recoveredMs)
    const afterwards = recoveredMs.map((ms, at) => ms - (promotedMs[at] ?? 0))
    // Without the option, what the replica does not have yet is lost: the figure is told.
    const rows = soundness(senders.sent, log)
    const sound = replicas === 0 ? rows.map(({ figure, value }) => told(figure, value)) : rows
    return [
      told('failovers', form.failovers),
      told('others, while the master lived', store.unasked),
      ...sound,
      told('503 in all', answers['503'] ?? 0),
      told('which', others.map(([name, count]) => `${name}: ${count}`).join(', ') || 'none'),
      none(
        'answers other than 200 and 503',
        others.reduce((sum, [, count]) => sum + count, 0),
      ),
      {
        figure: 'slowest answer',
        value: milliseconds(slowestMs),
        goal: soft(`<= ${answerMs} ms`, slowestMs <= answerMs),
      },
      told('from the blow until another is the master, slowest', milliseconds(Math.max(...promotedMs))),
      told('from then to 200 again, slowest', milliseconds(Math.max(...afterwards))),
      {
        figure: 'from the blow to 200 again, slowest',
        value: milliseconds(slowest),
        goal: soft(`<= ${goalMs} ms`, slowest <= goalMs),
      },
      none('processes that ended by themselves', victim.crashes.length),
    ]
  } finally {
    await victim.kill()
    await store.stop()
    rmSync(folder, { recursive: true })
  }
}
