import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../fuzz/random.ts'
import { hard, type Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { acceptMany, type InboxKind, isEmpty, placeOf, until } from './deliveries.ts'
import { type Story, startWorker, storiesOf } from './workers.ts'

const forms = { short: { stops: 4 }, long: { stops: 100 } }
/** BullMQ's least is a second. */
const leaseOf: Readonly<Record<InboxKind, number>> = { sqlite: 300, bullmq: 1_000 }
const handlerMs = 150
const drainMs = 120_000
/** So many for each stop: the queue is never empty. */
const perStopAndSecond = 200

/** Two workers; now one and now the other is stopped past its leases, and goes on with what it held. */
export function fencing(kind: InboxKind): Campaign {
  return {
    name: `fencing-${kind}`,
    what: 'one of two workers is stopped (SIGSTOP) past its leases, and goes on with what it held',
    run: (form, seed) => run(kind, forms[form].stops, seed),
  }
}

async function run(kind: InboxKind, stops: number, seed: number): Promise<readonly Row[]> {
  const random = createRandom(seed)
  const leaseMs = leaseOf[kind]
  const place = await placeOf(kind)
  const env = {
    INBOX: place.setting,
    LEASE_MS: String(leaseMs),
    HANDLER_MS: String(handlerMs),
    ATTEMPTS: '1000',
  }
  const inbox = place.open(leaseMs)
  const all = await acceptMany(inbox, Math.ceil((stops * perStopAndSecond * leaseMs) / 1_000))
  const workers = await Promise.all([startWorker(env), startWorker(env)])
  try {
    for (let stop = 0; stop < stops; stop++) {
      await sleep(handlerMs + random.below(handlerMs))
      const worker = random.pick(workers)
      worker.pause()
      await sleep(leaseMs * (2 + random.float()))
      worker.resume()
    }
    await until(() => isEmpty(inbox), drainMs)
    await sleep(handlerMs * 2) // What was begun too late to count says so, too.
    const stories = storiesOf(workers)
    const told = all.map(({ id }) => stories.get(id) ?? { begun: [], ended: [], handled: [] })
    return rowsOf(told, stops)
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
    await place.remove()
  }
}

function rowsOf(stories: readonly Story[], stops: number): Row[] {
  const last = ({ begun }: Story): number => Math.max(...begun)
  const stale = stories.flatMap((story) => story.ended.filter((attempt) => attempt < last(story)))
  const accepted = stories.flatMap((story) => story.handled.filter((attempt) => attempt < last(story)))
  return [
    told('stops', stops),
    told('deliveries', stories.length),
    {
      figure: 'stale completions',
      value: String(stale.length),
      goal: hard('> 0', stale.length > 0),
    },
    none('stale completions accepted', accepted.length),
    none('completed other than once', stories.filter(({ handled }) => handled.length !== 1).length),
  ]
}
