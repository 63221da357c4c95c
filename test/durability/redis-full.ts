import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { secret } from '../processes/fleet.ts'
import { startDurableRedis } from '../support/redis.ts'
import { hard, milliseconds, type Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { until } from './deliveries.ts'
import { HandledLog } from './handled-log.ts'
import { type Sent, startSenders } from './senders.ts'
import { soundness, untilHandled } from './soundness.ts'
import { partyOf } from './victim.ts'

const forms = {
  short: { rounds: 1, megabytes: 6, width: 32 },
  long: { rounds: 10, megabytes: 32, width: 64 },
}
const secondMs = 50
const fullMs = 300_000
const drainMs = 120_000
/** So many refusals, and nothing accepted beside them. */
const refusedAtLeast = 100
const watchMs = 1_000
const errorsGoal = 20

/** Redis is full, and says so to every write; its worker drains it. */
export const redisFull: Campaign = {
  name: 'redis-full',
  what: 'BullMQ: Redis is filled to maxmemory (noeviction) under load; then a worker starts, and drains it without help',
  run: (form) => run(forms[form]),
}

async function run({ rounds, megabytes, width }: (typeof forms)['short']): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-full-'))
  const memory = ['--maxmemory', `${megabytes}mb`, '--maxmemory-policy', 'noeviction']
  const redis = await startDurableRedis(memory)
  const log = new HandledLog(join(folder, 'handled'))
  const env = { SECRET: secret, INBOX: `bullmq:${redis.url}`, HANDLED_LOG: log.path }
  let mostErrors = 0
  const onLine = (line: string): void => {
    const count = Number(/^errors (\d+)$/.exec(line)?.[1] ?? 0)
    mostErrors = Math.max(mostErrors, count)
  }
  const web = await partyOf({ ...env, ROLE: 'web' }, onLine)
  const worker = await partyOf({ ...env, ROLE: 'worker' }, onLine)
  try {
    await web.start()
    const all: Sent = { acknowledged: new Set(), acceptedTwice: 0, acceptedUntold: 0, gaveUp: 0, attempts: 0 }
    const total = { drained: 0, slowestMs: 0, refused: 0, others: 0, waiting: 0 }
    let from = 0
    for (let round = 0; round < rounds; round++) {
      const senders = startSenders({ ports: [web.port], width, secondMs, from })
      const unwatchAll = senders.watch()
      await untilFull(senders)
      await worker.start()
      const startedAt = performance.now()
      total.waiting = senders.sent.acknowledged.size
      const isDrained = () => {
        log.read()
        return [...senders.sent.acknowledged].every((id) => log.runs.has(id))
      }
      // While the senders go on, as they do.
      await sleep(watchMs)
      const { answers } = unwatchAll()
      await senders.stop()
      if (await until(isDrained, drainMs)) total.drained++
      total.slowestMs = Math.max(total.slowestMs, performance.now() - startedAt)
      await untilHandled(log, senders.sent.acknowledged)
      for (const id of senders.sent.acknowledged) all.acknowledged.add(id)
      all.acceptedTwice += senders.sent.acceptedTwice
      all.attempts += senders.sent.attempts
      total.refused += answers['503'] ?? 0
      for (const [name, count] of Object.entries(answers))
        if (!/^(503|200|200 duplicate)$/.test(name)) total.others += count
      await worker.kill('SIGTERM')
      from = senders.next
    }
    return [
      told('rounds', rounds),
      ...soundness(all, log),
      told('acknowledged when it was full', total.waiting),
      {
        figure: 'rounds drained without help',
        value: String(total.drained),
        goal: hard(String(rounds), total.drained === rounds),
      },
      told('from the start of the worker until all are handled, slowest', milliseconds(total.slowestMs)),
      told('503 while it filled and drained', total.refused),
      none('other answers, or none', total.others),
      {
        figure: 'errors reported in a second, most',
        value: String(mostErrors),
        goal: hard(`<= ${errorsGoal}`, mostErrors <= errorsGoal),
      },
      none('processes that ended by themselves', web.crashes.length + worker.crashes.length),
    ]
  } finally {
    await web.kill()
    await worker.kill()
    await redis.stop()
    rmSync(folder, { recursive: true })
  }
}

async function untilFull(senders: ReturnType<typeof startSenders>): Promise<void> {
  const isFull = async () => {
    const unwatch = senders.watch()
    await sleep(watchMs)
    const { answers } = unwatch()
    return (answers['503'] ?? 0) >= refusedAtLeast && !answers['200']
  }
  if (!(await until(isFull, fullMs))) throw new Error('Redis did not fill up')
}
