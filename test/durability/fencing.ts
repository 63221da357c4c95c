import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery, Inbox } from '@acuse/core'
import { createRandom, type Random } from '../fuzz/random.ts'
import type { Running } from '../support/processes.ts'
import { hard, type Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import {
  acceptMany,
  concurrency,
  type InboxKind,
  isEmpty,
  placeOf,
  shortLeaseMs,
  until,
} from './deliveries.ts'
import { type Story, startWorker, storiesOf } from './workers.ts'

const forms = { short: { stops: 4 }, long: { stops: 100 } }
const handlerMs = 150
const drainMs = 120_000
/** Enough for every place of both workers, twice. */
const perStop = 4 * concurrency
/** A worker that was stopped while it wrote keeps the file: nobody can take what it holds. */
const takenWithinLeases = 10
const mostInVain = 5

/** Two workers; now one and now the other is stopped until the other has what it held, and goes on with it. */
export function fencing(kind: InboxKind): Campaign {
  return {
    name: `fencing-${kind}`,
    what: 'one of two workers is stopped (SIGSTOP) past its leases, and goes on with what the other has by then',
    run: (form, seed) => run(kind, forms[form].stops, seed),
  }
}

async function run(kind: InboxKind, stops: number, seed: number): Promise<readonly Row[]> {
  const place = await placeOf(kind)
  const leaseMs = shortLeaseMs[kind]
  const env = {
    INBOX: place.setting,
    LEASE_MS: String(leaseMs),
    HANDLER_MS: String(handlerMs),
    ATTEMPTS: '1000',
  }
  const inbox = place.open(leaseMs)
  const workers = await Promise.all([startWorker(env), startWorker(env)])
  try {
    const { all, inVain } = await stopAll(workers, inbox, stops, leaseMs, createRandom(seed))
    await until(() => isEmpty(inbox), drainMs)
    await sleep(handlerMs * 2) // What was begun too late to count says so, too.
    const stories = storiesOf(workers)
    const each = all.map(({ id }) => stories.get(id) ?? { begun: [], ended: [], handled: [] })
    return rowsOf(each, stops, inVain)
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
    await place.remove()
  }
}

/** Stops a worker so many times; those in vain, where the other got nothing, are not counted. */
async function stopAll(
  workers: readonly Running[],
  inbox: Inbox,
  stops: number,
  leaseMs: number,
  random: Random,
): Promise<{ readonly all: readonly Delivery[]; readonly inVain: number }> {
  const all: Delivery[] = []
  let inVain = 0
  for (let stopped = 0; stopped < stops; ) {
    all.push(...(await acceptMany(inbox, perStop, { from: all.length })))
    await until(() => workers.some(isBusy), leaseMs * takenWithinLeases)
    await sleep(random.below(handlerMs))
    const holders = workers.filter(isBusy)
    const worker = random.pick(holders.length > 0 ? holders : workers)
    const others = workers.filter((each) => each !== worker)
    if (await isTaken(worker, others, leaseMs * takenWithinLeases)) stopped++
    else if (++inVain > stops * mostInVain)
      throw new Error(`Only ${stopped} of ${stops} stops, ${inVain} in vain`)
  }
  return { all, inVain }
}

/** Stops a worker until another begins what it holds, or for `timeoutMs`; whether one did. */
async function isTaken(worker: Running, others: readonly Running[], timeoutMs: number): Promise<boolean> {
  const before = others.map(({ lines }) => lines.length)
  worker.pause()
  try {
    return await until(() => {
      const taken = storiesOf(others.map(({ lines }, at) => ({ lines: lines.slice(before[at]) })))
      return heldBy(worker).some((id) => taken.has(id))
    }, timeoutMs)
  } finally {
    worker.resume()
  }
}

const isBusy = (worker: Running): boolean => heldBy(worker).length > 0

/** Deliveries that it has begun and not ended. */
function heldBy(worker: Running): string[] {
  return [...storiesOf([worker])]
    .filter(([, { begun, ended }]) => begun.length > ended.length)
    .map(([id]) => id)
}

function rowsOf(stories: readonly Story[], stops: number, inVain: number): Row[] {
  const last = ({ begun }: Story): number => Math.max(...begun)
  const stale = stories.flatMap((story) => story.ended.filter((attempt) => attempt < last(story)))
  const accepted = stories.flatMap((story) => story.handled.filter((attempt) => attempt < last(story)))
  return [
    told('stops', stops),
    told('stops in vain: the other could take nothing', inVain),
    told('deliveries', stories.length),
    {
      figure: 'stale completions',
      value: String(stale.length),
      goal: hard(`>= ${stops}`, stale.length >= stops),
    },
    none('stale completions accepted', accepted.length),
    none('completed other than once', stories.filter(({ handled }) => handled.length !== 1).length),
  ]
}
