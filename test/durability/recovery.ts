import { setTimeout as sleep } from 'node:timers/promises'
import type { Inbox } from '@acuse/core'
import { hard, soft } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { acceptMany, type InboxKind, isEmpty, placeOf, until } from './deliveries.ts'
import { startWorker } from './workers.ts'

const forms = { short: { deliveries: 500 }, long: { deliveries: 10_000 } }
const leaseMs = 3_000
const handlerThatStaysMs = 100_000_000
const wantedMs = 5_000
const longestMs = 300_000
const lookMs = 250

/** A process dies while it holds very many: they are handled by so many others soon after the lease ran out. */
export function recovery(kind: InboxKind, processes: number): Campaign {
  return {
    name: `recovery-${kind}-${processes}`,
    what: `a process is killed that holds many deliveries, which ${processes} others take over`,
    async run(form) {
      const { deliveries } = forms[form]
      const place = await placeOf(kind)
      try {
        const inbox = place.open(leaseMs)
        await acceptMany(inbox, deliveries)
        const env = { INBOX: place.setting, LEASE_MS: String(leaseMs) }
        const holding = { CONCURRENCY: String(deliveries), HANDLER_MS: String(handlerThatStaysMs) }
        const holder = await startWorker({ ...env, ...holding })
        const isHeld = await until(async () => (await inbox.stats()).leased === deliveries, longestMs)
        const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(env)))
        await holder.stop('SIGKILL')
        const killedAt = performance.now()
        const isHandled = await until(() => isEmptySoon(inbox), longestMs)
        const afterMs = Math.round(performance.now() - killedAt - leaseMs)
        await Promise.all(workers.map((worker) => worker.stop()))
        return [
          told('deliveries', deliveries),
          { figure: 'held by one process', value: String(isHeld), goal: hard('true', isHeld) },
          { figure: 'all handled', value: String(isHandled), goal: hard('true', isHandled) },
          none('dead', (await inbox.stats()).dead),
          {
            figure: 'handled after their lease ran out, in ms',
            value: String(afterMs),
            goal: soft(`at most ${wantedMs}`, afterMs <= wantedMs),
          },
        ]
      } finally {
        await place.remove()
      }
    },
  }
}

/** Counting costs: not so often that it takes the machine from those who are measured. */
async function isEmptySoon(inbox: Inbox): Promise<boolean> {
  await sleep(lookMs)
  return isEmpty(inbox)
}
