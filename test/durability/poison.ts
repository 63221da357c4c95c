import { setTimeout as sleep } from 'node:timers/promises'
import type { Inbox } from '@acuse/core'
import { hard, type Row, soft } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { acceptMany, concurrency, type InboxKind, isEmpty, placeOf, provider, until } from './deliveries.ts'
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
      const ratios: number[] = []
      for (let pair = 0; pair < pairs; pair++) {
        // The one that goes first alternates.
        const order = pair % 2 === 0 ? [false, true] : [true, false]
        const rates = new Map<boolean, number>()
        for (const isPoisoned of order) rates.set(isPoisoned, await throughput(kind, deliveries, isPoisoned))
        ratios.push((rates.get(true) as number) / (rates.get(false) as number))
      }
      const median = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] as number
      const words = `>= ${wantedRatio}`
      return [
        told('pairs', pairs),
        told('deliveries of each run', deliveries),
        { figure: 'ratio, median', value: median.toFixed(2), goal: soft(words, median >= wantedRatio) },
        told('ratio, all', ratios.map((ratio) => ratio.toFixed(2)).join(' ')),
      ]
    },
  }
}

/** How many of the deliveries that are no poison are handled in a second. */
async function throughput(kind: InboxKind, deliveries: number, isPoisoned: boolean): Promise<number> {
  const place = await placeOf(kind)
  try {
    const inbox = place.open()
    await acceptMany(inbox, deliveries, typeOf)
    let handled = 0
    const consumer = inbox.consume(
      async ({ type }, { completed }) => {
        if (type === 'poison' && isPoisoned)
          return { status: 'failed', error: new Error('poison'), completed }
        await sleep(handlerMs)
        if (type !== 'poison') handled++
        return { status: 'done', handlers: 1 }
      },
      { provider, concurrency, retry: {}, observer: () => {} },
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
/** BullMQ's least is a second. */
const leaseOf: Readonly<Record<InboxKind, number>> = { sqlite: 300, bullmq: 1_000 }

/** One event in a hundred kills the process that handles it; the process is started again each time. */
export function poisonKills(kind: InboxKind): Campaign {
  return {
    name: `poison-kills-${kind}`,
    what: 'one event in 100 kills the process that handles it, which is started again',
    async run(form) {
      const { deliveries, attempts } = killForms[form]
      const place = await placeOf(kind)
      try {
        const leaseMs = leaseOf[kind]
        const inbox = place.open(leaseMs)
        await acceptMany(inbox, deliveries, typeOf)
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
  for (let deaths = 0; ; deaths++) {
    const worker = await startWorker(env).catch(() => undefined)
    const died = worker?.exited.then(() => 'died' as const) ?? 'died'
    const empty = until(() => isEmpty(inbox), longestMs).then((isSo) => (isSo ? 'empty' : 'late'))
    const outcome = await Promise.race([died, empty])
    if (outcome === 'died') continue
    await worker?.stop()
    if (outcome === 'late') throw new Error('The inbox was not empty in time')
    return deaths
  }
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
