import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from '../support/processes.ts'
import { milliseconds, type Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { acceptMany, type InboxKind, isEmpty, type Place, placeOf, until } from './deliveries.ts'
import { startWorker, storiesOf } from './workers.ts'

const forms = { short: { leased: 1_000 }, long: { leased: 10_000 } }
const leaseMs = 3_000
const longestMs = 300_000
const crashes = 2

/** A process dies that holds many leases, one of them of a delivery that kills whoever handles it. */
export function recoveryWithPoison(kind: InboxKind): Campaign {
  return {
    name: `recovery-poison-${kind}`,
    what: 'a process that holds many leases is killed, one of them of a delivery that kills each process that handles it',
    run: (form) => run(kind, forms[form].leased),
  }
}

async function run(kind: InboxKind, leased: number): Promise<readonly Row[]> {
  const place = await placeOf(kind)
  try {
    const inbox = place.open(leaseMs)
    const typeOf = (n: number): string => (n === leased >> 1 ? 'poison' : 'thing.made')
    const all = await acceptMany(inbox, leased, { typeOf })
    const holder = await startHolder(place, leased)
    const wanted = leased - 1
    const { tookMs, deaths, lines } = await takeOver(place, wanted, () => holder.stop('SIGKILL'))
    const stories = storiesOf([{ lines }])
    const { letters } = await inbox.deadLetters.list({ limit: 1_000 })
    const others = all.filter(({ type }) => type !== 'poison')
    return [
      told('leased by the process that was killed', leased),
      told("from the leases' end until all others are handled", milliseconds(tookMs)),
      told('processes that died of it', deaths),
      none('lost', others.filter(({ id }) => !stories.get(id)?.ended.length).length),
      none('completed twice', others.filter(({ id }) => (stories.get(id)?.handled.length ?? 0) > 1).length),
      none('innocents dead', letters.filter(({ type }) => type !== 'poison').length),
    ]
  } finally {
    await place.remove()
  }
}

/** Starts a process that leases so many, and does not let go of them. */
async function startHolder(place: Place, leased: number): Promise<Running> {
  const holder = await startWorker({
    INBOX: place.setting,
    LEASE_MS: String(leaseMs),
    CONCURRENCY: String(leased),
    HOLD: 'yes',
  })
  const held = (): number => holder.lines.filter((line) => line.startsWith('begin ')).length
  if (await until(() => held() === leased, longestMs)) return holder
  await holder.stop('SIGKILL')
  throw new Error(`Only ${held()} of ${leased} were leased`)
}

/** Other processes, one after the other where one dies, handle what the dead one held. */
async function takeOver(place: Place, wanted: number, killHolder: () => Promise<unknown>) {
  const env = { INBOX: place.setting, LEASE_MS: String(leaseMs), ATTEMPTS: String(crashes) }
  const inbox = place.open(leaseMs)
  const lines: string[] = []
  // Not those that were said to be completed: a process may die between that and the word.
  const ended = new Set<string>()
  let tookMs = Number.NaN
  let killedAt = Number.NaN
  for (let deaths = 0; ; deaths++) {
    const worker = await startWorker(env)
    if (deaths === 0) {
      // Not before the other is there: starting it is no part of the recovery.
      await killHolder()
      killedAt = performance.now()
    }
    let isDead = false
    void worker.exited.then(() => {
      isDead = true
    })
    let read = 0
    const take = () => {
      for (; read < worker.lines.length; read++) {
        const line = worker.lines[read] as string
        lines.push(line)
        if (line.startsWith('end ')) ended.add(line.split(' ')[1] as string)
      }
    }
    const isOver = await until(async () => {
      take()
      if (ended.size >= wanted && Number.isNaN(tookMs)) tookMs = performance.now() - killedAt - leaseMs
      return isDead || (ended.size >= wanted && (await isEmpty(inbox)))
    }, longestMs)
    if (isDead) {
      // Its last lines may come after its end.
      await sleep(200)
      take()
      continue
    }
    await worker.stop()
    if (!isOver) throw new Error(`Only ${ended.size} of ${wanted} were taken over`)
    return { tookMs, deaths, lines }
  }
}
