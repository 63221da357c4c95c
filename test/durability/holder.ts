import { setTimeout as sleep } from 'node:timers/promises'
import { delivery } from '../../packages/sqlite/test/support/delivery.ts'
import { holdWriteLock } from '../../packages/sqlite/test/support/hold-write-lock.ts'
import type { Running } from '../support/processes.ts'
import { hard, type Row } from '../support/report.ts'
import { createWallClock } from '../support/wall-clock.ts'
import { type Campaign, none, told } from './campaign.ts'
import { acceptMany, acceptOne, type InboxKind, isEmpty, placeOf, provider, until } from './deliveries.ts'
import { startWorker, storiesOf } from './workers.ts'

const deliveries = 100
const longestMs = 120_000

/** How long things last, in milliseconds. */
interface Form {
  readonly rounds: number
  readonly leaseMs: number
  /** Longer than the lease. */
  readonly disturbedMs: number
  readonly handlerMs: number
}

const forms: Readonly<Record<'short' | 'long', Form>> = {
  short: { rounds: 1, leaseMs: 1_000, disturbedMs: 4_000, handlerMs: 300 },
  long: { rounds: 10, leaseMs: 3_000, disturbedMs: 20_000, handlerMs: 1_000 },
}
/** Synchronous work is shorter, and still longer than the lease. */
const blockMs = { short: 2_000, long: 5_000 }

/** Disturbances that keep a living worker from its leases. */
interface Disturbance {
  /** Of the worker. */
  readonly env?: Readonly<Record<string, string>>
  /** Before the worker starts, amid what it will find. */
  prepare?(): Promise<void>
  /** Goes on until it is over. */
  disturb(worker: Running): Promise<void>
}

/** Another program holds the write lock of the file for longer than a lease. */
export const lockedOut: Campaign = {
  name: 'holder-lock',
  what: 'SQLite: another program holds the write lock of the file for many lease times; the worker lives',
  run: (form) =>
    run('sqlite', forms[form], ({ setting }) => ({
      async disturb() {
        const release = holdWriteLock(setting.slice('sqlite:'.length))
        await sleep(forms[form].disturbedMs)
        release()
      },
    })),
}

/** A handler keeps its thread for longer than a lease. */
export function busyThread(kind: InboxKind): Campaign {
  return {
    name: `holder-cpu-${kind}`,
    what: 'a handler computes for longer than the lease, so that nothing is renewed meanwhile; others run beside it',
    run: (form) =>
      run(kind, forms[form], ({ accept }) => {
        let id = ''
        return {
          env: { BLOCK_MS: String(blockMs[form]) },
          async prepare() {
            id = await accept('block')
          },
          disturb: async (worker) => void (await worker.line(new RegExp(`^end ${id} `))),
        }
      }),
  }
}

/** The wall clock of the worker is set back by an hour while handlers run. */
export function clockSetBack(kind: InboxKind): Campaign {
  return {
    name: `holder-clock-${kind}`,
    what: "the clock of the worker's process is set back by an hour while its handlers run",
    async run(form) {
      const clock = createWallClock()
      try {
        return await run(kind, forms[form], () => {
          clock.set(0)
          return {
            env: clock.env,
            async disturb() {
              clock.set(-3_600_000)
              await sleep(forms[form].disturbedMs)
            },
          }
        })
      } finally {
        clock.remove()
      }
    },
  }
}

/** The context of a disturbance. */
interface Ground {
  readonly setting: string
  /** Accepts a delivery of a type; its id. */
  accept(type: string): Promise<string>
}

/** A worker is disturbed while its handlers run, and dies of nothing: each delivery is run once. */
async function run(
  kind: InboxKind,
  { rounds, leaseMs, handlerMs }: Form,
  toDisturbance: (ground: Ground) => Disturbance,
): Promise<readonly Row[]> {
  const figures = { deliveries: 0, atOnce: 0, again: 0, unfinished: 0 }
  for (let round = 0; round < rounds; round++) {
    const place = await placeOf(kind)
    try {
      const inbox = place.open(leaseMs)
      const accept = async (type: string): Promise<string> => {
        const one = delivery(type, { provider, type })
        await acceptOne(inbox, one)
        return one.id
      }
      const { env, prepare, disturb } = toDisturbance({ setting: place.setting, accept })
      await acceptMany(inbox, deliveries / 2)
      await prepare?.()
      await acceptMany(inbox, deliveries / 2, { from: deliveries / 2 })
      const base = { INBOX: place.setting, LEASE_MS: String(leaseMs), HANDLER_MS: String(handlerMs) }
      const worker = await startWorker({ ...base, ...env })
      await worker.line(/^begin/)
      await disturb(worker)
      await until(() => isEmpty(inbox), longestMs)
      // Runs that began too late to count are reported, too.
      await sleep(handlerMs * 2)
      await worker.stop()
      const stories = storiesOf([worker])
      figures.deliveries += stories.size
      figures.atOnce += runAtOnce(worker.lines)
      figures.again += [...stories.values()].filter(({ begun }) => begun.length > 1).length
      figures.unfinished += [...stories.values()].filter(({ handled }) => handled.length !== 1).length
    } finally {
      await place.remove()
    }
  }
  return [
    told('rounds', rounds),
    {
      figure: 'deliveries',
      value: String(figures.deliveries),
      goal: hard(`>= ${rounds * deliveries}`, figures.deliveries >= rounds * deliveries),
    },
    none('handlers run at once twice', figures.atOnce),
    none('handlers run again, though nobody died', figures.again),
    none('completed other than once', figures.unfinished),
  ]
}

/** How many runs of a process began while one of the same delivery had not ended. */
function runAtOnce(lines: readonly string[]): number {
  const open = new Set<string>()
  let count = 0
  for (const line of lines) {
    const [, word, id = ''] = /^(begin|end) (\S+) \d+$/.exec(line) ?? []
    if (word === 'end') open.delete(id)
    if (word !== 'begin') continue
    if (open.has(id)) count++
    open.add(id)
  }
  return count
}
