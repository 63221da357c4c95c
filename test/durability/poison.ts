import { setTimeout as sleep } from 'node:timers/promises'
import type { Inbox } from '@acuse/core'
import type { Running } from '../support/processes.ts'
import { hard, type Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import {
  acceptMany,
  concurrency,
  type InboxKind,
  isEmpty,
  placeOf,
  provider,
  shortLeaseMs,
  until,
} from './deliveries.ts'
import { inPairs, ratioRows } from './pairs.ts'
import { startWorker } from './workers.ts'

const share = 100
const isPoison = (n: number): boolean => n % share === share / 2
const typeOf = (n: number): string => (isPoison(n) ? 'poison' : 'thing.made')
const wantedRatio = 0.9
const handlerMs = 2
const longestMs = 300_000

const throughputForms = { short: { deliveries: 1_000, pairs: 1 }, long: { deliveries: 10_000, pairs: 5 } }

/** One event in a hundred fails at every attempt, under the default policy: what is left for the others. */
export function poisonThroughput(kind: InboxKind): Campaign {
  return {
    name: `poison-${kind}`,
    what: 'one event in 100 fails at every attempt: the throughput of the others against that without it, in pairs',
    async run(form) {
      const { deliveries, pairs } = throughputForms[form]
      const beside = () => throughput(kind, deliveries, true)
      const without = () => throughput(kind, deliveries, false)
      const measured = await inPairs(pairs, beside, without)
      return [told('deliveries of each run', deliveries), ...ratioRows(measured, wantedRatio)]
    },
  }
}

/** How many of the deliveries that are no poison are handled in a second. */
async function throughput(kind: InboxKind, deliveries: number, isPoisoned: boolean): Promise<number> {
  const place = await placeOf(kind)
  try {
    const inbox = place.open()
    await acceptMany(inbox, deliveries, { typeOf })
    let handled = 0
    const consumer = inbox.consume(
      async ({ type }, { completed }) => {
        if (type === 'poison' && isPoisoned)
          return { status: 'failed', error: new Error('poison'), completed }
        await sleep(handlerMs)
        if (type !== 'poison') handled++
        return { status: 'done', handlers: 1 }
      },
      { endpoint: provider, handles: () => ({ except: [] }), concurrency, retry: {}, observer: () => {} },
    )
    const wanted = deliveries - deliveries / share
    const startedAt = performance.now()
    consumer.start()
    if (!(await until(() => handled === wanted, longestMs)))
      throw new Error(`Only ${handled} of ${wanted} handled`)
    return (handled * 1_000) / (performance.now() - startedAt)
  } finally {
    await place.remove()
  }
}

const killForms = { short: { deliveries: 100, attempts: 2 }, long: { deliveries: 1_000, attempts: 3 } }

/** One event in a hundred kills the process that handles it; the process is started again each time. */
export function poisonKills(kind: InboxKind): Campaign {
  return {
    name: `poison-kills-${kind}`,
    what: 'one event in 100 kills the process that handles it, which is started again',
    async run(form) {
      const { deliveries, attempts } = killForms[form]
      const place = await placeOf(kind)
      try {
        const leaseMs = shortLeaseMs[kind]
        const inbox = place.open(leaseMs)
        await acceptMany(inbox, deliveries, { typeOf })
        const env = { INBOX: place.setting, LEASE_MS: String(leaseMs), ATTEMPTS: String(attempts) }
        const deaths = await workUntilEmpty(inbox, env)
        return await rowsOf(inbox, deliveries, attempts, deaths)
      } finally {
        await place.remove()
      }
    },
  }
}

async function workUntilEmpty(inbox: Inbox, env: Record<string, string>): Promise<number> {
  let deaths = -1
  let isRunning = false
  let worker: Running | undefined
  const isDone = await until(async () => {
    if (await isEmpty(inbox)) return true
    if (isRunning) return false
    deaths++
    isRunning = true
    worker = await startWorker(env)
    void worker.exited.then(() => {
      isRunning = false
    })
    return false
  }, longestMs)
  await worker?.stop()
  if (!isDone) throw new Error('The inbox was not empty in time')
  return deaths
}

async function rowsOf(inbox: Inbox, deliveries: number, attempts: number, deaths: number): Promise<Row[]> {
  const poisons = deliveries / share
  const { letters } = await inbox.deadLetters.list({ limit: 1_000 })
  const dead = letters.filter(({ type, attempt }) => type === 'poison' && attempt === attempts).length
  return [
    told('deliveries', deliveries),
    told('attempts allowed', attempts),
    told('processes that died', deaths),
    {
      figure: 'poison, dead after its attempts',
      value: String(dead),
      goal: hard(`${poisons}`, dead === poisons),
    },
    none('others dead beside it', letters.filter(({ type }) => type !== 'poison').length),
  ]
}
